"""A mailbox that is here: health in words, other servers, names and signatures, a pause, and its end."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox.models import Access, Domain, Draft, Identity, Mailbox, Message, Probe, Recipient
from mailbox.outbox import domains
from mailbox.smtp.facts import Fact, Kind, Record, State
from mailbox.sync import connecting, leases, mirror
from mailbox.sync.hold import Hold
from mailbox.views import preflight
from tests.views.test_mailbox_add import typed
from tests.views.writing import arrive, keep, sheet

WORDS = {
    "ok": "No letters were fetched yet.",
    "new": "Connecting for the first time.",
    "importing": "Fetching older letters: 1 of 40.",
    "paused": "Paused: what is here can be read, and nothing new comes.",
}


def servers(**fields: Any) -> dict[str, Any]:
    """The form as it was for Alice's mailbox, with changes."""
    return typed(incoming_host="imap.invalid", incoming_user="alice@crepes.fr", outgoing_security="direct", password="", **fields)


@pytest.mark.parametrize(("state", "words"), WORDS.items())
def test_its_health_is_said_in_words(client: Client, alice: User, alices: Mailbox, state: str, words: str) -> None:
    Mailbox.objects.update(state=state)
    alices.folders.filter(role="inbox").update(server_messages=40)
    arrive(alices)
    client.force_login(alice)
    assert words in client.get(reverse("mailboxes")).content.decode()


def test_trouble_is_said_as_the_mirror_said_it(client: Client, alice: User, alices: Mailbox) -> None:
    Mailbox.objects.update(state="sign_in", trouble="imap.invalid says the password is wrong.")
    client.force_login(alice)
    page = client.get(reverse("mailboxes")).content.decode()
    assert "imap.invalid says the password is wrong." in page
    assert "Sign in again" in page


def test_the_saved_password_goes_along_to_the_same_hosts(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    client.post(reverse("mailbox", args=[alices.pk]), servers(incoming_port="1993"))
    probe = Probe.objects.get()
    assert (probe.mailbox, probe.incoming) == (alices, "imaps://alice%40crepes.fr@imap.invalid:1993")
    assert probe.password() == "secret"


@pytest.mark.parametrize(
    "other", [{"incoming_host": "imap.evil.example"}, {"outgoing_security": "submissions", "outgoing_host": "evil.example"}]
)
def test_the_saved_password_is_not_given_to_another_host(
    client: Client, alice: User, alices: Mailbox, other: dict[str, str]
) -> None:
    client.force_login(alice)
    answer = client.post(reverse("mailbox", args=[alices.pk]), {**servers(), **other})
    assert answer.status_code == 422
    assert "not given to another server" in answer.context["form"].errors["password"][0]
    assert not Probe.objects.exists()


def test_good_servers_replace_the_old_ones(client: Client, alice: User, alices: Mailbox) -> None:
    Mailbox.objects.update(state="sign_in", trouble="wrong password", failures=3)
    client.force_login(alice)
    client.post(reverse("mailbox", args=[alices.pk]), {**servers(), "password": "a new one"})
    Probe.objects.update(state="good")
    client.post(reverse("probe_keep", args=[Probe.objects.get().pk]))
    alices.refresh_from_db()
    assert (alices.state, alices.trouble, alices.failures) == ("new", "", 0)
    assert alices.credentials(alices.incoming_endpoint).password == "a new one"


def test_a_name_and_a_signature_are_kept(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    url = reverse("identity", args=[alices.pk, alices.identities.get().pk])
    client.post(url, {"name": "앨리스 마르탱", "signature": "Alice\nCrêperie"})
    assert (Identity.objects.get().name, Identity.objects.get().signature) == (
        "앨리스 마르탱",
        "Alice\nCrêperie",
    )


def test_a_name_with_a_line_break_is_refused(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.post(reverse("identity", args=[alices.pk, alices.identities.get().pk]), {"name": "A\r\nBcc: spy@h.edu"})
    assert answer.status_code == 422
    assert "A name is one line." in answer.content.decode()


def test_it_is_paused_and_goes_on(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    client.post(reverse("mailbox_pause", args=[alices.pk]))
    assert Mailbox.objects.get().state == "paused"
    client.post(reverse("mailbox_resume", args=[alices.pk]))
    assert Mailbox.objects.get().state == "new"


def test_removing_asks_first(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    assert "This cannot be undone" in client.get(reverse("mailbox_remove", args=[alices.pk])).content.decode()
    assert Mailbox.objects.of(alice).exists()


def test_a_removed_mailbox_is_gone_at_once_and_cleared_later(client: Client, alice: User, alices: Mailbox, bobs: Mailbox) -> None:
    client.force_login(alice)
    arrive(alices), arrive(bobs), keep(client, alice)
    client.post(reverse("mailbox_remove", args=[alices.pk]))
    assert not Mailbox.objects.of(alice).exists()
    assert not bytes(Mailbox.objects.get(pk=alices.pk).secret)
    connecting.clear(batch=1)
    assert list(Mailbox.objects.all()) == [bobs]
    assert Message.objects.get().mailbox == bobs
    assert not Draft.objects.exists()


def test_the_letters_of_a_removed_mailbox_do_not_leave(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    client.post(reverse("draft_send", args=[uuid4()]), sheet(alice))
    client.post(reverse("mailbox_remove", args=[alices.pk]))
    assert Recipient.objects.get().state == "cancelled"


def test_a_pass_that_is_under_way_does_not_wake_a_paused_one(client: Client, alice: User, alices: Mailbox) -> None:
    lease = leases.take(alices.pk)
    client.force_login(alice)
    client.post(reverse("mailbox_pause", args=[alices.pk]))
    assert lease
    with pytest.raises(leases.LeaseLost):
        lease.hold()
    mirror._well(Hold(alices, lease, 1), None, left=False)
    assert Mailbox.objects.get().state == "paused"


OWNERS = ["mailbox_pause", "mailbox_resume", "mailbox_remove", "mailbox"]


@pytest.mark.parametrize("name", OWNERS)
def test_only_its_owner_changes_it(client: Client, alices: Mailbox, bob: User, charlie: User, name: str) -> None:
    Access.objects.create(mailbox=alices, user=bob, role=Access.Role.FULL)
    url = reverse(name, args=[alices.pk])
    client.force_login(bob)
    assert client.post(url, servers()).status_code == 403
    client.force_login(charlie)
    assert client.post(url, servers()).status_code == 404
    assert client.get(reverse("mailbox", args=[alices.pk])).status_code == 404


def test_whom_it_is_shared_with_sees_its_health_only(client: Client, alices: Mailbox, bob: User) -> None:
    Access.objects.create(mailbox=alices, user=bob, role=Access.Role.READ)
    client.force_login(bob)
    page = client.get(reverse("mailbox", args=[alices.pk])).content.decode()
    assert "shared with you" in page
    assert 'name="incoming_host"' not in page


def test_another_mailboxs_identity_is_not_found(client: Client, alice: User, alices: Mailbox, bobs: Mailbox) -> None:
    client.force_login(alice)
    assert client.post(reverse("identity", args=[alices.pk, bobs.identities.get().pk]), {"name": "x"}).status_code == 404


def test_a_direct_mailbox_shows_what_dns_lacks(client: Client, alice: User, alices: Mailbox) -> None:
    preflight.begin(alices)
    domain = Domain.objects.get()
    assert (domain.check_wanted, domain.keys.count()) == (True, 2)
    wanted = Record("crepes.fr", "TXT", "v=spf1 mx -all")
    domains.remember(domain, [Fact(Kind.SPF, State.MISSING, "", wanted), Fact(Kind.MX, State.GOOD, "mx.crepes.fr")])
    client.force_login(alice)
    page = client.get(reverse("mailbox", args=[alices.pk])).content.decode()
    assert "There is no SPF record" in page
    assert "v=spf1 mx -all" in page
    assert "Letters wait here until DNS" in page


def test_a_mailbox_with_a_server_of_its_own_shows_no_dns(client: Client, alice: User, alices: Mailbox) -> None:
    Mailbox.objects.update(outgoing="submissions://smtp.invalid")
    alices.refresh_from_db()
    preflight.begin(alices)
    client.force_login(alice)
    assert "h-direct" not in client.get(reverse("mailbox", args=[alices.pk])).content.decode()
    assert not Domain.objects.exists()
