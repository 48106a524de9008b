"""Folders that another client makes, renames and removes."""

import unicodedata
from base64 import b64encode

import pytest

from mailbox.models import Folder, Mailbox
from tests.sync.conftest import Phone, bring_up, folder, here
from tests.sync.letters import raw


@pytest.fixture
def work(guest: Mailbox, phone: Phone) -> Folder:
    """With a letter in it, mirrored."""
    phone.client.create("Work")
    phone.add("Work", raw("a"))
    bring_up(guest)
    phone.client.select("INBOX")
    return folder(guest, "Work")


def test_a_new_one_comes_with_its_letters(guest: Mailbox, work: Folder) -> None:
    assert here(guest, "Work") == ["Ketchup"]


def test_one_with_a_korean_name(guest: Mailbox, phone: Phone) -> None:
    phone.client.create("&1ozHWLhd-")
    bring_up(guest)
    assert folder(guest, "회의록").wire_name == "&1ozHWLhd-"


def test_e21_a_renamed_one_keeps_its_row(guest: Mailbox, phone: Phone, work: Folder) -> None:
    phone.client.rename("Work", "Job")
    bring_up(guest)
    assert folder(guest, "Job").pk == work.pk
    assert here(guest, "Job") == ["Ketchup"]


def test_e21_a_removed_one_goes_after_two_listings(guest: Mailbox, phone: Phone, work: Folder) -> None:
    phone.client.delete("Work")
    bring_up(guest)
    assert folder(guest, "Work").missing_since
    bring_up(guest)
    assert not Folder.objects.filter(pk=work.pk).exists()


def test_e21_one_that_is_missing_once_stays(guest: Mailbox, phone: Phone, work: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("mailbox.imap.client.ImapClient.list_with_figures", lambda client: ((), ()))
        bring_up(guest)
        bring_up(guest)
    assert Folder.objects.filter(pk=work.pk, missing_since=None).exists()


def test_one_that_cannot_be_opened_holds_nobody_up(guest: Mailbox, phone: Phone, work: Folder, dovecot_refuses: str) -> None:
    phone.add("INBOX", raw("b", subject="Pickles"))
    bring_up(guest)
    assert here(guest, "INBOX") == ["Pickles"]


@pytest.fixture
def dovecot_refuses(monkeypatch: pytest.MonkeyPatch) -> str:
    """Work is listed, and SELECT always says NO."""
    from mailbox.imap.client import ImapClient
    from mailbox.imap.errors import CommandRefused

    select = ImapClient.select

    def refuse(client: ImapClient, wire_name: str, **more: bool) -> object:
        if wire_name == "Work":
            raise CommandRefused("the opening of the folder", "", "Mailbox isn't a valid mbox file")
        return select(client, wire_name, **more)

    monkeypatch.setattr(ImapClient, "select", refuse)
    Folder.objects.filter(name="Work").update(checked_at=None, highestmodseq=1)
    return "Work"


def test_e53_a_decomposed_name_is_shown_composed(guest: Mailbox, phone: Phone) -> None:
    octets = unicodedata.normalize("NFD", "김치").encode("utf-16-be")
    phone.client.create(f"&{b64encode(octets, b'+,').decode().rstrip('=')}-")
    bring_up(guest)
    assert "김치" in guest.folders.values_list("name", flat=True)
