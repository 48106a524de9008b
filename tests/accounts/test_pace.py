"""Who asks too often is told when to come again, whichever worker answers (C-138)."""

import pytest
from django.test import Client

from accounts import pace
from accounts.models import Pace, User
from mailbox.models import Mailbox
from tests.views.conftest import HTMX, flat, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace.time, "time", lambda: 600.0 + 17)


def so_far(user: User, action: str, number: int) -> Client:
    Pace.objects.create(user=user, action=action, minute=10, number=number)
    return signed_in(user)


def test_each_asking_counts(alice: User) -> None:
    assert [pace.count(alice.pk, "search", minute) for minute in (10, 10, 10, 11, 11)] == [1, 2, 3, 1, 2]


def test_somebody_else_has_their_own_count(alice: User, bob: User) -> None:
    assert [pace.count(user.pk, "search", 10) for user in (alice, bob, alice)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("action", "url", "most"),
    [("search", "/search/?q=pickles", 240), ("search", "/search/count/?q=pickles", 240), ("offers", "/search/offers/?q=p", 600)],
)
def test_what_is_more_is_refused_for_a_while(alice: User, alices: Mailbox, action: str, url: str, most: int) -> None:
    client = so_far(alice, action, most - 1)
    assert client.get(url).status_code == 200
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "43")
    assert "Back to mail" in flat(answer)


def test_the_next_minute_is_a_new_one(alice: User, alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    client = so_far(alice, "search", 9999)
    monkeypatch.setattr(pace.time, "time", lambda: 660.0)
    assert client.get("/search/?q=pickles").status_code == 200


def test_a_part_of_a_page_is_left_as_it_is(alice: User, alices: Mailbox) -> None:
    answer = so_far(alice, "search", 9999).get("/search/count/?q=pickles", **HTMX)
    assert (answer.status_code, answer.content, answer.headers["HX-Reswap"]) == (429, b"", "none")
