"""Routes: the operator's table, then MX, then the domain itself."""

import dns.rcode
import pytest

from mailbox.smtp.names import Names, NoSuchName
from mailbox.smtp.route import TakesNoMail, find_way
from mailbox.wire import Endpoint, TryLater
from tests.fakes.dns import Zone, serving


def hosts(domain: str, zone: Zone, **options: object) -> list[str]:
    with serving(zone) as server:
        return [endpoint.host for endpoint in find_way(domain, {}, server.names, **options).hosts]


def tabled(domain: str, table: dict[str, str]) -> tuple[Endpoint, ...]:
    """Without a name server."""
    return find_way(domain, table, Names.at(["127.0.0.1:9"], seconds=0.1)).hosts


def test_the_table_comes_before_dns() -> None:
    table = {"hamburger.edu": "smtp+plain://127.0.0.1:2526"}
    assert tabled("Hamburger.EDU", table) == (Endpoint("smtp+plain", "127.0.0.1", 2526),)


def test_mx_hosts_come_by_preference() -> None:
    zone: Zone = {"hamburger.edu": ["20 mx2.hamburger.edu.", "10 mx1.hamburger.edu.", "30 MX3.hamburger.edu."]}
    assert hosts("hamburger.edu", zone) == ["mx1.hamburger.edu", "mx2.hamburger.edu", "mx3.hamburger.edu"]


def test_equal_preferences_share_the_load() -> None:
    zone: Zone = {"hamburger.edu": ["10 a.example.", "10 b.example."]}
    assert {hosts("hamburger.edu", zone)[0] for _ in range(40)} == {"a.example", "b.example"}


def test_at_most_five_hosts_are_tried() -> None:
    assert len(hosts("hamburger.edu", {"hamburger.edu": [f"{n} mx{n}.example." for n in range(1, 9)]})) == 5


def test_a_domain_without_mx_takes_its_own_mail() -> None:
    assert hosts("hamburger.edu", {"hamburger.edu": []}) == ["hamburger.edu"]


def test_an_mx_host_is_talked_to_on_port_25_with_tls_if_it_likes() -> None:
    with serving({"hamburger.edu": ["10 mx.example."]}) as server:
        assert find_way("hamburger.edu", {}, server.names).hosts == (Endpoint("direct", "mx.example", 25),)


def test_a_null_mx_takes_no_mail() -> None:
    with pytest.raises(TakesNoMail, match=r"hamburger\.edu does not take mail"):
        hosts("hamburger.edu", {"hamburger.edu": ["0 ."]})


def test_an_unknown_domain() -> None:
    with pytest.raises(NoSuchName, match=r"no domain called hamburger\.edu"):
        hosts("hamburger.edu", {})


def test_e38_a_name_server_in_trouble_is_worth_another_try() -> None:
    with pytest.raises(TryLater, match="could not be looked up"):
        hosts("hamburger.edu", {"hamburger.edu": dns.rcode.SERVFAIL})


def test_e38_mail_does_not_go_round_in_circles() -> None:
    zone: Zone = {"hamburger.edu": ["10 best.example.", "20 us.example.", "30 worse.example."]}
    assert hosts("hamburger.edu", zone, own_names=["US.example"]) == ["best.example"]


def test_mail_for_ourselves_that_nobody_takes() -> None:
    with pytest.raises(TryLater, match="this house"):
        hosts("hamburger.edu", {"hamburger.edu": ["10 us.example."]}, own_names=["US.example"])


def test_a_korean_domain_is_looked_up_in_its_ascii_form() -> None:
    assert hosts("메일.한국", {"xn--h32bq4v.xn--3e0b707e": ["10 mx.example."]}) == ["mx.example"]


def test_an_address_literal_names_its_host() -> None:
    assert [endpoint.host for endpoint in tabled("[192.0.32.7]", {})] == ["192.0.32.7"]
    assert [endpoint.host for endpoint in tabled("[IPv6:2001:4860::1]", {})] == ["2001:4860::1"]


def test_a_table_that_makes_no_sense_loses_no_letter() -> None:
    with pytest.raises(TryLater, match="RELAY_ROUTES"):
        tabled("hamburger.edu", {"hamburger.edu": "carrier pigeon"})


def test_a_way_says_whether_dnssec_vouches_for_it() -> None:
    with serving({"hamburger.edu": ["10 mx.example."]}) as server:
        before = find_way("hamburger.edu", {}, server.names)
        server.secure.add("hamburger.edu")
        after = find_way("hamburger.edu", {}, server.names)
    assert (before.domain, before.secure, after.secure) == ("hamburger.edu", False, True)


def test_a_domain_that_dnssec_denies_is_not_asked_for_twice() -> None:
    with serving({}) as server:
        server.secure.add("hamburger.edu")
        with pytest.raises(TakesNoMail, match="no domain called"):
            find_way("hamburger.edu", {}, server.names)


GROUPS = {
    ("10 b.example.", "20 a.example."): "a.example b.example",
    ("1 aspmx.l.google.com.", "5 alt1.aspmx.l.google.com.", "9 aspmx2.googlemail.com."): "*.google.com",
    ("0 hamburger-edu.mail.protection.outlook.com.",): "*.outlook.com",
    (): "hamburger.edu",
}


@pytest.mark.parametrize(("records", "group"), GROUPS.items(), ids=GROUPS.values())
def test_domains_with_the_same_hosts_have_one_group(records: tuple[str, ...], group: str) -> None:
    with serving({"hamburger.edu": list(records)}) as server:
        assert find_way("hamburger.edu", {}, server.names).group == group


def test_the_group_of_many_hosts_does_not_depend_on_their_order() -> None:
    zone: Zone = {"hamburger.edu": [f"10 mx{number}.example." for number in range(30)]}
    with serving(zone) as server:
        assert len({find_way("hamburger.edu", {}, server.names).group for _ in range(5)}) == 1
