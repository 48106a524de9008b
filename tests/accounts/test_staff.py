"""An operator must have a second factor, and keep it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.acts import app_code, confirm, give_app, sign_in


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("postmaster@crepes.fr", "ketchup-and-pickles")


@pytest.mark.parametrize("page", ["/", "/settings/appearance/", "/write/"])
def test_nothing_opens_before_there_is_one(client: Client, operator: User, page: str) -> None:
    sign_in(client, operator)
    assert client.get(page).url == reverse("settings_security")


def test_a_part_of_a_page_sends_the_whole_page_there(client: Client, operator: User) -> None:
    sign_in(client, operator)
    response = client.get("/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (403, reverse("settings_security"))


def test_the_pages_to_set_one_up_open(client: Client, operator: User) -> None:
    sign_in(client, operator)
    assert b"Operators need a second factor." in client.get(reverse("settings_security")).content
    confirm(client)
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_with_one_everything_opens(client: Client, operator: User) -> None:
    give_app(operator)
    sign_in(client, operator)
    client.post(reverse("mfa_authenticate"), {"code": app_code()})
    assert client.get("/settings/appearance/").status_code == 200


def test_the_last_one_stays(client: Client, operator: User) -> None:
    app = give_app(operator)
    sign_in(client, operator)
    client.post(reverse("mfa_authenticate"), {"code": app_code()})
    confirm(client)
    assert b"Operators must keep a second factor" in client.post(reverse("mfa_deactivate_totp")).content
    app.refresh_from_db()


def test_others_may_do_without(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert client.get("/settings/appearance/").status_code == 200
