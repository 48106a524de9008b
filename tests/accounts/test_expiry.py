"""The clock clears away what has run out, and nothing else."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import expiry
from accounts.models import OneTimeLink, User


def test_sessions_that_ended_go_and_the_others_stay(alice: User, bob: User) -> None:
    for person in (alice, bob):
        client = Client()
        client.force_login(person)
        UserSession.objects.create(user=person, session_key=client.session.session_key, ip="::1", user_agent="")
    ended = Session.objects.filter(session_key=UserSession.objects.get(user=bob).session_key)
    ended.update(expire_date=timezone.now() - timedelta(seconds=1))
    expiry.clear()
    expiry.clear()
    assert [one.user for one in UserSession.objects.all()] == [alice]
    assert Session.objects.count() == 1


def test_old_links_go_and_open_ones_stay(alice: User, bob: User) -> None:
    ago = timezone.now() - expiry.REMEMBERED - timedelta(hours=1)
    for person in (alice, bob):
        OneTimeLink.make(person, OneTimeLink.Purpose.INVITE)
    OneTimeLink.objects.filter(user=alice).update(expires_at=ago)
    expiry.clear()
    assert OneTimeLink.objects.get().user == bob


def test_a_link_that_was_just_used_is_remembered(alice: User) -> None:
    OneTimeLink.make(alice, OneTimeLink.Purpose.RESET)
    OneTimeLink.objects.update(used_at=timezone.now())
    expiry.clear()
    assert OneTimeLink.objects.exists()
