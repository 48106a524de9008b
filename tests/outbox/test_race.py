"""Eight workers and one letter."""

import threading
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from mailbox.models import Mailbox, Outgoing, Posted
from mailbox.outbox import limits, posting, relay, sending
from mailbox.outbox.drafts import Written
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import draft_of, only, post, states
from tests.outbox.worker import database_url
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """Each in a thread of its own, started together; what each returned or raised."""
    barrier = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(number: int) -> None:
        barrier.wait()
        try:
            results[number] = deeds[number]()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_one_letter_is_sent_once(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices, "bob@hamburger.edu, carol@hamburger.edu", bcc="spy@hamburger.edu")
    claimed = all_at_once([lambda: relay.deliver(outgoing.pk)] * 8)
    assert claimed.count(True) == 1
    assert [one.recipients for one in sink.letters] == [("bob@hamburger.edu", "carol@hamburger.edu"), ("spy@hamburger.edu",)]
    assert set(states(outgoing).values()) == {"sent"}


def test_the_clock_and_the_bell_together(alices: Mailbox, sink: Sink) -> None:
    letters = [post(alices) for _ in range(10)]
    hints = [lambda pk=one.pk: relay.deliver(pk) for one in letters[:4]]
    all_at_once([*hints, *[relay.deliver_due] * 4])
    assert sorted(one.raw for one in sink.letters) == sorted(one.letter() for one in letters)


def test_eight_presses_of_send_make_one_letter(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    posted = all_at_once([lambda: posting.post_draft(draft, alice)] * 8)
    assert len({one.pk for one in posted if isinstance(one, Outgoing)}) == 1
    assert Outgoing.objects.count() == 1


def test_eight_presses_on_a_page_never_kept_make_one_letter(alices: Mailbox, alice: User) -> None:
    key, written = uuid4(), Written(alices.identities.get(), to="bob@hamburger.edu")
    posted = all_at_once([lambda: sending.send(alice, key, written)] * 8)
    assert sorted(type(one).__name__ for one in posted) == ["Gone"] * 7 + ["Outgoing"]
    assert Outgoing.objects.count() == 1


def test_the_draft_is_locked_before_anything_is_counted(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    Posted.objects.create(user=alice, hour=limits._hour_of(timezone.now()))
    written = Written(draft.identity, to=draft.to, subject=draft.subject)
    with psycopg.connect(database_url()) as line:
        line.execute("SELECT 1 FROM mailbox_draft FOR UPDATE")
        press = threading.Thread(target=all_at_once, args=([lambda: sending.send(alice, draft.key, written)],))
        press.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        until(lambda: line.execute(waiting).fetchone() == (1,))
        line.execute("SELECT 1 FROM mailbox_posted FOR UPDATE NOWAIT")
    press.join(60)
    assert Outgoing.objects.count() == 1


def test_eight_posts_of_the_same_bytes_make_one_letter(alices: Mailbox) -> None:
    raw = b"From: alice@crepes.fr\r\nSubject: x\r\n\r\nhi\r\n"
    posted = all_at_once([lambda: posting.post_raw(alices, raw, ["bob@hamburger.edu"], "key")] * 8)
    assert [type(one) for one in posted] == [Outgoing] * 8
    assert Outgoing.objects.count() == 1


def test_undo_and_the_relay_cannot_both_win(alices: Mailbox, alice: User, sink: Sink) -> None:
    for _ in range(5):
        outgoing = post(alices)
        sink.letters.clear()
        taken_back, _ = all_at_once([lambda: posting.undo(outgoing, alice), lambda: relay.deliver(outgoing.pk)])  # noqa: B023 run at once
        undone = not isinstance(taken_back, posting.TooLate)
        assert (only(outgoing).state, len(sink.letters)) == (("cancelled", 0) if undone else ("sent", 1))
