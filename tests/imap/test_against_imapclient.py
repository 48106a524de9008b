"""The same questions to the same Dovecot by us and by IMAPClient."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from mailbox.imap.client import ImapClient
from mailbox.imap.events import ANSWERED, SEEN
from mailbox.imap.items import Items
from mailbox.imap.utf7 import encode
from tests.imap.conftest import LETTER, Connect, Office
from tests.real import Dovecot

DATE = datetime(2026, 2, 28, 23, 59, 58, tzinfo=UTC)


@pytest.fixture
def ours(connect_rich: Connect) -> ImapClient:
    """Three letters, one of them in Korean and with every awkward octet."""
    client = connect_rich()
    client.append("INBOX", LETTER % (1, 1), ("\\Seen", "\\Answered", "$Forwarded"), DATE)
    client.append("INBOX", "Subject: 한글 제목\r\n\r\n본문\r\n".encode(), ())
    client.append("INBOX", b'Subject: \xff\xfe (" {3}\r\n\r\n' + bytes(range(1, 256)) + b"\r\n", ("\\Draft",))
    client.create(encode("보관/영수증 & 계약"))
    client.select("INBOX")
    return client


@pytest.fixture
def theirs(ours: ImapClient, rich: Office, dovecot: Dovecot) -> Iterator[IMAPClient]:
    context = ssl.create_default_context(cafile=str(dovecot.authority.root))
    with IMAPClient(dovecot.host, dovecot.imaps, ssl_context=context) as client:
        client.login(rich.address, dovecot.users[rich.address])
        client.select_folder("INBOX", readonly=True)
        yield client


def test_folders(ours: ImapClient, theirs: IMAPClient) -> None:
    listed = {(name, delimiter.decode(), b"\\Noselect" not in flags) for flags, delimiter, name in theirs.list_folders()}
    assert {(folder.name, folder.delimiter, folder.selectable) for folder in ours.list_folders()} == listed


def test_searches(ours: ImapClient, theirs: IMAPClient) -> None:
    assert list(ours.search_all()) == sorted(theirs.search("ALL"))
    assert list(ours.search_message_id("<1@crepes.fr>")) == theirs.search(["HEADER", "Message-ID", "<1@crepes.fr>"])


def test_letters(ours: ImapClient, theirs: IMAPClient) -> None:
    found = theirs.fetch(theirs.search("ALL"), ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[]", "MODSEQ"])
    for letter in ours.fetch(ours.search_all(), Items(internal_date=True, size=True, body=True)):
        facts = found[letter.uid]
        assert letter.body == facts[b"BODY[]"]
        assert (letter.size, letter.modseq) == (facts[b"RFC822.SIZE"], facts[b"MODSEQ"][0])
        assert letter.internal_date is not None
        assert letter.internal_date.timestamp() == facts[b"INTERNALDATE"].astimezone(UTC).timestamp()


def test_flags(ours: ImapClient, theirs: IMAPClient) -> None:
    first = next(iter(ours.fetch([1], Items())))
    assert (first.flags, first.keywords) == (SEEN | ANSWERED, ("$Forwarded",))
    assert set(theirs.get_flags([1])[1]) - {b"\\Recent"} == {b"\\Seen", b"\\Answered", b"$Forwarded"}


def test_headers(ours: ImapClient, theirs: IMAPClient) -> None:
    found = theirs.fetch(theirs.search("ALL"), ["BODY.PEEK[HEADER.FIELDS (SUBJECT MESSAGE-ID)]"])
    for letter in ours.fetch(ours.search_all(), Items(flags=False, header=("SUBJECT", "MESSAGE-ID"))):
        assert letter.header == found[letter.uid][b"BODY[HEADER.FIELDS (SUBJECT MESSAGE-ID)]"]


def test_figures(ours: ImapClient, theirs: IMAPClient) -> None:
    figures = theirs.folder_status("Sent", ["MESSAGES", "UNSEEN", "UIDNEXT", "UIDVALIDITY"])
    status = ours.status("Sent")
    told = {b"MESSAGES": status.messages, b"UNSEEN": status.unseen, b"UIDNEXT": status.uidnext}
    assert told | {b"UIDVALIDITY": status.uidvalidity} == figures
