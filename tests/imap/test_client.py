"""The client against real servers of several kinds: what it is told to do is done, whatever they offer."""

from datetime import UTC, datetime

import pytest

from mailbox.imap.client import ImapClient
from mailbox.imap.errors import CommandRefused, Gone, NotOffered
from mailbox.imap.events import FLAGGED, SEEN, Exists
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet
from mailbox.imap.utf7 import decode, encode
from mailbox.wire import SignInFailed
from tests.fakes.imap_script import client_of, signed_in
from tests.imap.conftest import LETTER, Connect, Office, subjects

SEOUL_MORNING = datetime(2026, 11, 23, 8, 5, 9, tzinfo=UTC)


@pytest.fixture
def client(connect: Connect) -> ImapClient:
    return connect()


@pytest.fixture
def filled(office: Office, connect: Connect) -> ImapClient:
    """Three letters in the inbox, opened to change them."""
    office.fill(3)
    client = connect()
    client.select("INBOX", readonly=False)
    return client


def test_folders_have_roles(client: ImapClient) -> None:
    roles = {folder.role: folder.wire_name for folder in client.list_folders()}
    assert roles == {"inbox": "INBOX", "sent": "Sent", "drafts": "Drafts", "archive": "Archive", "junk": "Junk", "trash": "Trash"}


def test_a_server_that_does_not_understand_what_it_offers() -> None:
    script = 'C: LIST * RETURN (SPECIAL-USE)\nS: $ BAD what\nC: LIST "" "?"\nS: * LIST () "/" INBOX\nS: $ OK'
    with client_of(signed_in("SPECIAL-USE", "LIST-EXTENDED"), script) as client:
        assert [folder.role for folder in client.list_folders()] == ["inbox"]


def test_a_korean_folder_comes_and_goes(client: ImapClient) -> None:
    client.create(encode("받은 편지/영수증"))
    client.rename(encode("받은 편지/영수증"), encode("보관 & 영수증"))
    names = {folder.name for folder in client.list_folders()}
    assert "보관 & 영수증" in names
    client.delete(encode("보관 & 영수증"))
    assert "보관 & 영수증" not in {folder.name for folder in client.list_folders()}


def test_a_name_with_quotes(client: ImapClient) -> None:
    name = 'a "b" \\c {5}'
    client.create(name)
    assert name in {decode(folder.wire_name) for folder in client.list_folders()}
    assert client.select(name).exists == 0


def test_an_appended_letter_is_the_same_letter(office: Office, client: ImapClient) -> None:
    raw = LETTER % (1, 1) + b"x" * 5000 + b"\r\n"
    client.append("Sent", raw, ("\\Seen", "\\Flagged"), SEOUL_MORNING)
    client.select("Sent")
    (letter,) = client.fetch(client.search_all(), Items(internal_date=True, size=True, body=True))
    assert letter.body == office.kept(raw)
    assert (letter.size, letter.flags, letter.internal_date) == (len(letter.body), SEEN | FLAGGED, SEOUL_MORNING)


def test_filing_where_no_folder_is_says_so(client: ImapClient) -> None:
    with pytest.raises(CommandRefused) as caught:
        client.append("Nowhere", LETTER % (1, 1))
    assert caught.value.code == "TRYCREATE"


def test_examine_does_not_change_anything(office: Office, client: ImapClient) -> None:
    office.fill(1)
    folder = client.select("INBOX")
    list(client.fetch([1, 2, 3], Items(body=True)))
    assert (folder.readonly, folder.exists) == (True, 1)
    with office.connect() as other:
        other.select("INBOX")
        assert [letter.flags for letter in other.fetch([1, 2, 3], Items())] == [0]


def test_select_tells_where_the_folder_stands(filled: ImapClient) -> None:
    folder = filled.select("INBOX", readonly=False)
    assert (folder.exists, folder.readonly) == (3, False)
    assert folder.uidnext == filled.search_all().highest + 1
    assert folder.uidvalidity > 0


def test_status(filled: ImapClient, connect: Connect) -> None:
    other = connect()
    status = other.status("INBOX")
    folder = filled.select("INBOX")
    assert (status.messages, status.unseen, status.uidnext) == (3, 3, folder.uidnext)
    assert status.uidvalidity == folder.uidvalidity


def test_a_folder_that_is_not_there(client: ImapClient) -> None:
    with pytest.raises(CommandRefused):
        client.select("Nowhere")


def test_t01_search_range_leaves_the_last_letter_out(filled: ImapClient) -> None:
    highest = filled.search_all().highest
    assert list(filled.search_range(highest)) == [highest]
    assert not filled.search_range(highest + 1)


def test_search_by_message_id(filled: ImapClient) -> None:
    (uid,) = filled.search_message_id("<2@crepes.fr>")
    assert [letter.uid for letter in filled.fetch([uid], Items())] == [uid]
    assert filled.search_message_id("<9@crepes.fr>") == ()
    assert filled.search_message_id('"(한) \\') == ()


def test_header_fields(filled: ImapClient) -> None:
    assert subjects(filled) == ["Pickles 1", "Pickles 2", "Pickles 3"]


def test_a_slice(office: Office, filled: ImapClient) -> None:
    uid, raw = filled.search_all().highest, office.kept(LETTER % (3, 3))
    assert filled.fetch_slice(uid, 6, 5) == raw[6:11]
    assert filled.fetch_slice(uid, 0, 10_000) == raw
    assert filled.fetch_slice(uid, 10_000, 10) == b""


def test_a_slice_of_nothing(filled: ImapClient) -> None:
    with pytest.raises(Gone):
        filled.fetch_slice(4_000_000, 0, 10)


def test_a_letter_cut_short(filled: ImapClient) -> None:
    (letter,) = filled.fetch([filled.search_all().highest], Items(body=True, body_max=20))
    assert (letter.body, letter.offset) == ((LETTER % (3, 3))[:20], 0)


def test_flags_on_and_off(filled: ImapClient) -> None:
    uids = filled.search_all()
    filled.store(uids, flags=("\\Seen", "\\Flagged", "$Forwarded"), on=True)
    filled.store(uids, flags=("\\Flagged",), on=False)
    kept = ("$Forwarded",) if filled.select("INBOX", readonly=False).keeps("$Forwarded") else ()
    assert {(letter.flags, letter.keywords) for letter in filled.fetch(uids, Items())} == {(SEEN, kept)}


def test_copies_tell_where_they_are(filled: ImapClient) -> None:
    uids = filled.search_all()
    told = filled.copy(uids, "Archive")
    folder = filled.select("Archive")
    assert told is not None
    assert told.uidvalidity == folder.uidvalidity
    assert dict(told.pairs) == dict(zip(uids, filled.search_all(), strict=True))


def test_moving_leaves_nothing_behind(office: Office, filled: ImapClient) -> None:
    if "MOVE" in office.without:
        with pytest.raises(NotOffered):
            filled.move([1], "Trash")
        return
    lowest = min(filled.search_all())
    told = filled.move([lowest], "Trash")
    assert subjects(filled) == ["Pickles 2", "Pickles 3"]
    assert told is not None
    assert [there for there, _ in told.pairs] == [lowest]


def test_t13_only_the_named_letters_are_expunged(office: Office, filled: ImapClient) -> None:
    uids = list(filled.search_all())
    filled.store(uids[:2], flags=("\\Deleted",), on=True)
    if "UIDPLUS" in office.without:
        with pytest.raises(NotOffered):
            filled.expunge(uids[:1])
        return
    filled.expunge(uids[:1])
    assert list(filled.search_all()) == uids[1:]


def test_news_come_with_any_command(filled: ImapClient, connect: Connect) -> None:
    filled.take_untagged()
    connect().append("INBOX", LETTER % (4, 4))
    filled.noop()
    assert Exists(4) in filled.take_untagged()
    assert filled.take_untagged() == ()


def test_a_fetch_may_be_left_early(filled: ImapClient) -> None:
    uids = filled.search_all()
    letters = filled.fetch(uids, Items(body=True))
    next(letters)
    assert filled.search_all() == uids
    with pytest.raises(RuntimeError, match="Another command"):
        list(letters)


def test_letters_that_are_not_there_are_missing(filled: ImapClient) -> None:
    uids = list(filled.search_all())
    found = filled.fetch(UidSet.of([*uids, 999_999]), Items())
    assert [letter.uid for letter in found] == uids


def test_a_wrong_password(office: Office) -> None:
    with pytest.raises(SignInFailed):
        office.connect(password="비밀번호 아님")
