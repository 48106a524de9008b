"""Pre-flight: a domain sends straight to the world when DNS says what it must, and is told what is missing until then."""

from collections.abc import Iterator
from io import StringIO

import dns.rcode
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from mailbox.management import checkup
from mailbox.models import Domain, Mailbox
from mailbox.outbox import domains, relay
from tests.fakes.dns import NameServer, Zone, serving
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import make_due, only, post

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.32.7"


def everything(domain: Domain) -> Zone:
    """A zone with all that a sender needs."""
    keys = {record.name: {"TXT": [record.line.partition(" TXT ")[2]]} for record in map(domains.record_of, domains.keys(domain))}
    return {
        "crepes.fr": {"TXT": [f'"v=spf1 ip4:{ADDRESS} -all"'], "MX": ["10 mx.crepes.fr."]},
        "_dmarc.crepes.fr": {"TXT": ['"v=DMARC1; p=reject"']},
        "mx.crepes.fr": {"A": [ADDRESS]},
        "7.32.0.192.in-addr.arpa": {"PTR": ["mx.crepes.fr."]},
        **keys,
    }


@pytest.fixture
def server(settings: Settings) -> Iterator[NameServer]:
    settings.EHLO_NAME = "mx.crepes.fr"
    settings.DIRECT_UNCHECKED = False
    with serving({}) as server:
        settings.DNS_SERVERS = [server.server]
        yield server


@pytest.fixture
def crepes(server: NameServer) -> Domain:
    domain = domains.keep("crepes.fr")
    server.zone |= everything(domain)
    return domain


def states(domain: Domain) -> dict[str, str]:
    return {str(fact.kind): str(fact.state) for fact in domains.check(domain)}


def test_a_domain_with_everything_is_fit(crepes: Domain) -> None:
    assert set(states(crepes).values()) == {"good"}
    assert Domain.objects.get().fit_at


FAULTS: dict[str, tuple[Zone, str, str]] = {
    "the name leads nowhere": ({"mx.crepes.fr": {}}, "ehlo", "wrong"),
    "no way back": ({"7.32.0.192.in-addr.arpa": {}}, "ptr", "missing"),
    "another way back": ({"7.32.0.192.in-addr.arpa": {"PTR": ["dsl-7.isp.example."]}}, "ptr", "wrong"),
    "no SPF": ({"crepes.fr": {"MX": ["10 mx.crepes.fr."]}}, "spf", "missing"),
    "SPF of others": ({"crepes.fr": {"TXT": ['"v=spf1 ip4:192.0.33.1 -all"'], "MX": ["1 a.example."]}}, "spf", "wrong"),
    "no mail comes back": ({"crepes.fr": {"TXT": [f'"v=spf1 ip4:{ADDRESS} -all"'], "MX": ["0 ."]}}, "mx", "missing"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_missing_is_named(fault: str, crepes: Domain, server: NameServer) -> None:
    zone, kind, state = FAULTS[fault]
    server.zone |= zone
    assert states(crepes)[kind] == state
    assert Domain.objects.get().fit_at is None


def test_a_key_that_is_not_published(crepes: Domain, server: NameServer) -> None:
    record = domains.record_of(crepes.keys.get(kind="ed25519"))
    del server.zone[record.name]
    fact = next(fact for fact in domains.check(crepes) if fact.state != "good")
    assert (fact.kind, fact.state, fact.record) == ("dkim", "missing", record)
    server.zone[record.name] = {"TXT": ['"v=DKIM1; k=ed25519; p=AAAA"']}
    assert {str(fact.state) for fact in domains.check(crepes) if fact.kind == "dkim"} == {"good", "wrong"}


def test_dmarc_is_advised_and_not_demanded(crepes: Domain, server: NameServer) -> None:
    server.zone["_dmarc.crepes.fr"] = {"TXT": ['"v=DMARC1"']}
    assert states(crepes)["dmarc"] == "wrong"
    assert Domain.objects.get().fit_at


def test_a_silent_name_server_takes_nothing_away(crepes: Domain, server: NameServer) -> None:
    domains.check(crepes)
    server.zone |= dict.fromkeys(server.zone, dns.rcode.SERVFAIL)
    assert set(states(crepes).values()) == {"unsure"}
    assert Domain.objects.get().fit_at


def test_every_fact_has_its_sentence(crepes: Domain, server: NameServer) -> None:
    for zone in ({}, *(fault[0] for fault in FAULTS.values())):
        server.zone |= zone
        assert all(map(domains.sentence, domains.check(crepes)))


def test_a_letter_waits_until_its_domain_is_fit(crepes: Domain, server: NameServer, alices: Mailbox) -> None:
    server.zone["crepes.fr"] = {"MX": ["10 mx.crepes.fr."]}
    server.zone["hamburger.edu"] = ["0 ."]
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    assert only(outgoing).state == "failed"  # who takes no mail needs no look at ours
    server.zone["hamburger.edu"] = ["10 localhost."]
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    assert only(outgoing).state == "deferred"
    assert only(outgoing).trouble.startswith("crepes.fr may not send yet. There is no SPF record")


def test_a_route_of_the_operator_needs_no_look(server: NameServer, alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    assert only(outgoing).state == "sent"
    assert not server.asked


def test_a_fit_domain_wakes_what_waited(crepes: Domain, server: NameServer, alices: Mailbox) -> None:
    spf = server.zone["crepes.fr"]
    server.zone |= {"crepes.fr": {"MX": ["10 mx.crepes.fr."]}, "hamburger.edu": ["10 localhost."]}
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    server.zone["crepes.fr"] = spf
    domains.want_check(crepes)
    domains.check_due()
    make_due(outgoing)
    relay.deliver(outgoing.pk)
    assert "may not send" not in only(outgoing).trouble


def test_the_doctor_says_what_to_set(crepes: Domain, server: NameServer) -> None:
    server.zone["crepes.fr"] = {"MX": ["10 mx.crepes.fr."]}
    (finding,) = checkup.domains_are_fit()
    assert (finding.good, "There is no SPF record" in finding.sentence) == (False, True)
    assert f'crepes.fr. TXT "v=spf1 mx ip4:{ADDRESS} -all"' in finding.sentence
    server.zone |= everything(crepes)
    assert [finding.sentence for finding in checkup.domains_are_fit()] == ["crepes.fr may send straight to the world."]


def connect(monkeypatch: pytest.MonkeyPatch, address: str = "alice@crepes.fr", outgoing: str = "direct:") -> None:
    monkeypatch.setattr("sys.stdin", StringIO("secret\n"))
    servers = ["--incoming", "imaps://imap.crepes.fr", "--outgoing", outgoing]
    call_command("connect", address, address, *servers, "--no-check")


def test_connecting_says_what_to_set(
    server: NameServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch)
    said = capsys.readouterr().out
    assert "BAD  crepes.fr: There is no SPF record" in said
    assert 'TXT "v=DKIM1;' in said
    assert "Letters wait until" in said


def test_connecting_says_that_all_is_there(
    crepes: Domain, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch)
    said = capsys.readouterr().out
    assert "ok   crepes.fr may send straight to the world." in said
    assert "Letters wait until" not in said


def test_connecting_by_another_server_looks_at_nothing(
    server: NameServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, outgoing="submissions://smtp.crepes.fr")
    assert "DNS" not in capsys.readouterr().out
    assert not server.asked


def test_the_command_makes_keys_once(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("dkim", "crepes.fr")
    first = capsys.readouterr().out
    call_command("dkim", "Crepes.FR")
    assert first == capsys.readouterr().out
    assert [line.partition(" ")[2].split(";")[1] for line in first.splitlines()] == [" k=rsa", " k=ed25519"]
    assert first.startswith("r20")


def test_new_keys_stand_beside_the_old_until_those_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("dkim", "crepes.fr")
    old = capsys.readouterr().out.partition(".")[0]
    call_command("dkim", "crepes.fr", "--new")
    assert len(capsys.readouterr().out.splitlines()) == 4
    call_command("dkim", "crepes.fr", "--drop", old)
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize("name", ["crepes", "", "[192.0.32.7]", "cre pes.fr", "crepes.fr\r\nx"])
def test_what_is_no_domain(name: str) -> None:
    with pytest.raises(CommandError):
        call_command("dkim", name)


def test_what_is_no_key() -> None:
    with pytest.raises(CommandError, match="has no key"):
        call_command("dkim", "crepes.fr", "--drop", "nonsense")
