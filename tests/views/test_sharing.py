"""An owner shares a mailbox; what a role does not reach the server refuses."""

import pytest
from django.test import Client

from accounts.models import AuditEvent, User
from mailbox.models import Access, Mailbox
from tests.views.conftest import flat

pytestmark = pytest.mark.django_db


def url(mailbox: Mailbox, deed: str = "") -> str:
    return f"/mailboxes/{mailbox.pk}/{deed}"


@pytest.mark.parametrize("role", ["read", "send", "full"])
def test_somebody_is_given_a_role(browser: Client, alices: Mailbox, bob: User, role: str) -> None:
    browser.post(url(alices, "share/"), {"person": "BOB@hamburger.edu", "role": role})
    assert Access.objects.get(user=bob).role == role
    assert Mailbox.objects.of(bob).get() == alices


def test_a_role_is_changed(browser: Client, alices: Mailbox, bob: User) -> None:
    for role in ("read", "full"):
        browser.post(url(alices, "share/"), {"person": bob.email, "role": role})
    assert Access.objects.get(user=bob).role == "full"


@pytest.mark.parametrize(
    ("person", "role", "words"),
    [
        ("bob@hamburger.edu", "owner", "Choose what they may do."),
        ("nobody@crepes.fr", "read", "Nobody of this house signs in with that address."),
        ("alice@crepes.fr", "read", "It is yours already."),
        ("\0" * 300, "read", "Nobody of this house"),
    ],
)
def test_what_cannot_be_is_said(browser: Client, alices: Mailbox, bob: User, person: str, role: str, words: str) -> None:
    assert words in flat(browser.post(url(alices, "share/"), {"person": person, "role": role}, follow=True))
    assert Access.objects.get().role == "owner"


def test_a_role_is_taken_away(browser: Client, alices: Mailbox, bob: User) -> None:
    access = Access.objects.create(mailbox=alices, user=bob, role="full")
    browser.post(url(alices, f"people/{access.pk}/take/"))
    assert not Mailbox.objects.of(bob).exists()


def test_somebody_leaves(bobs_browser: Client, alices: Mailbox, bob: User) -> None:
    access = Access.objects.create(mailbox=alices, user=bob, role="read")
    assert "Leave this mailbox" in flat(bobs_browser.get(url(alices)))
    bobs_browser.post(url(alices, f"people/{access.pk}/take/"))
    assert not Mailbox.objects.of(bob).exists()


def test_who_may_do_everything_else_does_not_share(bobs_browser: Client, alices: Mailbox, bob: User, charlie: User) -> None:
    own = Access.objects.create(mailbox=alices, user=bob, role="full")
    other = Access.objects.create(mailbox=alices, user=charlie, role="read")
    assert bobs_browser.post(url(alices, "share/"), {"person": charlie.email, "role": "full"}).status_code == 403
    assert bobs_browser.post(url(alices, f"people/{other.pk}/take/")).status_code == 403
    page = flat(bobs_browser.get(url(alices)))
    assert ("Who else may use it" in page, charlie.email in page, own.role) == (False, False, "full")


def test_the_owner_sees_what_concerned_the_mailbox(browser: Client, alices: Mailbox, bob: User) -> None:
    browser.post(url(alices, "share/"), {"person": bob.email, "role": "read"})
    AuditEvent.objects.create(kind="mailbox_paused", about="bob@hamburger.edu", mailbox_id=alices.pk + 1)
    page = flat(browser.get(url(alices)))
    assert "bob@hamburger.edu may use alice@crepes.fr: Read" in page
    assert "Mailbox bob@hamburger.edu paused" not in page
