"""Thrown away, with a way back; and the list of what was begun."""

from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mailbox.models import Draft, Mailbox
from tests.views.writing import DOCK, arrive, keep, sheet


def test_a_draft_is_discarded_and_brought_back_as_it_was(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    client.post(reverse("draft_discard", args=[draft.key]))
    assert not Draft.objects.of(alice).open().exists()
    client.post(reverse("draft_restore", args=[draft.key]))
    back = Draft.objects.of(alice).open().get()
    assert (back.text, back.to, back.revision) == (draft.text, draft.to, draft.revision)


def test_over_the_list_a_toast_offers_undo(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    answer = client.post(reverse("draft_discard", args=[draft.key]), {"place": "dock"}, headers=DOCK).content.decode()
    assert "Draft discarded" in answer
    assert reverse("draft_restore", args=[draft.key]) in answer


def test_a_sheet_that_was_never_kept_just_closes(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.post(reverse("draft_discard", args=[uuid4()]), sheet(alice, place="dock"), headers=DOCK).content.decode()
    assert "toast" not in answer
    assert not Draft.objects.exists()


def test_after_a_day_the_next_discard_clears_it_away(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    old, new = keep(client, alice), keep(client, alice)
    Draft.objects.filter(pk=old.pk).update(discarded_at=timezone.now() - timedelta(days=1, minutes=1))
    client.post(reverse("draft_discard", args=[new.key]))
    assert Draft.objects.get() == new


def test_a_strangers_draft_is_neither_discarded_nor_restored(client: Client, alice: User, alices: Mailbox, bob: User) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    client.force_login(bob)
    client.post(reverse("draft_discard", args=[draft.key]))
    assert Draft.objects.of(alice).open().exists()
    assert client.post(reverse("draft_restore", args=[draft.key])).status_code == 404


def test_the_list_shows_what_was_begun_and_what_can_come_back(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    begun, gone = keep(client, alice, subject="Terrace permit"), keep(client, alice, subject="Never mind", to="")
    client.post(reverse("draft_discard", args=[gone.key]))
    page = client.get(reverse("drafts")).content.decode()
    assert reverse("draft", args=[begun.key]) in page
    assert reverse("draft_restore", args=[gone.key]) in page
    assert reverse("draft", args=[gone.key]) + '"' not in page


def test_a_draft_and_its_copy_on_the_server_are_one_row(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice, subject="Terrace permit")
    copy = arrive(alices, b"From: alice@crepes.fr\r\nSubject: Terrace permit\r\n\r\nDear both\r\n", "drafts").placements.get()
    foreign = arrive(alices, b"From: alice@crepes.fr\r\nSubject: From my telephone\r\n\r\nHello\r\n", "drafts")
    Draft.objects.filter(pk=draft.pk).update(placement=copy)
    page = client.get(reverse("drafts")).content.decode()
    assert reverse("draft", args=[draft.key]) in page
    assert reverse("thread", args=[copy.message.thread_id]) not in page
    assert reverse("thread", args=[foreign.thread_id]) in page


def test_the_list_shows_nobody_elses(client: Client, alice: User, alices: Mailbox, bob: User, bobs: Mailbox) -> None:
    client.force_login(alice)
    keep(client, alice, subject="Terrace permit")
    client.force_login(bob)
    assert "Terrace permit" not in client.get(reverse("drafts")).content.decode()
