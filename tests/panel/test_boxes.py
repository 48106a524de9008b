"""Operators look after mailboxes whose letters and passwords they never see."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from mailbox.housekeeping import homes
from mailbox.models import Access, Limit, Mailbox, Probe
from mailbox.sync import connecting
from tests.panel.conftest import with_duty
from tests.views.conftest import flat, signed_in

pytestmark = pytest.mark.django_db
MAKE = "/panel/mailboxes/make/"
SERVERS = {"incoming_security": "imaps", "incoming_host": "imap.crepes.fr", "outgoing_security": "direct"}


def made(**fields: Any) -> dict[str, Any]:
    return {**SERVERS, "address": "ines@crepes.fr", "owner": "ines@crepes.fr", "name": "Ines", **fields}


def url(mailbox: Mailbox, deed: str = "") -> str:
    return f"/panel/mailboxes/{mailbox.pk}/{deed}"


def good_probe(user: User, mailbox: Mailbox) -> Probe:
    """The servers were tried with the right password."""
    probe = Probe.objects.create(
        user=user, address=mailbox.address, incoming=mailbox.incoming, outgoing=mailbox.outgoing, state="good"
    )
    probe.set_password("secret")
    probe.save()
    return probe


def test_the_table_says_whose_it_is_and_how_it_is(panel: Client, alices: Mailbox, bobs: Mailbox) -> None:
    Mailbox.objects.filter(pk=bobs.pk).update(state="sign_in")
    page = flat(panel.get("/panel/mailboxes/", {"state": "sign_in"}))
    assert ("bob@hamburger.edu" in page, "alice@crepes.fr" in page) == (True, False)


def test_a_new_one_waits_for_its_owners_password(panel: Client) -> None:
    answer = flat(panel.post(MAKE, made(), follow=True))
    home = Mailbox.objects.get()
    assert (home.state, bytes(home.secret), home.access.get().user.email) == ("sign_in", b"", "ines@crepes.fr")
    assert "The password is not known here yet." in answer
    assert "/accounts/link/" in answer


@pytest.mark.parametrize("wrong", [{"address": "ines"}, {"owner": "x"}, {"incoming_host": "a b"}, {"incoming_port": "0"}])
def test_what_cannot_be_is_said(panel: Client, wrong: dict[str, str]) -> None:
    assert panel.post(MAKE, made(**wrong)).status_code == 422
    assert not Mailbox.objects.exists()


def test_the_same_one_twice(panel: Client) -> None:
    panel.post(MAKE, made())
    assert "This mailbox is here already." in flat(panel.post(MAKE, made()))


def test_a_keeper_makes_them_in_their_domain_alone(keeper: User) -> None:
    client = signed_in(keeper)
    assert "You keep another domain." in flat(client.post(MAKE, made(address="ines@hamburger.edu")))
    client.post(MAKE, made())
    assert Mailbox.objects.get().address == "ines@crepes.fr"


def test_a_link_of_somebody_with_a_password_is_never_shown(panel: Client, alice: User) -> None:
    """With it an operator could sign in as them, and read."""
    answer = flat(panel.post(f"/panel/people/{alice.pk}/invite/", follow=True))
    assert "/accounts/link/" not in answer
    assert "This house cannot write letters" in answer


def test_other_servers_forget_the_password(panel: Client, alices: Mailbox) -> None:
    """C-97: else an operator could have it sent to a server of their own."""
    seen = f"{alices.incoming} {alices.outgoing}"
    panel.post(url(alices, "servers/"), {**SERVERS, "incoming_host": "mine.example", "seen": seen})
    alices.refresh_from_db()
    assert (alices.incoming_endpoint.host, bytes(alices.secret), alices.state) == ("mine.example", b"", "sign_in")


def test_two_operators_at_once(panel: Client, alices: Mailbox) -> None:
    """The second one hears that it was changed meanwhile, and nothing is lost."""
    seen = f"{alices.incoming} {alices.outgoing}"
    for host in ("one.example", "two.example"):
        answer = panel.post(url(alices, "servers/"), {**SERVERS, "incoming_host": host, "seen": seen})
    alices.refresh_from_db()
    assert alices.incoming_endpoint.host == "one.example"
    assert "Somebody else has changed this meanwhile." in flat(answer)
    assert "one.example" in flat(answer)


def test_the_next_owner_must_know_the_password(panel: Client, alice: User, alices: Mailbox, bob: User) -> None:
    panel.post(url(alices, "heir/"), {"person": "bob@hamburger.edu"})
    assert not Mailbox.objects.of(bob).exists()
    assert Mailbox.objects.of(alice).exists()
    connecting.keep(good_probe(bob, alices))
    assert Mailbox.objects.of(bob).get() == alices
    assert not Mailbox.objects.of(alice).exists()
    assert AuditEvent.objects.filter(kind="handed_over", actor=bob.email).exists()


def test_who_had_it_before_is_told(
    panel: Client, alice: User, alices: Mailbox, bob: User, settings: Any, mailoutbox: list[EmailMessage]
) -> None:
    settings.SYSTEM_MAILBOX = "house@crepes.fr"
    panel.post(url(alices, "heir/"), {"person": bob.email})
    connecting.keep(good_probe(bob, alices))
    assert [letter.to for letter in mailoutbox] == [[alice.email]]
    assert "given it to bob@hamburger.edu" in str(mailoutbox[0].body)
    page = flat(signed_in(alice).get("/mailboxes/"))
    assert "Mailbox alice@crepes.fr taken over by bob@hamburger.edu." in page
    assert "taken over" not in flat(signed_in(bob).get("/mailboxes/"))


def test_nobody_else_takes_it_over(alices: Mailbox, bob: User) -> None:
    with pytest.raises(connecting.CannotConnect, match="here already"):
        connecting.keep(good_probe(bob, alices))


@pytest.mark.parametrize("person", ["operator@crepes.fr", "nobody@crepes.fr", "alice@crepes.fr", "x"])
def test_who_cannot_be_the_next_owner(panel: Client, alices: Mailbox, person: str) -> None:
    assert panel.post(url(alices, "heir/"), {"person": person}).status_code == 422


def test_removing_has_a_time_of_grace(panel: Client, alice: User, alices: Mailbox) -> None:
    panel.post(url(alices, "leave/"))
    homes.remove_due()
    assert Mailbox.objects.of(alice).get().state == "paused"
    assert "It will be removed on" in flat(signed_in(alice).get(f"/mailboxes/{alices.pk}/"))
    panel.post(url(alices, "stay/"))
    assert Mailbox.objects.get().leaving_at is None


def test_then_it_goes(panel: Client, alice: User, alices: Mailbox) -> None:
    panel.post(url(alices, "leave/"))
    Mailbox.objects.update(leaving_at=timezone.now())
    homes.remove_due()
    assert not Mailbox.objects.of(alice).exists()
    connecting.clear()
    assert not Mailbox.objects.exists()


def test_a_role_can_be_taken_but_not_given(panel: Client, alices: Mailbox, bob: User, operator: User) -> None:
    access = Access.objects.create(mailbox=alices, user=bob, role="read")
    panel.post(url(alices, f"people/{access.pk}/take/"))
    panel.post(f"/mailboxes/{alices.pk}/share/", {"person": operator.email, "role": "read"})
    assert [one.role for one in alices.access.all()] == ["owner"]


def test_a_limit_of_mailboxes_is_told_to_both(panel: Client, alice: User, alices: Mailbox) -> None:
    Limit.objects.create(user=alice, mailboxes=1)
    probe = good_probe(alice, alices)
    Probe.objects.update(address="second@crepes.fr")
    probe.refresh_from_db()
    with pytest.raises(connecting.CannotConnect, match="may have no more mailboxes"):
        connecting.keep(probe)
    assert "alice@crepes.fr may have no more mailboxes" in flat(panel.post(MAKE, made(owner=alice.email)))


def test_a_full_domain_is_told_to_both(panel: Client, alice: User, alices: Mailbox) -> None:
    Mailbox.objects.update(stored=5)
    Limit.objects.create(domain="crepes.fr", stored=5)
    assert "crepes.fr has reached the storage limit" in connecting.refusal(alice, "second@crepes.fr")
    assert "crepes.fr has reached the storage limit." in flat(panel.get("/panel/"))


def test_no_secret_and_no_letter_on_any_page(panel: Client, alices: Mailbox) -> None:
    for page in ("/panel/mailboxes/", url(alices)):
        assert "secret" not in flat(panel.get(page))
    assert with_duty("helper").duty == "helper"
