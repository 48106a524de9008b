"""The copy of a sent letter is filed on the server once, whatever happens on the way."""

import pytest

from mailbox.models import Change, Flag, Folder, Mailbox, Placement
from mailbox.sync import push
from tests.sync.conftest import Phone, bring_up, folder, here, without
from tests.sync.letters import NOON, land, raw

LETTER = b"Bcc: carol@crepes.fr\r\n" + raw("a")


@pytest.fixture
def sent(guest: Mailbox, phone: Phone) -> Folder:
    """With one copy in it that the server does not have yet."""
    bring_up(guest)
    sent = folder(guest, "Sent")
    copy = land(sent, LETTER, flags=Flag.SEEN)
    Change.objects.create(mailbox=guest, message=copy.message, kind="append", args={"folder": sent.pk})
    return sent


def copies(sent: Folder) -> list[int | None]:
    return list(Placement.objects.filter(folder=sent, gone_at=None).values_list("uid", flat=True))


def test_it_is_filed_as_it_is(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    push.push_changes(guest.pk)
    assert phone.uids("Sent") == copies(sent) == [1]
    assert phone.bytes("Sent", 1) == LETTER
    assert phone.flags("Sent", 1) == Flag.SEEN


def test_the_next_pass_knows_it(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    push.push_changes(guest.pk)
    bring_up(guest)
    assert (copies(sent), here(guest, "Sent")) == ([1], ["Ketchup"])


def test_without_uidplus_the_pass_recognises_it(
    guest: Mailbox, phone: Phone, sent: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbox.imap.client.append_uid", lambda status: None)
    push.push_changes(guest.pk)
    assert copies(sent) == [None]
    bring_up(guest)
    assert copies(sent) == [1]


def test_e02_an_append_whose_answer_was_lost_is_made_once(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    phone.add("Sent", LETTER, "\\Seen")
    Change.objects.update(state="sent", attempts=1)
    push.push_changes(guest.pk)
    assert phone.uids("Sent") == copies(sent) == [1]


def test_e48_a_copy_that_the_provider_filed_is_enough(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    phone.add("Sent", b"Received: by provider\r\n" + raw("a"), "\\Seen", at=NOON.replace(minute=3))
    bring_up(guest)
    assert len(phone.uids("Sent")) == len(copies(sent)) == 1


@pytest.mark.parametrize("before", [True, False])
def test_e48_t19_a_copy_that_the_provider_gave_another_name(guest: Mailbox, phone: Phone, sent: Folder, before: bool) -> None:
    Change.objects.update(next_at="2999-01-01T00:00Z")
    if before:
        bring_up(guest)
    phone.add("Sent", raw("named-by-the-provider"), "\\Seen", at=NOON.replace(minute=3))
    bring_up(guest)
    Change.objects.update(next_at=NOON)
    bring_up(guest)
    assert len(phone.uids("Sent")) == len(copies(sent)) == 1


OURS = b"X-Relish-Letter: a@hamburger.edu\r\n"
RENAMED = OURS + raw("named-by-the-provider", subject="[sent] Ketchup").replace(b"12:00:00", b"12:00:07")


@pytest.mark.parametrize("before", [True, False])
def test_e48_our_header_names_a_copy_of_which_nothing_else_is_left(
    guest: Mailbox, phone: Phone, sent: Folder, before: bool
) -> None:
    Change.objects.update(next_at="2999-01-01T00:00Z")
    if before:
        bring_up(guest)
    phone.add("Sent", RENAMED, "\\Seen", at=NOON.replace(minute=3))
    bring_up(guest)
    Change.objects.update(next_at=NOON)
    bring_up(guest)
    assert (len(phone.uids("Sent")), here(guest, "Sent")) == (1, ["[sent] Ketchup"])


def test_e48_a_renamed_copy_is_seen_before_ours_is_filed(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    Mailbox.objects.update(profile="exchange")
    phone.add("Sent", RENAMED, "\\Seen", at=NOON.replace(minute=3))
    push.push_changes(guest.pk)
    assert phone.uids("Sent") == [1]


def test_e48_without_our_header_another_letter_is_another_letter(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    phone.add("Sent", RENAMED.removeprefix(OURS), "\\Seen", at=NOON.replace(minute=3))
    bring_up(guest)
    assert len(copies(sent)) == len(phone.uids("Sent")) == 2


def test_it_waits_until_it_is_due(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    Change.objects.update(next_at="2999-01-01T00:00Z")
    push.push_changes(guest.pk)
    assert phone.uids("Sent") == []


def test_a_copy_that_was_taken_back_is_not_filed(guest: Mailbox, phone: Phone, sent: Folder) -> None:
    Placement.objects.filter(folder=sent).delete()
    push.push_changes(guest.pk)
    assert phone.uids("Sent") == []
    assert Change.objects.get().state == "done"


def test_a_full_mailbox_is_told_and_the_copy_stays(
    guest: Mailbox, phone: Phone, sent: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "nothing")
    monkeypatch.setattr("mailbox.imap.client.ImapClient.append", _overquota)
    push.push_changes(guest.pk)
    change = Change.objects.get()
    assert (change.state, copies(sent)) == ("refused", [None])
    assert "full" in change.result


def _overquota(*args: object) -> None:
    from mailbox.imap.errors import CommandRefused

    raise CommandRefused("the filing of the letter", "OVERQUOTA", "The mailbox is full.")
