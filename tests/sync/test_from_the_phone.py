"""What another client does is here after the next pass, whatever the server can tell."""

import pytest

from mailbox.models import Flag, Mailbox, Message
from tests.sync.conftest import Phone, bring_up, folder, here, place
from tests.sync.letters import raw

pytestmark = pytest.mark.usefixtures("dialect")


@pytest.fixture
def uid(guest: Mailbox, phone: Phone) -> int:
    """A letter that is mirrored."""
    number = phone.add("INBOX", raw("a"))
    bring_up(guest)
    return number


def test_a_new_letter(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.add("INBOX", raw("b", subject="Pickles"))
    bring_up(guest)
    assert here(guest, "INBOX") == ["Ketchup", "Pickles"]


def test_a_flag_set(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.flag("INBOX", uid, "\\Seen")
    bring_up(guest)
    assert place(guest, "Ketchup").flags == Flag.SEEN
    assert folder(guest, "INBOX").unread == 0


def test_a_flag_taken_away(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.flag("INBOX", uid, "\\Flagged")
    bring_up(guest)
    phone.flag("INBOX", uid, "\\Flagged", on=False)
    bring_up(guest)
    assert place(guest, "Ketchup").flags == 0


def test_a_keyword(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.flag("INBOX", uid, "$Forwarded")
    bring_up(guest)
    assert place(guest, "Ketchup").keywords == ["$Forwarded"]


def test_t07_an_expunge(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.expunge("INBOX", uid)
    bring_up(guest)
    assert here(guest, "INBOX") == []
    assert (folder(guest, "INBOX").live, folder(guest, "INBOX").mirrored) == (0, 0)


def test_t08_an_expunge_and_an_arrival_between_two_passes(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.expunge("INBOX", uid)
    phone.add("INBOX", raw("b", subject="Pickles"))
    bring_up(guest)
    assert here(guest, "INBOX") == ["Pickles"]


def test_a_move_keeps_the_message(guest: Mailbox, phone: Phone, uid: int) -> None:
    message = place(guest, "Ketchup").message_id
    phone.move("INBOX", uid, "Archive")
    bring_up(guest)
    assert (here(guest, "INBOX"), here(guest, "Archive")) == ([], ["Ketchup"])
    assert Message.objects.get(mailbox=guest).pk == message


def test_a_move_there_and_back(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.move("INBOX", uid, "Archive")
    bring_up(guest)
    phone.move("Archive", phone.uids("Archive")[0], "INBOX")
    bring_up(guest)
    assert (here(guest, "INBOX"), here(guest, "Archive")) == (["Ketchup"], [])


def test_a_letter_marked_deleted_is_out_of_sight(guest: Mailbox, phone: Phone, uid: int) -> None:
    phone.flag("INBOX", uid, "\\Deleted")
    bring_up(guest)
    assert (folder(guest, "INBOX").live, folder(guest, "INBOX").mirrored) == (0, 1)


def test_t17_a_draft_that_another_client_goes_on_with_stays_in_its_conversation(guest: Mailbox, phone: Phone) -> None:
    """Each revision is another letter under another UID; it comes in before the one before it goes."""
    first = phone.add("Drafts", raw("draft", subject="Re: Pickles", references=["gone"]), "\\Draft")
    bring_up(guest)
    conversation = place(guest, "Re: Pickles").message.thread_id
    phone.add("Drafts", raw("draft", subject="Re: Pickles", references=["gone"], text="More of it."), "\\Draft")
    phone.expunge("Drafts", first)
    bring_up(guest)
    assert place(guest, "Re: Pickles").message.thread_id == conversation
