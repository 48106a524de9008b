"""Rows put into the tables without the ORM's own way of doing it."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from mailbox.models import Draft, Mailbox, many


def draft(mailbox: Mailbox, **fields: object) -> Draft:
    return Draft(user=mailbox.access.get().user, mailbox=mailbox, **{"key": uuid4(), "subject": "Ketchup; 케첩 '%s'", **fields})


def test_a_row_is_added_as_it_is(alices: Mailbox) -> None:
    ours = draft(alices)
    assert many.add(ours)
    found = Draft.objects.get(pk=ours.pk)
    names = [field.attname for field in Draft._meta.concrete_fields]
    assert [getattr(found, name) for name in names] == [getattr(ours, name) for name in names]


def test_and_saved_like_any_other(alices: Mailbox) -> None:
    ours = draft(alices)
    many.add(ours)
    ours.subject = "Pickles"
    ours.save(update_fields=["subject"])
    assert Draft.objects.get().subject == "Pickles"


def test_one_that_is_there_stays(alices: Mailbox) -> None:
    first = draft(alices)
    many.add(first)
    second = draft(alices, key=first.key)
    assert not many.add(second, unless="key")
    assert (second.pk, Draft.objects.get()) == (None, first)


def put_together(*drafts: Draft) -> None:
    with transaction.atomic(), many.together():
        for one in drafts:
            many.add_few([one])


def test_together_they_stand(alices: Mailbox) -> None:
    put_together(draft(alices), draft(alices))
    assert Draft.objects.count() == 2


def test_together_they_fail_as_they_would_alone(alices: Mailbox) -> None:
    first = draft(alices)
    with pytest.raises(IntegrityError):
        put_together(first, draft(alices, key=first.key))
    assert not Draft.objects.exists()
