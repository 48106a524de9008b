"""Where a person is signed in, and how that ends."""

import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.sessions import sessions_of
from tests.accounts.acts import is_signed_in, sign_in

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [(FIREFOX, "Firefox", "Windows"), (SAFARI, "Safari", "iOS"), (EDGE, "Edge", "Windows"), ("curl/8", "", "")],
)
def test_each_is_named(client: Client, alice: User, agent: str, browser: str, system: str) -> None:
    sign_in(client, alice, **{"User-Agent": agent})
    session = sessions_of(alice, client.session.session_key)[0]
    assert (session.browser, session.system, session.is_this) == (browser, system, True)


def test_an_agent_of_markup_is_text(client: Client, alice: User) -> None:
    sign_in(client, alice, **{"User-Agent": "<script>alert(1)</script>"})
    assert b"<script>alert" not in client.get(reverse("settings_security")).content


def test_one_can_be_ended(client: Client, alice: User) -> None:
    sign_in(other := Client(), alice)
    sign_in(client, alice)
    row = UserSession.objects.get(session_key=other.session.session_key)
    client.post(reverse("end_session", args=[row.pk]))
    assert not is_signed_in(other)
    assert is_signed_in(client)


def test_all_others_can_be_ended(client: Client, alice: User, bob: User) -> None:
    sign_in(phone := Client(), alice)
    sign_in(laptop := Client(), alice)
    sign_in(bobs := Client(), bob)
    sign_in(client, alice)
    client.post(reverse("end_other_sessions"))
    assert [is_signed_in(browser) for browser in (phone, laptop, client, bobs)] == [False, False, True, True]


def test_a_session_ends_after_its_life(client: Client, alice: User, settings: Settings) -> None:
    """C-128, absolute."""
    sign_in(client, alice)
    assert is_signed_in(client)
    session = client.session
    session["began"] = int(time.time()) - settings.SESSION_LIFE - 1
    session.save()
    assert not is_signed_in(client)


def test_a_session_ends_after_two_weeks_without_a_visit(client: Client, alice: User) -> None:
    """C-128, idle."""
    sign_in(client, alice)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_signed_in(client)


def test_a_visit_moves_the_end(client: Client, alice: User) -> None:
    sign_in(client, alice)
    is_signed_in(client)
    session = client.session
    session["seen"] -= 601
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(days=1))
    is_signed_in(client)
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=13)


def test_a_visit_soon_after_writes_nothing(client: Client, alice: User, django_assert_num_queries: object) -> None:
    sign_in(client, alice)
    is_signed_in(client)
    before = Session.objects.get().session_data
    is_signed_in(client)
    assert Session.objects.get().session_data == before
