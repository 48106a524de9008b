"""What can go wrong between here and there, fault by fault: nothing is lost, nothing goes twice, the sender hears the truth."""

import threading
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest
from django.db import OperationalError
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Mailbox, Outgoing, Recipient, Site
from mailbox.outbox import claims, posting, relay, ways
from mailbox.outbox.fate import fate
from mailbox.outbox.rules import RULES
from mailbox.smtp.phase import Timeouts
from mailbox.wire import Endpoint
from tests.fakes.smtp_script import scripted
from tests.fakes.smtp_sink import Sink, sinking
from tests.outbox.letters import HASTY, draft_of, make_due, only, post, states
from tests.outbox.test_deliver import route
from tests.smtp.scripts import BYE, HELLO, TO_THE_DOT
from tests.waiting import until

SENT = HELLO + TO_THE_DOT + "S: 250 2.0.0 ok\n"


def test_e08_t51_every_hint_comes_three_times(alices: Mailbox, sink: Sink) -> None:
    letters = [post(alices) for _ in range(3)]
    for outgoing in letters * 3:
        relay.deliver(outgoing.pk)
    assert sorted(one.raw for one in sink.letters) == sorted(one.letter() for one in letters)


def test_e12_a_worker_whose_clock_is_an_hour_off(alices: Mailbox, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    sink.answers = {"bob@hamburger.edu": "450 4.2.0 greylisted"}
    outgoing, now = post(alices), timezone.now()
    with monkeypatch.context() as wrong:
        wrong.setattr("django.utils.timezone.now", lambda: now + timedelta(hours=1))
        relay.deliver(outgoing.pk)
    assert timedelta(minutes=4) < only(outgoing).next_at - now < timedelta(minutes=6)
    assert abs(outgoing.attempts.get().started_at - now) < timedelta(minutes=1)


def test_e31_greylisted_it_comes_back_after_five_minutes(alices: Mailbox, sink: Sink) -> None:
    sink.answers = {"bob@hamburger.edu": "450 4.2.0 greylisted"}
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    bob = only(outgoing)
    assert timedelta(minutes=4) < bob.next_at - timezone.now() < timedelta(minutes=6)
    with translation.override("en"):
        assert "come back later. This is normal" in fate(outgoing).destinations[0].sentence
    sink.answers.clear()
    make_due(outgoing)
    relay.deliver_due()
    assert only(outgoing).state == "sent"


TO_354 = HELLO + "C: MAIL *\nS: 250 ok\nC: RCPT *\nS: 250 ok\nC: DATA\n"
TARPITS = {
    "silent at once": "HANG",
    "one byte of the greeting": "RAW 2\nHANG",
    "silent after EHLO": "S: 220 x\nC: EHLO *\nHANG",
    "lines of EHLO without end": "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250-SIZE 1\nHANG",
    "silent after RCPT": HELLO + "C: MAIL *\nS: 250 ok\nC: RCPT *\nHANG",
    "one byte of the 354": TO_354 + "RAW 3\nHANG",
}


@pytest.mark.parametrize("talk", TARPITS.values(), ids=TARPITS)
def test_e32_a_host_that_never_answers_costs_itself_alone(talk: str, alices: Mailbox, settings: Settings, sink: Sink) -> None:
    with scripted(talk) as slow:
        settings.RELAY_ROUTES |= {"tarpit.example": str(slow.endpoint())}
        stuck, other = post(alices, "kim@tarpit.example"), post(alices)
        relay.deliver_due(HASTY)
    assert (only(stuck).state, only(other).state) == ("deferred", "sent")
    assert "did not answer in time" in only(stuck).trouble


def test_e33_a_host_that_closes_after_two_letters(alices: Mailbox, settings: Settings) -> None:
    two = SENT + TO_THE_DOT + "S: 250 2.0.0 ok\nC: MAIL *\nS: 421 4.7.0 too many letters\nCLOSE"
    with scripted(two, "S: 421 4.7.0 too many lines\nCLOSE") as server:
        route(settings, server)
        letters = [post(alices) for _ in range(5)]
        relay.deliver(letters[0].pk)
    assert [only(one).state for one in letters] == ["sent", "sent", "queued", "queued", "queued"]
    assert all(only(one).next_at < timezone.now() + timedelta(minutes=1) for one in letters[2:])
    assert Site.objects.get().slots < RULES.most_slots


@pytest.mark.parametrize("first", ["S: 554 5.7.1 not from you\nCLOSE", "CLOSE", "HANG"])
def test_e34_the_second_host_takes_it_in_the_same_try(
    first: str, alices: Mailbox, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(first) as bad:
        hops = tuple(ways.Hop(endpoint) for endpoint in (Endpoint("smtp+plain", "127.0.0.1", 1), bad.endpoint(), sink.endpoint))
        monkeypatch.setattr(ways, "find", lambda *_: hops)
        monkeypatch.setattr(ways, "group_of", str)
        outgoing = post(alices)
        relay.deliver(outgoing.pk, HASTY)
    assert (only(outgoing).state, only(outgoing).attempts) == ("sent", 1)


def test_e35_each_addressee_has_a_fate_of_its_own(alices: Mailbox, settings: Settings) -> None:
    answers = {"a": "250 ok", "b": "450 4.2.1 later", "c": "550 5.1.1 nobody", "d": "452 4.5.3 too many"}
    talk = "C: MAIL *\nS: 250 ok\n" + "".join(f"C: RCPT TO:<{who}@*\nS: {said}\n" for who, said in answers.items())
    again = "C: MAIL *\nS: 250 ok\nC: RCPT TO:<d@*\nS: 250 ok\nC: DATA\nS: 354 go\nLETTER\nS: 250 ok\n"
    with scripted(HELLO + talk + "C: DATA\nS: 354 go\nLETTER\nS: 250 ok\n" + again + BYE) as server:
        route(settings, server)
        outgoing = post(alices, ", ".join(f"{who}@hamburger.edu" for who in answers))
        relay.deliver(outgoing.pk)
    assert list(states(outgoing).values()) == ["sent", "deferred", "failed", "sent"]
    assert len(server.letters) == 2


def test_e36_refused_at_mail_and_hung_up_on(alices: Mailbox, settings: Settings) -> None:
    with scripted(HELLO + "C: MAIL *\nS: 550 5.1.0 no letters from crepes.fr\nRESET") as server:
        route(settings, server)
        outgoing = post(alices)
        relay.deliver(outgoing.pk)
    assert (only(outgoing).state, only(outgoing).reply) == ("failed", "550 5.1.0 no letters from crepes.fr")


def test_e39_a_letter_that_is_too_large_is_not_even_offered(alices: Mailbox, settings: Settings) -> None:
    with scripted("S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 SIZE 100\n" + BYE) as server:
        route(settings, server)
        outgoing = post(alices)
        relay.deliver(outgoing.pk)
    assert only(outgoing).state == "failed"
    assert "takes at most 100" in only(outgoing).trouble


def test_e39_an_address_that_the_host_cannot_read(alices: Mailbox, settings: Settings) -> None:
    outgoing = post(alices)
    outgoing.recipients.update(address="김하늘@hamburger.edu")
    with scripted(HELLO + BYE) as server:
        route(settings, server)
        relay.deliver(outgoing.pk)
    assert only(outgoing).state == "failed"
    assert "takes only plain ASCII addresses" in only(outgoing).trouble


def test_e39_a_host_that_knows_nothing_new(alices: Mailbox, settings: Settings) -> None:
    plain = "S: 220 x\nC: EHLO *\nS: 250 x\nC: MAIL FROM:<alice@crepes.fr>\nS: 250 ok\nC: RCPT *\nS: 250 ok\n"
    with scripted(plain + "C: DATA\nS: 354 go\nLETTER\nS: 250 ok\n" + BYE) as server:
        route(settings, server)
        outgoing = post(alices, text="김치도 좋아합니다.")
        relay.deliver(outgoing.pk)
    assert only(outgoing).state == "sent"
    assert server.letters[0].isascii()


def test_e40_the_answer_to_the_dot_gets_its_full_time(alices: Mailbox, settings: Settings) -> None:
    short = dict.fromkeys(["greeting", "ehlo", "mail", "rcpt", "data", "block", "talk"], 0.4)
    with scripted(HELLO + TO_THE_DOT + "WAIT\nS: 250 ok at last\n" + BYE) as server:
        route(settings, server)
        outgoing, began = post(alices), monotonic()

        def answer_late() -> None:
            until(lambda: server.letters and monotonic() - began > 1)
            server.go()

        late = threading.Thread(target=answer_late)
        late.start()
        relay.deliver(outgoing.pk, replace(RULES, timeouts=Timeouts(**short, dot=20)))
        late.join()
    assert (only(outgoing).state, only(outgoing).reply) == ("sent", "250 ok at last")


def test_e41_two_tabs_send_the_same_draft(alices: Mailbox, alice: User, sink: Sink) -> None:
    draft = draft_of(alices)
    assert len({posting.post_draft(draft, alice, not_before=timezone.now()).pk for _ in range(3)}) == 1
    relay.deliver_due()
    assert len(sink.letters) == 1


def test_e42_cancelled_in_time_and_too_late(alices: Mailbox, alice: User, sink: Sink) -> None:
    early, late = post(alices), post(alices)
    assert posting.cancel(early, alice) == 1
    assert claims.claim("hamburger.edu", RULES)
    assert posting.cancel(late, alice) == 0
    assert (only(early).state, only(late).state) == ("cancelled", "leased")


def test_e49_single_letters_overtake_a_mass_mailing(alices: Mailbox, bobs: Mailbox) -> None:
    for _ in range(2):
        post(alices, ", ".join(f"r{number}@hamburger.edu" for number in range(120)))
    single = post(bobs)
    claim = claims.claim("hamburger.edu", replace(RULES, bulk_turn=0))
    assert claim
    assert claim.talks[0].outgoing.pk == single.pk


def test_e49_a_mass_mailing_goes_on_beside_single_letters(alices: Mailbox, bobs: Mailbox) -> None:
    post(alices, ", ".join(f"r{number}@hamburger.edu" for number in range(10)))
    post(bobs)
    claim = claims.claim("hamburger.edu", replace(RULES, bulk_turn=1, at_once=10))
    assert claim
    claimed = [recipient.pk for talk in claim.talks for recipient in talk.recipients]
    assert set(Recipient.objects.filter(pk__in=claimed).values_list("bulk", flat=True)) == {True}


def test_e52_half_a_letter_is_none(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("no space left on device")

    monkeypatch.setattr("mailbox.outbox.posting.many.add_few", full)
    with pytest.raises(OperationalError):
        post(alices)
    assert not Outgoing.objects.exists()


# --- Restraint ------------------------------------------------------------------------------------------------------------
def test_t58_a_site_that_is_never_reached_is_left_alone_and_looked_at_again(alices: Mailbox, settings: Settings) -> None:
    settings.RELAY_ROUTES = {"hamburger.edu": "smtp+plain://127.0.0.1:1"}
    outgoing = post(alices)
    for _ in range(RULES.dead_after):
        make_due(outgoing)
        relay.deliver_due()
    make_due(outgoing)
    assert claims.due_sites() == []
    assert Site.objects.get().trouble
    with sinking() as sink:
        settings.RELAY_ROUTES = {"hamburger.edu": str(sink.endpoint)}
        Site.objects.update(dead_until=timezone.now() - timedelta(seconds=1))
        relay.deliver_due()
    assert (only(outgoing).state, Site.objects.get().dead_until) == ("sent", None)


def test_t60_a_site_gets_no_more_lines_than_it_bears(alices: Mailbox) -> None:
    for number in range(4):
        post(alices, f"r{number}@hamburger.edu")
    one_each = replace(RULES, at_once=1)
    claimed = [claims.claim("hamburger.edu", one_each) for _ in range(4)]
    assert [bool(one) for one in claimed] == [True, True, False, False]
    Recipient.objects.filter(state="leased").update(lease_until=timezone.now())
    assert claims.claim("hamburger.edu", one_each)  # a slot comes back by itself when its worker has died
