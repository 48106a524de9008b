"""The way to the addressee's server: hosts in turn, names that do not exist, domains that take no mail."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from mailbox.models import Mailbox, Recipient
from mailbox.outbox import relay, ways
from mailbox.wire import Endpoint
from tests.fakes.dns import Zone, serving
from tests.fakes.smtp_script import ScriptedServer, scripted
from tests.outbox.letters import HASTY, make_due, only, post
from tests.smtp.scripts import BYE, HELLO, TO_THE_DOT

WHOLE = HELLO + TO_THE_DOT + "S: 250 ok\n" + BYE


@pytest.fixture
def zone(settings: Settings) -> Iterator[Zone]:
    with serving({}) as server:
        settings.DNS_SERVERS = [server.server]
        yield server.zone


def offer_hosts(monkeypatch: pytest.MonkeyPatch, *servers: ScriptedServer) -> None:
    """These servers are the MX hosts of every domain, in this order."""
    hops = tuple(ways.Hop(Endpoint("direct", "127.0.0.1", server.port)) for server in servers)
    monkeypatch.setattr(ways, "find", lambda *_: hops)
    monkeypatch.setattr(ways, "group_of", str)


FAULTS = {
    "closed": "CLOSE",
    "greets with 421": "S: 421 busy\nCLOSE",
    "greets with 554": "S: 554 go away\nCLOSE",
    "dies after MAIL": HELLO + "C: MAIL *\nCLOSE",
    "dies after the letter's first bytes": HELLO + "C: MAIL *\nS: 250 ok\nC: RCPT *\nS: 250 ok\nC: DATA\nCLOSE",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_t58_the_next_host_is_tried_at_once(fault: str, alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(fault) as first, scripted(WHOLE) as second:
        offer_hosts(monkeypatch, first, second)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert (only(outgoing).state, len(second.letters)) == ("sent", 1)
    assert outgoing.attempts.count() == 1


def test_a_host_that_took_a_stand_is_believed(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(HELLO + "C: MAIL *\nS: 550 5.1.7 no\nCLOSE") as first, scripted() as second:
        offer_hosts(monkeypatch, first, second)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert only(outgoing).state == "failed"


def test_after_the_dot_no_other_host_is_asked(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(HELLO + TO_THE_DOT + "CLOSE") as first, scripted() as second:
        offer_hosts(monkeypatch, first, second)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert only(outgoing).state == "unknown"


@pytest.mark.parametrize(("greetings", "state"), [(("554 no", "554 no"), "failed"), (("554 no", "421 busy"), "deferred")])
def test_it_is_for_good_only_if_every_host_says_so(
    greetings: tuple[str, str], state: str, alices: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (f"S: {greeting}\nCLOSE" for greeting in greetings)
    with scripted(first) as one, scripted(second) as two:
        offer_hosts(monkeypatch, one, two)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert only(outgoing).state == state


def test_e38_a_domain_that_takes_no_mail(alices: Mailbox, zone: Zone) -> None:
    zone["hamburger.edu"] = ["0 ."]
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    assert (only(outgoing).state, only(outgoing).trouble) == ("failed", "hamburger.edu does not take mail.")


@pytest.mark.parametrize("facts", [{}, {"hamburger.edu": []}], ids=["no domain", "no address"])
def test_e38_a_name_that_dns_denies_is_believed_the_fifth_time(facts: Zone, alices: Mailbox, zone: Zone) -> None:
    zone |= facts
    outgoing = post(alices)
    seen = []
    for _ in range(5):
        make_due(outgoing)
        relay.deliver(outgoing.pk)
        seen.append(only(outgoing).state)
    assert seen == ["deferred"] * 4 + ["failed"]


def test_e38_t79_an_mx_into_our_own_network_gets_no_packet(alices: Mailbox, zone: Zone, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = []
    zone |= {"hamburger.edu": ["10 localhost."], "localhost": {"A": ["127.0.0.1"]}}
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    bob: Recipient = only(outgoing)
    assert bob.state == "deferred"
    assert "does not connect to localhost" in bob.trouble
