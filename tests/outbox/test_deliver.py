"""Delivering: every addressee's own outcome, in the server's words."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Attempt, Mailbox, Outgoing
from mailbox.outbox import filed, posting, relay
from mailbox.outbox.fate import fate
from tests.conftest import make_mailbox
from tests.fakes.smtp_script import ScriptedServer, scripted
from tests.fakes.smtp_sink import Sink, sinking
from tests.outbox.letters import HASTY, draft_of, make_due, only, post, states
from tests.smtp.scripts import BYE, HELLO, PIPELINING, TO_THE_DOT


def route(settings: Settings, *servers: ScriptedServer) -> None:
    """Letters to hamburger.edu go to the first of these servers, to the second one of them those to jangdok.example."""
    domains = ("hamburger.edu", "jangdok.example")
    settings.RELAY_ROUTES = {domain: str(server.endpoint()) for domain, server in zip(domains, servers, strict=False)}


def test_the_letter_arrives_as_it_was_frozen(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    assert relay.deliver(outgoing.pk)
    assert [(one.return_path, one.recipients, one.raw) for one in sink.letters] == [
        ("alice@crepes.fr", ("bob@hamburger.edu",), outgoing.letter())
    ]


def test_sent_is_said_after_the_final_250(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    bob = only(outgoing)
    assert (bob.state, bob.code, bob.enhanced, bob.reply) == ("sent", 250, "2.0.0", "250 2.0.0 queued as 1")
    assert (bob.host, bob.attempts, bob.lease_token) == ("mx.hamburger.edu", 1, None)
    assert bob.done_at


def test_the_dialogue_is_kept_to_its_end(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    attempt = outgoing.attempts.get()
    said = [text for _, who, text in attempt.dialogue if who == "C"]
    assert [line.split()[0] for line in said] == ["EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"]
    assert attempt.dialogue[-1][1:] == ["S", "221 Bye"]
    assert (attempt.phase, attempt.address, attempt.tls) == ("done", "127.0.0.1", "")
    assert attempt.finished_at


def test_one_transaction_for_everybody_at_one_domain(alices: Mailbox, sink: Sink) -> None:
    relay.deliver(post(alices, "bob@hamburger.edu, kim@jangdok.example", cc="carol@hamburger.edu").pk)
    assert {one.recipients for one in sink.letters} == {("bob@hamburger.edu", "carol@hamburger.edu"), ("kim@jangdok.example",)}


def test_our_own_server_gets_everybody_at_once(alices: Mailbox, sink: Sink) -> None:
    Mailbox.objects.update(outgoing=str(sink.endpoint))
    relay.deliver(post(alices, "bob@hamburger.edu, kim@jangdok.example").pk)
    assert [one.recipients for one in sink.letters] == [("bob@hamburger.edu", "kim@jangdok.example")]


def test_a_blind_copy_is_nowhere_on_the_wire(alices: Mailbox, sink: Sink) -> None:
    relay.deliver(post(alices, bcc="Spy <spy@hamburger.edu>, spy2@hamburger.edu").pk)
    assert [one.recipients for one in sink.letters] == [("bob@hamburger.edu",), ("spy@hamburger.edu",), ("spy2@hamburger.edu",)]
    assert not any(b"spy" in one.raw.lower() or b"bcc" in one.raw.lower() for one in sink.letters)


def test_a_letter_of_blind_copies_alone(alices: Mailbox, sink: Sink) -> None:
    relay.deliver(post(alices, to="", bcc="spy@hamburger.edu").pk)
    assert b"undisclosed-recipients:;" in sink.letters[0].raw
    assert b"spy" not in sink.letters[0].raw


def test_asked_again_it_does_nothing(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    assert [relay.deliver(outgoing.pk) for _ in range(3)] == [True, False, False]
    assert len(sink.letters) == 1


def test_one_bell_speaks_for_all_letters_to_its_site(alices: Mailbox, sink: Sink) -> None:
    first = post(alices)
    relay.deliver(first.pk)
    second = post(alices)
    assert relay.deliver(first.pk)
    assert (len(sink.letters), only(second).state) == (2, "sent")


def test_each_place_has_its_turn_and_a_drained_one_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    left, turns = {"crepes.fr": 2, "hamburger.edu": 1, "pizza.example": 0}, []

    def carry(site: str, _rules: object) -> bool:
        turns.append(site[0])
        left[site] -= 1
        return left[site] >= 0

    monkeypatch.setattr(relay, "_carry", carry)
    monkeypatch.setattr("mailbox.outbox.claims.sites_of", lambda _letter: list(left))
    assert relay.deliver(1)
    assert "".join(turns) == "chpchc"


def test_the_copies_of_all_who_wrote_are_rung_for(alices: Mailbox, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    doras = make_mailbox(User.objects.create_user("dora@crepes.fr"))
    rung: list[int] = []
    monkeypatch.setattr(filed, "ring_for", rung.append)
    for draft in map(draft_of, (alices, doras)):
        posting.post_draft(draft, draft.user, not_before=timezone.now())
    relay.deliver_due()
    assert sorted(rung) == [alices.pk, doras.pk]


def test_it_does_not_leave_before_its_time(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices, after=timedelta(seconds=10))
    assert not relay.deliver(outgoing.pk)
    relay.deliver_due()
    assert (sink.letters, only(outgoing).state) == ([], "scheduled")


def test_the_clock_takes_all_that_is_due(alices: Mailbox, bobs: Mailbox, sink: Sink) -> None:
    letters = [post(alices), post(bobs), post(alices, after=timedelta(hours=1))]
    relay.deliver_due()
    assert [only(one).state for one in letters] == ["sent", "sent", "scheduled"]


def test_a_paused_mailbox_sends_nothing(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    Mailbox.objects.update(state=Mailbox.State.PAUSED)
    relay.deliver_due()
    assert (sink.letters, only(outgoing).state) == ([], "queued")


def test_mixed_answers(alices: Mailbox, sink: Sink) -> None:
    sink.answers = {"carol@hamburger.edu": "450 4.2.1 greylisted", "dan@hamburger.edu": "550 5.1.1 no such user"}
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu, dan@hamburger.edu")
    relay.deliver(outgoing.pk)
    assert states(outgoing) == {"bob@hamburger.edu": "sent", "carol@hamburger.edu": "deferred", "dan@hamburger.edu": "failed"}
    assert only_verdicts(outgoing) == {
        "bob@hamburger.edu": "accepted",
        "carol@hamburger.edu": "later",
        "dan@hamburger.edu": "refused",
    }


def only_verdicts(outgoing: Outgoing) -> dict[str, str]:
    attempt = outgoing.attempts.get()
    addresses = dict(outgoing.recipients.values_list("pk", "address"))
    return {addresses[pk]: verdict for pk, verdict in zip(attempt.recipients, attempt.verdicts, strict=True)}


def test_a_second_try_is_for_those_only_who_have_not_got_it(alices: Mailbox, sink: Sink) -> None:
    sink.answers = {"carol@hamburger.edu": "450 4.2.1 greylisted"}
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu")
    relay.deliver(outgoing.pk)
    pause = (outgoing.recipients.get(address="carol@hamburger.edu").next_at - timezone.now()).total_seconds()
    assert 250 < pause < 350
    sink.answers = {}
    make_due(outgoing)
    relay.deliver_due()
    assert [one.recipients for one in sink.letters] == [("bob@hamburger.edu",), ("carol@hamburger.edu",)]
    assert sink.letters[0].raw == sink.letters[1].raw
    assert set(states(outgoing).values()) == {"sent"}


def test_too_many_addressees_get_a_second_transaction(alices: Mailbox, settings: Settings) -> None:
    first = (
        "C: MAIL *\nC: RCPT TO:<a@hamburger.edu>\nC: RCPT TO:<b@hamburger.edu>\nC: DATA\n"
        "S: 250 ok\nS: 250 ok\nS: 452 4.5.3 too many\nS: 354 go\nLETTER\nS: 250 first\n"
    )
    second = "C: MAIL *\nC: RCPT TO:<b@hamburger.edu>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nLETTER\nS: 250 second\n"
    with scripted(PIPELINING + first + second + BYE) as server:
        route(settings, server)
        outgoing = post(alices, "a@hamburger.edu, b@hamburger.edu")
        relay.deliver(outgoing.pk)
    assert set(outgoing.recipients.values_list("address", "reply")) == {
        ("a@hamburger.edu", "250 first"),
        ("b@hamburger.edu", "250 second"),
    }
    assert Attempt.objects.filter(phase="done").count() == 2


def test_a_long_list_is_cut_into_talks(alices: Mailbox, sink: Sink) -> None:
    relay.deliver(post(alices, ", ".join(f"a{n}@hamburger.edu" for n in range(130))).pk)
    assert [len(one.recipients) for one in sink.letters] == [100, 30]


def test_a_letter_larger_than_the_server_takes_is_not_even_offered(alices: Mailbox, settings: Settings) -> None:
    with sinking(size=1000) as small:
        settings.RELAY_ROUTES = {"hamburger.edu": str(small.endpoint)}
        outgoing = post(alices, text="x\n" * 1000)
        relay.deliver(outgoing.pk)
    bob = only(outgoing)
    assert (bob.state, small.letters) == ("failed", [])
    assert "the receiving server takes at most 1,000" in bob.trouble


@pytest.mark.parametrize(
    ("script", "state", "enhanced"),
    [
        ("C: MAIL *\nS: 550 5.1.0 no\nRESET", "failed", "5.1.0"),
        ("C: MAIL *\nS: 550 5.7.1 blocked\nRESET", "deferred", "5.7.1"),  # the first time
        ("C: MAIL *\nS: 451 4.3.0 busy\n" + BYE, "deferred", "4.3.0"),
        ("C: MAIL *\nCLOSE", "deferred", ""),
        (TO_THE_DOT + "S: 554 5.7.1 spam\n" + BYE, "failed", "5.7.1"),
        (TO_THE_DOT + "S: 451 4.7.1 later\n" + BYE, "deferred", "4.7.1"),
        (TO_THE_DOT + "CLOSE", "unknown", ""),
        (TO_THE_DOT + "HANG", "unknown", ""),
    ],
)
def test_what_a_server_can_do(script: str, state: str, enhanced: str, alices: Mailbox, settings: Settings) -> None:
    with scripted(HELLO + script) as server:
        route(settings, server)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert (only(outgoing).state, only(outgoing).enhanced) == (state, enhanced)


def test_an_unknown_letter_is_not_sent_again_by_itself(alices: Mailbox, settings: Settings) -> None:
    with scripted(HELLO + TO_THE_DOT + "CLOSE") as server:
        route(settings, server)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
        make_due(outgoing)
        relay.sweep()
        relay.deliver_due()
    assert len(server.letters) == 1
    assert "nobody here knows whether it has the letter" in fate(outgoing).destinations[0].sentence


@pytest.mark.parametrize(("greeting", "state"), [("554 5.7.1 go away", "failed"), ("421 busy", "deferred")])
def test_a_server_that_does_not_greet(greeting: str, state: str, alices: Mailbox, settings: Settings) -> None:
    with scripted(f"S: {greeting}\nCLOSE") as server:
        route(settings, server)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert (only(outgoing).state, only(outgoing).reply) == (state, greeting)


def test_nobody_there_is_tried_again_later(alices: Mailbox, settings: Settings) -> None:
    with scripted() as server:
        route(settings, server)
    outgoing = post(alices)
    relay.deliver(outgoing.pk, HASTY)
    bob = only(outgoing)
    assert bob.state == "deferred"
    assert bob.trouble == f"127.0.0.1 takes no connections on port {server.port}."
    assert outgoing.attempts.get().dialogue[0][1:] == ["!", bob.trouble]


def test_three_days_and_then_no_more(alices: Mailbox, sink: Sink) -> None:
    sink.answers = {"bob@hamburger.edu": "450 4.2.1 greylisted"}
    outgoing = post(alices)
    Outgoing.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    relay.deliver(outgoing.pk)
    assert only(outgoing).state == "failed"
    assert "did not take the letter as long as we tried" in fate(outgoing).destinations[0].sentence


def test_a_line_that_dies_between_two_transactions_is_opened_again(alices: Mailbox, settings: Settings) -> None:
    goodbye = HELLO + TO_THE_DOT + "S: 250 ok\nCLOSE"
    with scripted(goodbye, HELLO + TO_THE_DOT + "S: 250 ok\n" + BYE) as server:
        route(settings, server)
        outgoing = post(alices, bcc="spy@hamburger.edu")
        relay.deliver(outgoing.pk, HASTY)
    assert set(states(outgoing).values()) == {"sent"}


def test_one_slow_domain_does_not_keep_the_letter_from_another(alices: Mailbox, settings: Settings, sink: Sink) -> None:
    with scripted(HELLO + "C: MAIL *\nHANG") as slow:
        settings.RELAY_ROUTES |= {"jangdok.example": str(slow.endpoint())}
        outgoing = post(alices, "kim@jangdok.example, bob@hamburger.edu")
        relay.deliver(outgoing.pk, HASTY)
    assert states(outgoing) == {"kim@jangdok.example": "deferred", "bob@hamburger.edu": "sent"}
