"""What we say: checked, quoted, and never two commands for one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.imap import commands
from mailbox.imap.arguments import Literal, date_time, flag_list, folder, string, uid_set, uid_sets, whole
from mailbox.imap.commands import Command, encode
from mailbox.imap.errors import BadArgument
from mailbox.imap.items import Items
from mailbox.imap.uids import UidSet

NONE: frozenset[str] = frozenset()
BREAKS = ["a\rb", "a\nb", "a\r\nA2 DELETE INBOX", "a\0b"]
UIDS = UidSet.of([1, 2, 3])


def said(command: Command, *capabilities: str) -> list[bytes]:
    return [b"".join(chunk) for chunk in encode(command, "A1", frozenset(capabilities))]


@pytest.mark.parametrize("hostile", BREAKS)
@pytest.mark.parametrize(
    "build",
    [
        lambda text: commands.login(text, "p"),
        lambda text: commands.login("u", text),
        lambda text: commands.authenticate_plain(text, "p", NONE),
        lambda text: commands.authenticate_plain("u", text, NONE),
        lambda text: commands.identify(text, "1"),
        lambda text: commands.select(text, readonly=True, condstore=False),
        lambda text: commands.status(text, NONE),
        lambda text: commands.create(text),
        lambda text: commands.rename("a", text),
        lambda text: commands.delete(text),
        lambda text: commands.copy(UIDS, text),
        lambda text: commands.move(UIDS, text),
        lambda text: commands.append(text, b"", (), None),
        lambda text: commands.append("a", b"", (text,), None),
        lambda text: commands.store(UIDS, (text,), on=True),
        lambda text: commands.fetch(UIDS, Items(header=(text,)), NONE),
        lambda text: commands.search(b"HEADER Message-ID ", string(text.encode()), esearch=False),
    ],
)
def test_t36_line_breaks_and_nul_are_refused(build: Callable[[str], Command], hostile: str) -> None:
    with pytest.raises(BadArgument):
        said(build(hostile))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")))
def test_a_folder_name_stays_one_argument(name: str) -> None:
    chunks = said(commands.create(name))
    assert sum(chunk.count(b"\r\n") for chunk in chunks) == len(chunks)
    assert all(chunk.endswith(b"\r\n") for chunk in chunks)


@pytest.mark.parametrize(
    ("octets", "written"),
    [(b"plain", b'"plain"'), (b'a"b\\c', b'"a\\"b\\\\c"'), (b"", b'""'), (b"{10+}", b'"{10+}"'), (b"a b) (c", b'"a b) (c"')],
)
def test_what_can_be_quoted_is_quoted(octets: bytes, written: bytes) -> None:
    assert string(octets) == written


@pytest.mark.parametrize("octets", ["é".encode(), b"x" * 1001, b"\x7f", b"\t"])
def test_what_cannot_be_quoted_is_a_literal(octets: bytes) -> None:
    assert string(octets) == Literal(octets)


def test_a_literal_waits_for_leave() -> None:
    assert said(commands.login("é", "p")) == [b"A1 LOGIN {2}\r\n", b'\xc3\xa9 "p"\r\n']


@pytest.mark.parametrize("extension", ["LITERAL+", "LITERAL-"])
def test_a_short_literal_need_not_wait_where_it_may(extension: str) -> None:
    assert said(commands.login("é", "p"), extension) == [b'A1 LOGIN {2+}\r\n\xc3\xa9 "p"\r\n']


@pytest.mark.parametrize("extension", ["LITERAL+", "LITERAL-"])
def test_a_long_literal_always_waits(extension: str) -> None:
    letter = b"x" * 4097
    assert said(commands.append("a", letter, (), None), extension) == [b'A1 APPEND "a" () {4097}\r\n', letter + b"\r\n"]


def test_plain_goes_at_once_where_it_may() -> None:
    assert said(commands.authenticate_plain("u", "p", frozenset({"SASL-IR"}))) == [b"A1 AUTHENTICATE PLAIN AHUAcA==\r\n"]
    assert said(commands.authenticate_plain("u", "p", NONE)) == [b"A1 AUTHENTICATE PLAIN\r\n", b"AHUAcA==\r\n"]


def test_a_password_is_not_shown() -> None:
    assert "hush" not in repr(commands.login("u", "hush"))
    assert "hush" not in repr(commands.authenticate_plain("u", "hush", NONE))


@pytest.mark.parametrize("flag", ["\\Recent", "\\*", "Seen Flagged", "a(b", "a)", 'a"b', "é", "", "a{1}", "a]", "\\seen"])
def test_what_is_no_flag_is_refused(flag: str) -> None:
    with pytest.raises(BadArgument):
        flag_list([flag])


def test_flags() -> None:
    assert flag_list(["\\Seen", "$Forwarded", "NonJunk"]) == b"(\\Seen $Forwarded NonJunk)"


@pytest.mark.parametrize("value", ["1", 1.0, -1, 2**32, None, True])
def test_what_is_no_number_is_refused(value: int) -> None:
    with pytest.raises(BadArgument):
        whole(value)


@pytest.mark.parametrize("value", [UidSet(), "1:*", [1]])
def test_letters_are_named_by_a_set_that_is_not_empty(value: UidSet) -> None:
    with pytest.raises(BadArgument):
        uid_set(value)


@given(st.lists(st.integers(1, 10**6), min_size=1), st.integers(10, 50))
def test_sets_are_cut_to_length(given: list[int], limit: int) -> None:
    pieces = list(uid_sets(UidSet.of(given), limit))
    assert all(len(str(piece)) <= max(limit, 15) for piece in pieces)
    assert [uid for piece in pieces for uid in piece] == sorted(set(given))


def test_a_date_keeps_its_zone() -> None:
    seoul = timezone(timedelta(hours=9))
    assert date_time(datetime(2026, 11, 3, 8, 5, 9, tzinfo=seoul)) == b'" 3-Nov-2026 08:05:09 +0900"'
    assert date_time(datetime(2026, 11, 23, 8, 5, 9, tzinfo=timezone(-timedelta(minutes=210)))).endswith(b'-0330"')


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(BadArgument):
        date_time(datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None))


def test_a_letter_with_a_nul_is_refused() -> None:
    with pytest.raises(BadArgument):
        commands.append("Sent", b"Subject: x\r\n\r\n\0", (), None)


@pytest.mark.parametrize(
    ("items", "capabilities", "written"),
    [
        (Items(), NONE, b"(UID FLAGS)"),
        (Items(), {"CONDSTORE"}, b"(UID FLAGS MODSEQ)"),
        (Items(flags=False, size=True, internal_date=True), {"CONDSTORE"}, b"(UID INTERNALDATE RFC822.SIZE)"),
        (Items(flags=False, header=("DATE", "FROM")), NONE, b"(UID BODY.PEEK[HEADER.FIELDS (DATE FROM)])"),
        (Items(flags=False, header=()), NONE, b"(UID BODY.PEEK[HEADER])"),
        (Items(flags=False, body=True), NONE, b"(UID BODY.PEEK[])"),
        (Items(flags=False, body=True, body_max=9), NONE, b"(UID BODY.PEEK[]<0.9>)"),
        (Items(flags=False, identity=True), NONE, b"(UID)"),
        (Items(flags=False, identity=True), {"OBJECTID"}, b"(UID EMAILID THREADID)"),
        (Items(flags=False, identity=True), {"X-GM-EXT-1"}, b"(UID X-GM-MSGID X-GM-THRID)"),
        (Items(), {"X-GM-EXT-1"}, b"(UID FLAGS X-GM-LABELS)"),
    ],
)
def test_only_peeking_words_are_asked_for(items: Items, capabilities: frozenset[str], written: bytes) -> None:
    assert items.encode(frozenset(capabilities)) == written


@pytest.mark.parametrize("name", ["FROM TO", "FROM)", "[", "]", "{3}", '"', ""])
def test_a_header_name_is_one_word(name: str) -> None:
    with pytest.raises(BadArgument):
        Items(header=(name,)).encode(NONE)


def test_an_eight_bit_name_goes_as_the_octets_it_came_as() -> None:
    assert folder("\uefe9") == Literal(b"\xe9")


@pytest.mark.parametrize(("offered", "asked"), [(("OBJECTID",), True), (("OBJECTID", "ANNOTATE-EXPERIMENT-1"), False)])
def test_cyrus_is_not_asked_for_the_mailboxid(offered: tuple[str, ...], asked: bool) -> None:
    assert (b"MAILBOXID" in b"".join(said(commands.status("x", frozenset(offered))))) == asked
