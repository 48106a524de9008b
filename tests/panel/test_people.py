"""Operators give duties, domains to keep and limits."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from mailbox.models import Access, Limit, Mailbox, Ward
from tests.accounts.acts import PASSWORD, is_signed_in
from tests.views.conftest import flat, signed_in

pytestmark = pytest.mark.django_db


def save(panel: Client, user: User, **fields: Any) -> Any:
    answer = panel.post(f"/panel/people/{user.pk}/change/", {"duty": "", "is_active": "on", **fields})
    user.refresh_from_db()
    return answer


def test_a_duty_with_its_domains(panel: Client, bob: User) -> None:
    save(panel, bob, duty="keeper", wards="Crepes.fr, galette.example")
    assert (bob.duty, bob.is_staff, bob.is_superuser) == ("keeper", True, False)
    assert set(Ward.objects.values_list("domain", flat=True)) == {"crepes.fr", "galette.example"}


def test_a_duty_that_is_taken_ends_every_session(panel: Client, helper: User) -> None:
    client = signed_in(helper)
    assert client.get("/panel/").status_code == 200
    save(panel, helper)
    assert (helper.duty, client.get("/panel/").status_code) == ("", 404)


def test_somebody_who_may_not_sign_in_is_signed_out(panel: Client, bob: User) -> None:
    client = signed_in(bob)
    save(panel, bob, is_active="")
    assert not is_signed_in(client)


def test_nobody_changes_their_own_duty(panel: Client, operator: User) -> None:
    answer = save(panel, operator, duty="helper")
    assert (answer.status_code, operator.duty) == (422, "operator")
    assert "Nobody changes their own duty." in flat(answer)


def test_limits(panel: Client, bob: User) -> None:
    save(panel, bob, mailboxes="2", gigabytes="1.5", most_per_hour="50")
    limit = Limit.objects.get(user=bob)
    assert (limit.mailboxes, limit.stored, bob.most_per_hour, bob.most_per_day) == (2, 1_500_000_000, 50, None)
    assert AuditEvent.objects.filter(kind="limits", about=bob.email).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"duty": "king"},
        {"mailboxes": "-1"},
        {"gigabytes": "NaN"},
        {"gigabytes": "9" * 30},
        {"wards": "not a/domain"},
        {"most_per_day": "x"},
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(panel: Client, bob: User, wrong: dict[str, str]) -> None:
    assert save(panel, bob, **wrong).status_code == 422
    assert not Limit.objects.exists()
    assert not AuditEvent.objects.filter(about=bob.email).exists()


def test_somebody_is_found(panel: Client, alice: User, bob: User) -> None:
    page = flat(panel.get("/panel/people/", {"q": "marlow"}))
    assert ("bob@hamburger.edu" in page, "alice@crepes.fr" in page) == (True, False)


@pytest.fixture
def keepers(keeper: User) -> Client:
    """The browser of who keeps crepes.fr."""
    return signed_in(keeper)


def test_a_keeper_sees_the_people_of_their_domains(keepers: Client, alices: Mailbox, bob: User, charlie: User) -> None:
    Access.objects.create(mailbox=alices, user=bob, role="read")
    page = flat(keepers.get("/panel/people/"))
    assert ("alice@crepes.fr" in page, bob.email in page, charlie.email in page) == (True, True, False)
    assert keepers.get(f"/panel/people/{charlie.pk}/").status_code == 404


def test_a_keeper_sees_what_lies_in_their_domains_alone(keepers: Client, alices: Mailbox, bobs: Mailbox, alice: User) -> None:
    Access.objects.create(mailbox=bobs, user=alice, role="read")
    page = flat(keepers.get(f"/panel/people/{alice.pk}/"))
    assert (f"/panel/mailboxes/{alices.pk}/" in page, bobs.address in page) == (True, False)


def test_only_operators_see_the_form(keepers: Client, panel: Client, alice: User) -> None:
    url = f"/panel/people/{alice.pk}/"
    assert ('name="duty"' in flat(keepers.get(url)), 'name="duty"' in flat(panel.get(url))) == (False, True)


def test_a_keeper_invites_nobody_to_a_duty(keepers: Client, operator: User) -> None:
    """The link would be shown to them, and with it they could come in as that person."""
    assert keepers.post(f"/panel/people/{operator.pk}/invite/").status_code == 403


def test_a_duty_is_given_after_the_password_once_more(operator: User, bob: User) -> None:
    """C-133: what was typed is not lost."""
    client = signed_in(operator)
    answer = save(client, bob, duty="helper")
    assert (answer.status_code, bob.duty) == (302, "")
    assert answer.url.startswith("/accounts/reauthenticate/?next=")
    client.post(answer.url, {"password": PASSWORD})
    bob.refresh_from_db()
    assert bob.duty == "helper"
