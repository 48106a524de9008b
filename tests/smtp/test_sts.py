"""MTA-STS: what a domain announces, what its policy says, and where it may be fetched from."""

import pytest

from mailbox.smtp import sts
from mailbox.smtp.sts import NoPolicy, Policy, read_policy
from mailbox.wire import Guard, Refused, TryLater, WireError
from tests.fakes.authority import DAY, NOW, Authority
from tests.fakes.dns import serving
from tests.fakes.https import POLICY, Web, webbing

HOST = "mta-sts.hamburger.edu"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def guard(web: Web, allow: tuple[str, ...] = ("127.0.0.0/8",)) -> Guard:
    return Guard(allow, look_up=lambda *_: [(2, "127.0.0.1")])


def fetched(authority: Authority, web: Web) -> Policy:
    return sts.fetch("hamburger.edu", guard(web), port=web.port, trust=authority.trust(), seconds=5)


ANNOUNCED = {
    "v=STSv1; id=20261125T00;": "20261125T00",
    "v=STSv1;id=1": "1",
    "v=STSv1 ; extension=x; id=abc": "abc",
    "v=STSv1; id=not an id": "",
    "v=STSv2; id=1": "",
    "id=1": "",
}


@pytest.mark.parametrize("text", ANNOUNCED)
def test_what_a_domain_announces(text: str) -> None:
    quoted = text.replace(";", "\\;")
    with serving({"_mta-sts.hamburger.edu": {"TXT": [f'"{quoted}"']}}) as server:
        assert sts.announced("hamburger.edu", server.names) == ANNOUNCED[text]


def test_two_announcements_are_none() -> None:
    with serving({"_mta-sts.hamburger.edu": {"TXT": ['"v=STSv1\\; id=1"', '"v=STSv1\\; id=2"']}}) as server:
        assert sts.announced("hamburger.edu", server.names) == ""


def test_a_policy() -> None:
    assert read_policy(POLICY) == Policy("enforce", ("mx.hamburger.edu",), 604800)


def test_t69_names_are_compared_in_their_ascii_form() -> None:
    policy = read_policy("version: STSv1\nmode: testing\nmx: MX1.메일.한국\nmx: *.메일.한국\nmax_age: 60\n")
    assert policy.names("mx1.xn--h32bq4v.xn--3e0b707e")
    assert policy.names("any.xn--h32bq4v.xn--3e0b707e")


def test_a_star_is_one_label() -> None:
    policy = Policy("enforce", ("*.example.org",))
    assert policy.names("mx.example.org")
    assert not policy.names("a.mx.example.org")
    assert not policy.names("example.org")


NONE = ["", "version: STSv1\nmode: enforce\nmax_age: 60", "mode: enforce\nmx: a.b\nmax_age: 60", POLICY.replace("604800", "long")]


@pytest.mark.parametrize("text", [*NONE, POLICY.replace("enforce", "perhaps")])
def test_what_is_no_policy(text: str) -> None:
    with pytest.raises(NoPolicy):
        read_policy(text)


def test_a_policy_is_kept_a_year_at_most() -> None:
    assert read_policy(POLICY.replace("604800", "9999999999")).max_age == sts.MOST_AGE


def test_it_is_fetched_from_the_one_place(authority: Authority) -> None:
    with webbing(authority.issue(HOST).server()) as web:
        assert fetched(authority, web).mode == "enforce"
        assert web.asked == [(HOST, "/.well-known/mta-sts.txt")]


@pytest.mark.parametrize(
    "fault", [{"status": 301}, {"status": 404}, {"content_type": "text/html"}, {"text": "x" * 70_000}, {"text": "nonsense"}]
)
def test_another_answer_is_no_policy(fault: dict[str, object], authority: Authority) -> None:
    with webbing(authority.issue(HOST).server()) as web:
        for name, value in fault.items():
            setattr(web, name, value)
        with pytest.raises(Refused):
            fetched(authority, web)


@pytest.mark.parametrize(("name", "until"), [("other.example", NOW + DAY), (HOST, NOW - DAY)], ids=["other name", "expired"])
def test_the_web_server_must_prove_its_name(name: str, until: object, authority: Authority) -> None:
    with webbing(authority.issue(name, until=until).server()) as web, pytest.raises((Refused, TryLater), match="certificate"):
        fetched(authority, web)


def test_no_policy_is_fetched_from_inside_the_house(authority: Authority) -> None:
    with webbing(authority.issue(HOST).server()) as web, pytest.raises(WireError, match="does not connect"):
        sts.fetch("hamburger.edu", guard(web, allow=()), port=web.port, seconds=5)
    assert not web.asked
