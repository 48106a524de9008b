"""No letter lies where nobody looks: every state is final, due, swept, or told to the person."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox import ingest
from mailbox.models import Attempt, Change, Mailbox, Outgoing, Recipient
from mailbox.models.outgoing import DUE_STATES
from mailbox.outbox import claims, posting, relay, settling
from mailbox.outbox.fate import fate
from mailbox.outbox.rules import RULES
from mailbox.smtp.record import Record
from mailbox.smtp.reply import Reply
from mailbox.smtp.verdict import Outcome
from mailbox.smtp.verdict import Verdict as Decision
from tests.fakes.smtp_script import scripted
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import HASTY, make_due, only, post
from tests.smtp.scripts import BYE, HELLO, TO_THE_DOT

AGO = timedelta(minutes=20)


def die(outgoing: Outgoing, phase: str, address: str = "") -> claims.Claim:
    """A worker claims the letter, comes so far, and is never heard of again; the lease of that addressee or all runs out."""
    claim = claims.claim(outgoing.recipients.all()[0].site, RULES)
    assert claim
    if phase == "dot_sent":
        settling.Books(claim).commit_dot(claim.talks[0])
    Recipient.objects.filter(address__endswith=address).update(lease_until=timezone.now() - timedelta(seconds=1))
    return claim


def test_a_worker_that_died_before_the_dot_delays_nothing(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    die(outgoing, "connect")
    relay.sweep()
    relay.deliver_due()
    assert only(outgoing).state == "sent"
    assert len(sink.letters) == 1
    assert list(Attempt.objects.order_by("pk").values_list("verdicts", flat=True)) == [["later"], ["accepted"]]


def test_a_worker_that_died_after_the_dot_leaves_it_unknown(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    die(outgoing, "dot_sent")
    relay.sweep()
    make_due(outgoing)
    relay.deliver_due()
    assert (only(outgoing).state, sink.letters) == ("unknown", [])
    assert Attempt.objects.get().finished_at


def test_a_dot_that_was_turned_away_leaves_no_doubt(alices: Mailbox, settings: Settings) -> None:
    script = HELLO + TALK + TO_THE_DOT + "S: 421 4.3.2 closing\nCLOSE"
    with scripted(script, "S: 421 4.3.2 closing\nCLOSE") as server:
        settings.RELAY_ROUTES = {"hamburger.edu": str(server.endpoint())}
        first, second = post(alices), post(alices)
        relay.deliver(first.pk, HASTY)
    assert (only(first).state, only(second).state, second.attempts.count()) == ("sent", "queued", 0)
    make_due(second)
    die(second, "connect")
    relay.sweep()
    assert only(second).state == "queued"


def test_a_dot_of_another_lease_says_nothing(alices: Mailbox) -> None:
    outgoing = post(alices)
    die(outgoing, "dot_sent")
    Recipient.objects.update(state="queued", lease_until=None, lease_token=None)
    make_due(outgoing)
    die(outgoing, "connect")
    relay.sweep()
    assert only(outgoing).state == "queued"


def test_a_talk_is_over_when_all_its_addressees_have_a_verdict(alices: Mailbox, sink: Sink) -> None:
    Mailbox.objects.update(outgoing=str(sink.endpoint))
    outgoing = post(alices, "bob@hamburger.edu, kim@jangdok.example")
    die(outgoing, "dot_sent", "bob@hamburger.edu")
    relay.sweep()
    assert (outgoing.attempts.get().verdicts, outgoing.attempts.get().finished_at) == (["unknown", ""], None)


def test_a_lease_that_still_runs_is_respected(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    claims.claim(only(outgoing).site, RULES)
    relay.sweep()
    relay.deliver_due()
    assert (only(outgoing).state, sink.letters) == ("leased", [])


def test_a_letter_that_kills_its_workers_waits_its_turn(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    for _ in range(3):
        make_due(outgoing)
        die(outgoing, "connect")
        relay.sweep()
    relay.deliver_due()
    assert sink.letters == []
    assert only(outgoing).next_at > timezone.now() + timedelta(minutes=10)


def test_a_worker_that_only_slept_says_nothing_more(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    claim = die(outgoing, "connect")
    relay.sweep()
    with pytest.raises(claims.LeaseLost):
        claim.hold()
    with pytest.raises(claims.LeaseLost):
        settling.Books(claim).commit_dot(claim.talks[0])


def test_a_worker_that_only_slept_after_the_dot_still_knows_the_answer(alices: Mailbox) -> None:
    outgoing = post(alices)
    claim = die(outgoing, "dot_sent")
    relay.sweep()
    books = settling.Books(claim)
    books.note(claim.talks[0], [Outcome(Decision.ACCEPTED, Reply(250, ("late",)))], Record())
    books.close()
    assert (only(outgoing).state, only(outgoing).reply) == ("sent", "250 late")


# --- Unknown ------------------------------------------------------------------------------------------------------------
def unknown(mailbox: Mailbox, since: timedelta = timedelta()) -> Outgoing:
    outgoing = post(mailbox)
    outgoing.recipients.update(state="unknown", next_at=timezone.now() - since)
    return outgoing


def file_copy(outgoing: Outgoing, name: str = "") -> None:
    """The provider files the letter that it took, as its own copy with its own headers, perhaps under another name."""
    sent = outgoing.mailbox.folders.get(role="sent")
    raw = b"Received: by them\r\n" + outgoing.letter()
    if name:
        raw = raw.replace(b"Message-ID: <%b>" % outgoing.message_id.encode(), b"Message-ID: <%b>" % name.encode())
        raw = raw.replace(b"Subject: ", b"Subject: [checked] ")
    ingest.place(sent, raw, uid=7, uidvalidity=1, flags=1, internal_date=timezone.now())


def test_e06_the_providers_own_copy_proves_that_it_was_sent(alices: Mailbox) -> None:
    Mailbox.objects.update(outgoing="submissions://smtp.gmail.com:465")
    outgoing = unknown(Mailbox.objects.get())
    file_copy(outgoing)
    relay.sweep()
    assert only(outgoing).state == "sent"


def test_e48_so_does_a_copy_under_another_name(alices: Mailbox) -> None:
    Mailbox.objects.update(outgoing="submissions://smtp.office365.com:465")
    outgoing = unknown(Mailbox.objects.get())
    file_copy(outgoing, "renamed@their.example")
    relay.sweep()
    assert only(outgoing).state == "sent"


def test_a_copy_that_is_ours_proves_nothing(alices: Mailbox) -> None:
    Mailbox.objects.update(outgoing="submissions://smtp.gmail.com:465")
    outgoing = unknown(Mailbox.objects.get())
    file_copy(outgoing)
    Change.objects.update(state=Change.State.DONE)
    relay.sweep()
    assert only(outgoing).state == "unknown"


def test_a_provider_that_files_nothing_is_not_looked_at(alices: Mailbox) -> None:
    outgoing = unknown(alices)
    file_copy(outgoing)
    relay.sweep()
    assert only(outgoing).state == "unknown"


def test_after_two_minutes_nobody_looks_any_more(alices: Mailbox) -> None:
    Mailbox.objects.update(outgoing="submissions://smtp.gmail.com:465")
    outgoing = unknown(Mailbox.objects.get(), since=timedelta(minutes=3))
    file_copy(outgoing)
    relay.sweep()
    assert only(outgoing).state == "unknown"


@pytest.mark.parametrize(("rule", "state", "copies"), [("ask", "unknown", 0), ("resend", "sent", 1)])
def test_only_an_operators_rule_sends_an_unknown_letter_again(
    rule: str, state: str, copies: int, alices: Mailbox, sink: Sink, settings: Settings
) -> None:
    settings.RELAY_UNKNOWN = rule
    outgoing = unknown(alices, since=AGO)
    relay.sweep()
    relay.deliver_due()
    assert (only(outgoing).state, len(sink.letters)) == (state, copies)


def test_and_not_before_a_quarter_of_an_hour_has_passed(alices: Mailbox, settings: Settings) -> None:
    settings.RELAY_UNKNOWN = "resend"
    outgoing = unknown(alices, since=timedelta(minutes=14))
    relay.sweep()
    assert only(outgoing).state == "unknown"


# --- Held ---------------------------------------------------------------------------------------------------------------
AUTH = HELLO.replace("SIZE 1000000", "AUTH PLAIN")
WRONG = AUTH + "C: AUTH PLAIN *\nS: 535 5.7.8 wrong\n"
RIGHT = AUTH + "C: AUTH PLAIN *\nS: 235 ok\n"
TALK = "C: MAIL *\nS: 250 ok\nC: RCPT *\nS: 250 ok\nC: DATA\nS: 354 go\nLETTER\nS: 250 ok\n"


def test_a_wrong_password_holds_the_letter_and_tells_on_the_mailbox(alices: Mailbox) -> None:
    with scripted(WRONG) as server:
        Mailbox.objects.update(outgoing=str(server.endpoint()))
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert (only(outgoing).state, only(outgoing).reply) == ("held", "535 5.7.8 wrong")
    mailbox = Mailbox.objects.get()
    assert (mailbox.state, mailbox.trouble) == ("sign_in", "The name or the password is not accepted.")
    assert fate(outgoing).line == "1 needs you"


def test_a_password_that_was_refused_is_not_tried_with_every_letter(alices: Mailbox) -> None:
    with scripted(WRONG) as server:
        Mailbox.objects.update(outgoing=str(server.endpoint()))
        for outgoing in (post(alices), post(alices)):
            relay.deliver(outgoing.pk, HASTY)
    assert only(outgoing).state == "held"


def test_another_password_frees_the_letters(alices: Mailbox) -> None:
    with scripted(WRONG, RIGHT + TALK + BYE) as server:
        Mailbox.objects.update(outgoing=str(server.endpoint()))
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
        relay.sweep()
        assert only(outgoing).state == "held"
        alices.set_password("the new one")
        alices.save(update_fields=["secret"])
        relay.sweep()
        relay.deliver_due(HASTY)
    assert only(outgoing).state == "sent"


def test_the_person_may_try_the_same_password_again(alices: Mailbox, alice: User) -> None:
    with scripted(WRONG, RIGHT + TALK + BYE) as server:
        Mailbox.objects.update(outgoing=str(server.endpoint()))
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
        posting.retry(outgoing, alice)
        relay.deliver_due(HASTY)
    assert only(outgoing).state == "sent"


def test_a_password_that_cannot_be_opened_holds_the_letter(alices: Mailbox, sink: Sink) -> None:
    Mailbox.objects.update(outgoing=str(sink.endpoint), secret=b"\x01nonsense")
    outgoing = post(Mailbox.objects.get())
    relay.deliver(outgoing.pk)
    assert only(outgoing).state == "held"
    assert "enter it again" in only(outgoing).trouble


def test_a_held_letter_fails_when_its_life_is_over(alices: Mailbox) -> None:
    outgoing = post(alices)
    Recipient.objects.update(state="held", trouble="The password is not accepted.")
    Outgoing.objects.update(expires_at=timezone.now() - timedelta(seconds=1), held_with=settling.digest_of(alices))
    relay.sweep()
    assert only(outgoing).state == "failed"


# --- All of them -----------------------------------------------------------------------------------------------------------
SWEPT = {"leased"}
TOLD = {"unknown", "held"}


def test_every_state_has_an_owner() -> None:
    owned = {*DUE_STATES, *SWEPT, *TOLD, *Recipient.FINAL}
    assert owned == set(Recipient.State.values)


@pytest.mark.parametrize("state", sorted({*DUE_STATES, *SWEPT}))
def test_what_is_owned_by_the_clock_goes_on_by_itself(state: str, alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    if state == "leased":
        die(outgoing, "connect")
    else:
        Recipient.objects.update(state=state)
    relay.sweep()
    relay.deliver_due()
    assert only(outgoing).state == "sent"


@pytest.mark.parametrize("state", sorted(TOLD))
def test_what_is_owned_by_the_person_is_said_on_the_letter(state: str, alices: Mailbox) -> None:
    outgoing = post(alices)
    Recipient.objects.update(state=state)
    told = fate(outgoing)
    assert (told.line, told.may_retry, told.is_final) == ("1 needs you", True, False)
    assert told.destinations[0].sentence
