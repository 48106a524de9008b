"""A database that restarts, holds a long snapshot or has no room: what was taken is remembered, what was not is not claimed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox import live
from mailbox.models import Attempt, Draft, Mailbox, Outgoing
from mailbox.outbox import claims, ledger, relay, settling
from mailbox.outbox.rules import RULES
from mailbox.smtp.record import Record
from mailbox.smtp.reply import Reply
from mailbox.smtp.verdict import Outcome, Verdict
from tests.fakes.smtp_script import scripted
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import only, post
from tests.outbox.test_deliver import route
from tests.outbox.worker import database_url
from tests.smtp.scripts import BYE, HELLO, TO_THE_DOT
from tests.views.writing import DOCK, sheet
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

FULL = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON mailbox_outgoing EXECUTE FUNCTION full_disk()
"""


def deliver(outgoing_id: int) -> None:
    try:
        relay.deliver(outgoing_id)
    finally:
        connection.close()


def test_e10_the_database_restarts_while_the_answer_is_awaited(alices: Mailbox, settings: Settings) -> None:
    with scripted(HELLO + TO_THE_DOT + "WAIT\nS: 250 2.0.0 ok\n" + BYE) as server:
        route(settings, server)
        outgoing = post(alices)
        worker = threading.Thread(target=deliver, args=(outgoing.pk,))
        worker.start()
        until(lambda: server.letters)
        with psycopg.connect(database_url(), autocommit=True) as line:
            workers = "query LIKE '%jsonb_to_recordset%' AND pid <> pg_backend_pid()"
            line.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {workers}")
        server.go()
        worker.join(30)
    assert (only(outgoing).state, len(server.letters)) == ("sent", 1)


@contextmanager
def answers_lost() -> Iterator[None]:
    """What is written stands, and nobody hears of it."""
    write = ledger.write

    def lose(*facts: Any) -> None:
        write(*facts)
        raise OperationalError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "write", lose)
        yield


def test_a_dot_that_was_announced_and_never_went_is_no_doubt(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    with answers_lost(), pytest.raises(OperationalError):
        relay.deliver(outgoing.pk)
    assert (only(outgoing).state, only(outgoing).attempts, outgoing.attempts.count()) == ("queued", 0, 0)
    relay.deliver(outgoing.pk)
    assert (only(outgoing).state, len(sink.letters)) == ("sent", 1)


def claimed(mailbox: Mailbox) -> claims.Claim:
    """Two talks about one letter."""
    outgoing = post(mailbox, bcc="spy@hamburger.edu")
    claim = claims.claim(outgoing.recipients.all()[0].site, RULES)
    assert claim
    return claim


def test_between_the_word_of_a_dot_and_the_dot_nothing_is_told(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claimed(alices)
    first, second = claim.talks
    books = settling.Books(claim)
    books._told_at -= 60
    books.note(first, [Outcome(Verdict.HELD, None, "Sign in again.")], Record())
    monkeypatch.setattr(settling, "_hold_back", None)
    monkeypatch.setattr(live, "tell_of", None)
    books.commit_dot(second)
    assert second.attempt.is_written


def test_what_is_written_down_twice_stands_once(alices: Mailbox) -> None:
    claim = claimed(alices)
    first, second = claim.talks
    books = settling.Books(claim)
    books.commit_dot(first)
    books.note(first, [Outcome(Verdict.UNKNOWN, None, "The line died.")], Record())
    books.note(second, [Outcome(Verdict.REFUSED, Reply(550, ("no",)))], Record())
    with answers_lost(), pytest.raises(OperationalError):
        books.close()
    books.close()
    assert list(Attempt.objects.order_by("pk").values_list("verdicts", flat=True)) == [["unknown"], ["refused"]]


@contextmanager
def full_disk() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(FULL)
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER full_disk ON mailbox_outgoing; DROP FUNCTION full_disk")


def test_e11_no_room_on_the_disk(client: Client, alices: Mailbox, alice: User) -> None:
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    key = uuid4()
    client.post(reverse("draft_save", args=[key]), sheet(alice))
    with full_disk():
        answer = client.post(reverse("draft_send", args=[key]), sheet(alice, revision=1), headers=DOCK)
    assert "could not be saved, and nothing was sent" in answer.content.decode()
    assert not Outgoing.objects.exists()
    assert Draft.objects.get().sent_at is None


def test_e50_t76_a_snapshot_that_is_held_for_long(alices: Mailbox, sink: Sink) -> None:
    with psycopg.connect(database_url()) as line:
        line.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        line.execute("SELECT count(*) FROM mailbox_recipient")
        letters = [post(alices) for _ in range(5)]
        relay.deliver_due()
        line.rollback()
    assert {only(one).state for one in letters} == {"sent"}
