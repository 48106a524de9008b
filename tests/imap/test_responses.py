"""Each response of RFC 9051 section 7 that the mirror needs, and how they are found in the wild."""

import pytest

from mailbox.imap.errors import Malformed
from mailbox.imap.events import (
    Capability,
    Continue,
    Enabled,
    Event,
    Exists,
    Expunged,
    FolderFlags,
    FolderStatus,
    Found,
    Listed,
    Other,
    Status,
    Vanished,
)
from mailbox.imap.uids import UidSet
from tests.imap.reading import read, read_one


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (b"* OK ready", Status("", "OK", "", "", "ready")),
        (b"* OK [UIDVALIDITY 3857529045] UIDs valid", Status("", "OK", "UIDVALIDITY", "3857529045", "UIDs valid")),
        (b"A1 NO [OVERQUOTA] full", Status("A1", "NO", "OVERQUOTA", "", "full")),
        (b"A1 ok", Status("A1", "OK", "", "", "")),
        (b"A2 BAD [CLIENTBUG] {5}", Status("A2", "BAD", "CLIENTBUG", "", "{5}")),
        (b"* BYE", Status("", "BYE", "", "", "")),
        (b"* PREAUTH you are alice", Status("", "PREAUTH", "", "", "you are alice")),
        (b"* OK [ALERT broken", Status("", "OK", "", "", "[ALERT broken")),
        ("* NO 꽉 찼습니다".encode(), Status("", "NO", "", "", "꽉 찼습니다")),
        (b"* NO \xff", Status("", "NO", "", "", "\ufffd")),
        (b"+ go on", Continue("go on")),
        (b"+", Continue("")),
        (b"* CAPABILITY imap4rev1 IDLE", Capability(frozenset({"IMAP4REV1", "IDLE"}))),
        (b"* ENABLED QRESYNC", Enabled(frozenset({"QRESYNC"}))),
        (b"* ENABLED", Enabled(frozenset())),
        (b"* 23 EXISTS", Exists(23)),
        (b"* 44 expunge", Expunged(44)),
        (b"* VANISHED 41,43:45", Vanished(UidSet.of([41, 43, 44, 45]), False)),
        (b"* VANISHED (EARLIER) 300:302,411", Vanished(UidSet.of([300, 301, 302, 411]), True)),
        (b"* VANISHED", Vanished(UidSet(), False)),
        (b"* VANISHED (EARLIER) 5:0", Vanished(UidSet(), False)),
        (b"* FLAGS (\\Answered $Junk)", FolderFlags(("\\Answered", "$Junk"))),
        (b"* SEARCH", Found(UidSet())),
        (b"* SEARCH 2 84 882", Found(UidSet.of([2, 84, 882]))),
        (b"* SEARCH 9 2 2 5", Found(UidSet.of([2, 5, 9]))),
        (b"* SEARCH 2 5 (MODSEQ 917162500)", Found(UidSet.of([2, 5]))),
        (b'* ESEARCH (TAG "A2") UID ALL 2,10:12', Found(UidSet.of([2, 10, 11, 12]))),
        (b'* ESEARCH (TAG "A2") UID', Found(UidSet())),
        (b"* 5 RECENT", Other("")),
        (b'* ID ("name" "x")', Other("ID")),
        (b'* NAMESPACE (("" "/")) NIL NIL', Other("NAMESPACE")),
        (b"", Other("")),
    ],
)
def test_a_response_is_an_event(line: bytes, event: Event) -> None:
    assert read_one(line) == event


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (b'* LIST (\\HasNoChildren \\Sent) "/" Sent', Listed("Sent", "/", frozenset({"\\hasnochildren", "\\sent"}))),
        (b'* LIST () NIL "a b"', Listed("a b", "", frozenset())),
        (b'* LIST () "\\\\" "a\\"b\\\\c"', Listed('a"b\\c', "\\", frozenset())),
        (b"* LIST () . INBOX.x[1]", Listed("INBOX.x[1]", ".", frozenset())),
        (b'* LIST () "/" 007', Listed("007", "/", frozenset())),
        (b'* LIST () "/" NIL', Listed("NIL", "/", frozenset())),
        (b'* LIST (\\HasChildren) "/" x ("CHILDINFO" ("SUBSCRIBED"))', Listed("x", "/", frozenset({"\\haschildren"}))),
        (b'* LIST () "/" {5}\r\nf\xc3\xa9te', Listed("féte", "/", frozenset())),
        (b'* LIST () "/" f\xe9te', Listed("f\uefe9te", "/", frozenset())),
        (b"* STATUS x (MESSAGES 231 UIDNEXT 44292)", FolderStatus("x", 231, None, 44292)),
        (b'* STATUS "x" (HIGHESTMODSEQ 0 UIDVALIDITY 3)', FolderStatus("x", uidvalidity=3)),
        (b"* STATUS x (UNSEEN -1 MAILBOXID (F2212) HIGHESTMODSEQ 9)", FolderStatus("x", highestmodseq=9, mailboxid="F2212")),
        (b"* STATUS x ()", FolderStatus("x")),
    ],
)
def test_folders(line: bytes, event: Event) -> None:
    assert read_one(line) == event


@pytest.mark.parametrize(
    "line",
    [
        b"220 mail.example.org ESMTP",
        b"HTTP/1.1 400 Bad Request",
        b"* 4294967296 EXISTS",
        b"* 99999999999999999999999999999999 EXPUNGE",
        b"* LIST ()",
        b'* LIST x "/" y',
        b"* STATUS x",
        b"* FLAGS x",
        b"* FLAGS (x",
        b"* FLAGS x)",
        b"* SEARCH 0",
        b"* SEARCH 4294967296",
        b'* ESEARCH (TAG "A") UID ALL 3:',
        b'* LIST () "/" "open',
        b'* LIST () "/" "open\\"',
        b"* 1 FETCH (UID x)",
        b"* 1 FETCH (UID -1)",
        b"* 1 FETCH (UID 4294967296)",
        b"* 1 FETCH (RFC822.SIZE 9223372036854775808)",
        b"* 1 FETCH ((UID) 1)",
        b"* 1 FETCH x",
        b"* 1 FETCH (FLAGS x)",
        b"* 1 FETCH (FLAGS (\x01))",
    ],
)
def test_what_breaks_the_rules_is_malformed(line: bytes) -> None:
    with pytest.raises(Malformed):
        read(line + b"\r\n")


def test_a_line_may_end_without_cr() -> None:
    assert read(b"* 1 EXISTS\n* 2 EXISTS\r\n") == [Exists(1), Exists(2)]


def test_t24_searching_a_huge_folder_gives_a_small_set() -> None:
    """Its line is longer than the megabyte that imaplib reads."""
    numbers = b" ".join(b"%d" % uid for uid in range(1, 200_001))
    event = read_one(b"* SEARCH " + numbers)
    assert isinstance(event, Found)
    assert (len(numbers) > 1 << 20, len(event.uids), event.uids.pieces) == (True, 200_000, 1)
