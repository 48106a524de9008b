"""FETCH data, as servers write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailbox.imap.events import DELETED, FLAGGED, SEEN, Fetched
from mailbox.imap.fetched import read_date_time
from tests.imap.reading import read, read_one

SEOUL = timezone(timedelta(hours=9))


def fetched(line: bytes) -> Fetched:
    event = read_one(line)
    assert isinstance(event, Fetched)
    return event


def test_everything_the_mirror_asks_for() -> None:
    line = (
        b'* 12 FETCH (UID 7 FLAGS (\\Seen \\Flagged $Forwarded) INTERNALDATE "17-Jul-2026 02:44:25 +0900" RFC822.SIZE 4286'
        b" MODSEQ (65402) EMAILID (M6d99) BODY[HEADER.FIELDS (DATE FROM)] {9}\r\nDate: x\r\n)"
    )
    assert fetched(line) == Fetched(
        12, 7, SEEN | FLAGGED, ("$Forwarded",), datetime(2026, 7, 17, 2, 44, 25, tzinfo=SEOUL), 4286, 65402,
        b"Date: x\r\n", emailid="M6d99",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("usual", "unusual"),
    [
        (b"* 1 FETCH (UID 7 FLAGS (\\Seen))", b"* 1 fetch (uid 7 flags (\\SEEN \\Recent))"),
        (b"* 1 FETCH (UID 7 RFC822.SIZE 5)", b"* 1 FETCH (RFC822.SIZE 5  UID 7)"),
        (b"* 1 FETCH (UID 7 BODY[] {2}\r\nab)", b'* 1 FETCH (BODY[] "ab" UID 7)'),
        (b"* 1 FETCH (UID 7 BODY[HEADER] {2}\r\nab)", b"* 1 FETCH (RFC822.HEADER {2}\r\nab UID 7)"),
        (b"* 1 FETCH (UID 7 BODY[] {2}\r\nab)", b"* 1 FETCH (RFC822 {2}\r\nab X-NEW (a (b) NIL) UID 7)"),
        (b"* 1 FETCH (UID 7 MODSEQ (9))", b"* 1 FETCH (UID 7 BODYSTRUCTURE (NIL (1)) MODSEQ (9))"),
        (b"* 1 FETCH (UID 7 BODY[] {0}\r\n)", b'* 1 FETCH (UID 7 BODY[] "")'),
    ],
)
def test_the_quick_way_and_the_long_way_agree(usual: bytes, unusual: bytes) -> None:
    assert fetched(usual) == fetched(unusual)


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        (b"* 1 FETCH (UID 7 BODY[]<20> {2}\r\nab)", "offset", 20),
        (b"* 1 FETCH (UID 7 BODY[] NIL)", "body", None),
        (b"* 1 FETCH (UID 7 BODY[])", "body", None),  # Yandex
        (b"* 1 FETCH (UID 7 MODSEQ (-1))", "modseq", None),  # Zoho
        (b"* 1 FETCH (UID 7 MODSEQ (9223372036854775807))", "modseq", 2**63 - 1),
        (b"* 1 FETCH (UID NIL FLAGS ())", "uid", 0),
        (b"* 1 FETCH (FLAGS (\\Deleted))", "flags", DELETED),
        (b"* 1 FETCH (FLAGS NIL UID 1)", "flags", 0),
        (b"* 1 FETCH (UID 7)", "flags", None),
        (b"* 1 FETCH (FLAGS ({3}\r\nabc))", "keywords", ("abc",)),
        (b"* 1 FETCH (FLAGS ({1}\r\n\0))", "keywords", ("\ufffd",)),
        (b"* 1 FETCH (FLAGS (\\Unheard))", "keywords", ("\\Unheard",)),
        (b"* 1 FETCH (X-GM-MSGID 1278455344230334865)", "emailid", "1278455344230334865"),
        (b"* 1 FETCH (X-GM-THRID 1266894439832287888)", "threadid", "1266894439832287888"),
        (b"* 1 FETCH (EMAILID ((M6d99)) UID 3)", "emailid", "M6d99"),
        (b"* 1 FETCH (EMAILID () UID 3)", "emailid", None),
        (b"* 1 FETCH (THREADID NIL UID 3)", "threadid", None),
        (b'* 1 FETCH (X-GM-LABELS (\\Inbox "a b" {1}\r\nc))', "labels", ("\\Inbox", "a b", "c")),
        (b"* 0 FETCH (UID 7)", "number", 0),  # Courier
        (b"* 1 FETCH", "uid", 0),
    ],
)
def test_each_field(line: bytes, field: str, value: object) -> None:
    assert getattr(fetched(line), field) == value


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (b" 7-Jul-1996 02:44:25 -0730", datetime(1996, 7, 7, 2, 44, 25, tzinfo=timezone(-timedelta(hours=7, minutes=30)))),
        (b"07-jul-1996 02:44:60 +0000", datetime(1996, 7, 7, 2, 44, 59, tzinfo=UTC)),
        (b"31-Feb-2026 00:00:00 +0000", None),
        (b"01-Foo-2026 00:00:00 +0000", None),
        (b"01-Jan-0000 00:00:00 +0000", None),
        (b"01-Jan-2026 00:00:00 +9900", None),
        (b"", None),
        (b"NIL", None),
    ],
)
def test_dates(written: bytes, moment: datetime | None) -> None:
    assert read_date_time(written) == moment


def test_a_literal_may_hold_anything() -> None:
    content = bytes(range(256)) + b"\r\n* BYE {9}\r\nA1 OK )"
    (event,) = read(b"* 1 FETCH (UID 7 BODY[] {%d}\r\n%b)\r\n" % (len(content), content))
    assert isinstance(event, Fetched)
    assert event.body == content


def test_a_letter_is_not_printed_by_accident() -> None:
    assert "secret" not in repr(fetched(b"* 1 FETCH (UID 7 BODY[] {6}\r\nsecret)"))
