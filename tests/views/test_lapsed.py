"""A session that ended while a letter was written without script: the words come back, and go when the person says so."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox.models import Mailbox, Outgoing
from tests.views.writing import DOCK, sheet

WORDS = 'Three jars <of> "pickles", 김치도'


@pytest.fixture
def strict() -> Client:
    """A browser whose form tokens are looked at."""
    return Client(enforce_csrf_checks=True)


def token_of(client: Client) -> str:
    return str(client.get(reverse("account_login")).context["csrf_token"])


def posted(client: Client, user: User, token: str, name: str = "draft_send", **typed: Any) -> Any:
    page = sheet(user, text=WORDS, person=user.pk, csrfmiddlewaretoken=token, **typed)
    return client.post(reverse(name, args=[uuid4()]), page)


@pytest.mark.parametrize("name", ["draft_send", "draft_save"])
def test_a_sheet_of_somebody_signed_out_is_handed_back(strict: Client, alice: User, alices: Mailbox, name: str) -> None:
    answer = posted(strict, alice, token_of(strict), name)
    assert answer.status_code == 401
    assert "Three jars &lt;of&gt; &quot;pickles&quot;, 김치도" in answer.content.decode()
    assert dict(answer.context["fields"])["to"] == "bob@hamburger.edu"


def test_a_token_from_before_signing_in_shows_the_sheet_again(strict: Client, alice: User, alices: Mailbox) -> None:
    old = token_of(strict)
    strict.post(reverse("account_login"), {"login": alice.email, "password": "ketchup-and-pickles", "csrfmiddlewaretoken": old})
    answer = posted(strict, alice, old)
    assert answer.status_code == 403
    assert answer.context["form"]["text"].value() == WORDS
    assert not Outgoing.objects.exists()
    assert posted(strict, alice, str(answer.context["csrf_token"])).status_code == 302
    assert Outgoing.objects.exists()


def test_another_persons_sheet_is_not_shown_again(strict: Client, alice: User, alices: Mailbox, bob: User) -> None:
    strict.force_login(bob)
    answer = posted(strict, alice, "x" * 64)
    assert answer.status_code == 403
    assert "Three jars" not in answer.content.decode()


def test_a_page_with_script_hears_it_in_short(client: Client, alice: User, alices: Mailbox) -> None:
    answer = client.post(reverse("draft_send", args=[uuid4()]), sheet(alice, text=WORDS), headers=DOCK)
    assert (answer.status_code, answer["HX-Trigger"]) == (401, "signed-out")
    assert "Three jars" not in answer.content.decode()
