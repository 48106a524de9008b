"""A database that restarts, holds a long snapshot or has no room: what was taken is remembered, what was not is not claimed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Draft, Mailbox, Outgoing
from mailbox.outbox import relay
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
