"""The facts about a mirror: what is missing, since when, what is shut, and how long news have waited."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mailbox.imap.errors import CommandRefused
from mailbox.models import Change, Mailbox
from mailbox.sync import health, mirror
from tests.sync.conftest import Phone, bring_up
from tests.sync.letters import raw


def of(mailbox: Mailbox) -> health.Health:
    return next(health.of(Mailbox.objects.filter(pk=mailbox.pk)))


def test_what_is_here_and_what_is_missing(alices: Mailbox) -> None:
    alices.folders.filter(role="inbox").update(server_messages=9, mirrored=4, live=3)
    alices.folders.filter(role="sent").update(server_messages=2, mirrored=2, live=2)
    found = of(alices)
    assert (found.here, found.there, found.behind) == (5, 11, 5)


def test_one_question_for_all(alices: Mailbox, bobs: Mailbox, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert [found.mailbox for found in health.of(Mailbox.objects.order_by("pk"))] == [alices, bobs]


def test_news_that_wait_are_lag(alices: Mailbox) -> None:
    assert of(alices).lag == timedelta()
    Mailbox.objects.update(dirty_at=timezone.now() - timedelta(minutes=7), next_poll_at=timezone.now() + timedelta(hours=1))
    assert timedelta(minutes=7) <= of(alices).lag < timedelta(minutes=8)


def test_a_line_that_is_held(alices: Mailbox) -> None:
    assert not of(alices).watched
    Mailbox.objects.update(watch_until=timezone.now() + timedelta(minutes=1))
    assert of(alices).watched


def test_changes_that_the_server_does_not_know(alices: Mailbox) -> None:
    Change.objects.create(mailbox=alices, kind="create", args={"name": "Work", "folder": 0}, next_at=timezone.now())
    assert health.untold(alices) == 1


def test_a_folder_that_the_server_does_not_open(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with it is said until it opens."""
    phone.add("INBOX", raw("a"))
    refused = CommandRefused("the opening of the folder", "NOPERM", "not for you")
    with monkeypatch.context() as patched:
        patched.setattr("mailbox.sync.visiting.visit", lambda *args: (_ for _ in ()).throw(refused))
        mirror.bring_up(guest.pk, only="INBOX")
    (shut,) = [one for one in health.folders_of(guest) if one.trouble]
    assert (shut.folder.name, shut.trouble) == ("INBOX", str(refused))
    assert of(guest).shut == 1
    assert of(bring_up(guest)).shut == 0


def test_trouble_began_once(guest: Mailbox) -> None:
    Mailbox.objects.filter(pk=guest.pk).update(incoming="imap+plain://127.0.0.1:1")
    mirror.bring_up(guest.pk)
    guest.refresh_from_db()
    began = guest.trouble_since
    mirror.bring_up(guest.pk)
    guest.refresh_from_db()
    assert began
    assert (guest.trouble_since, guest.failures) == (began, 2)
