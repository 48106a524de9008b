"""Rows put into the tables without the ORM's own way of doing it."""

from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from mailbox.models import Draft, Mailbox, many
from tests.outbox.worker import database_url


def draft(mailbox: Mailbox, **fields: object) -> Draft:
    return Draft(
        user=mailbox.access.get().user, **{"mailbox_id": mailbox.pk, "key": uuid4(), "subject": "Ketchup; 케첩 '%s'", **fields}
    )


def test_a_row_is_added_as_it_is(alices: Mailbox) -> None:
    ours = draft(alices)
    assert many.adding(ours)()
    found = Draft.objects.get(pk=ours.pk)
    names = [field.attname for field in Draft._meta.concrete_fields]
    assert [getattr(found, name) for name in names] == [getattr(ours, name) for name in names]


def test_and_saved_like_any_other(alices: Mailbox) -> None:
    ours = draft(alices)
    many.adding(ours)()
    ours.subject = "Pickles"
    ours.save(update_fields=["subject"])
    assert Draft.objects.get().subject == "Pickles"


def test_one_that_is_there_stays(alices: Mailbox) -> None:
    first = draft(alices)
    many.adding(first)()
    second = draft(alices, key=first.key)
    assert not many.adding(second, unless="key")()
    assert (second.pk, Draft.objects.get()) == (None, first)


def put_together(*drafts: Draft, commit: bool = False) -> None:
    with transaction.atomic(), many.together(commit=commit):
        for one in drafts:
            many.add_few([one])


def seen_by_others() -> int:
    with psycopg.connect(database_url()) as line:
        [(number,)] = line.execute("SELECT count(*) FROM mailbox_draft")
        return int(number)


def test_together_they_stand(alices: Mailbox) -> None:
    put_together(draft(alices), draft(alices))
    assert Draft.objects.count() == 2


def test_together_they_fail_as_they_would_alone(alices: Mailbox) -> None:
    first = draft(alices)
    with pytest.raises(IntegrityError):
        put_together(first, draft(alices, key=first.key))
    assert not Draft.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_commit_goes_along(alices: Mailbox) -> None:
    heard: list[str] = []
    with transaction.atomic():
        transaction.on_commit(lambda: heard.append("bell"))
        with many.together(commit=True):
            many.add_few([draft(alices)])
        assert seen_by_others() == 1
    assert (heard, connection.get_autocommit()) == (["bell"], True)


@pytest.mark.django_db(transaction=True)
def test_but_not_that_of_somebody_around_it(alices: Mailbox) -> None:
    with transaction.atomic(), transaction.atomic():
        with many.together(commit=True):
            many.add_few([draft(alices)])
        assert seen_by_others() == 0
    assert seen_by_others() == 1


@pytest.mark.django_db(transaction=True)
def test_what_fails_is_not_committed(alices: Mailbox) -> None:
    with pytest.raises(IntegrityError):  # found out by the commit itself
        put_together(draft(alices), draft(alices, mailbox_id=0), commit=True)
    assert seen_by_others() == 0


def test_rows_asked_for_together(alices: Mailbox) -> None:
    rows = [draft(alices), draft(alices)]
    with transaction.atomic(), many.together():
        many.add_few(rows[:1])
        first = many.asking(Draft.objects.of(rows[0].user))
        many.add_few(rows[1:])
    assert [one.key for one in first()] == [rows[0].key]
