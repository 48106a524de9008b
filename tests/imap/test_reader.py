"""The reader as a whole: it may be fed in any pieces, and garbage neither stops it nor fills the memory."""

import re
import time
import tracemalloc
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.imap.errors import Malformed
from mailbox.imap.events import Fetched
from mailbox.imap.limits import LIMITS, Limits
from mailbox.imap.reader import Reader
from tests.imap.reading import read

TALK = (
    b"* OK [CAPABILITY IMAP4rev1 IDLE] hi {3}\r\n* 3 EXISTS\r\n"
    b'* LIST (\\HasNoChildren) "/" {6}\r\n\xeb\xb0\x9b\xec\x9d\x80\r\n'
    b"* 1 FETCH (UID 4 FLAGS (\\Seen) BODY[HEADER.FIELDS (DATE)] {11}\r\nDate: x\r\n\r\n)\r\n"
    b"* 2 FETCH (X-GM-LABELS ({1}\r\na {0}\r\n) BODY[] {5}\r\n{9}\r\n UID 9)\r\n"
    b"* SEARCH 1 2 3\r\n* VANISHED (EARLIER) 1:9\r\n+ go\r\nA1 OK [COPYUID 1 2 3] done\r\n"
)
WHOLE = read(TALK)
SMALL = Limits(line=400, numbers=800, literal=300, response=900, literals=5, tokens=60, depth=6)

# Pieces of IMAP in a wrong order are worse than noise.
words = ["* ", "A1 ", "OK ", "1 FETCH ", "UID 7 ", "FLAGS ", "SEARCH ", "VANISHED ", "LIST ", "STATUS ", "BODY[", "NIL", "+ "]
marks = ["(", ")", '"', "\\", "]", "<0>", " ", "\r\n", "\n", "{3}\r\n", "{3}", "{99999}\r\n", "\0", "\xff", "9" * 30]
fragments = st.sampled_from([fragment.encode("latin-1") for fragment in words + marks])
garbage = st.lists(st.one_of(fragments, st.binary(max_size=9)), max_size=60).map(b"".join)


@given(st.lists(st.integers(0, len(TALK)), max_size=40))
def test_the_pieces_do_not_matter(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(TALK)]
    assert read(*(TALK[start:end] for start, end in pairwise(edges))) == WHOLE


def test_an_octet_at_a_time() -> None:
    assert read(*(TALK[place : place + 1] for place in range(len(TALK)))) == WHOLE


@given(garbage, st.integers(1, 50))
def test_garbage_is_read_or_malformed_and_nothing_else(octets: bytes, size: int) -> None:
    pieces = [octets[start : start + size] for start in range(0, len(octets), size)]
    with suppress(Malformed):
        read(*pieces, limits=SMALL)


@given(garbage)
def test_what_a_response_means_depends_on_no_other(octets: bytes) -> None:
    try:
        alone = read(octets + b"\r\n", limits=SMALL)
    except Malformed:
        return
    if b"{" not in octets:
        assert read(octets + b"\r\n* 1 EXISTS\r\n", limits=SMALL)[:-1] == alone


@pytest.mark.parametrize(
    ("octets", "what"),
    [
        (b"* 1 FETCH (BODY[] {5368709120}\r\n", "literal of 5368709120"),
        (b"* 1 FETCH (BODY[] {99999999999999999999999999}\r\n", "literal of 9999"),
        (b"* 1 FETCH (" + b"(" * 10_000 + b")" * 10_000 + b")\r\n", "nested"),
        (b"* FLAGS (" + b"a " * 300_000 + b")\r\n", "words"),
        (b"* OK " + b"x" * (LIMITS.line + 1) + b"\r\n", "line of more than"),
        (b"* SEARCH " + b"1 " * (LIMITS.numbers // 2 + 1) + b"\r\n", "line of more than"),
        (b"* 1 FETCH (" + b"{0}\r\n " * 3_000, "literals"),
    ],
)
def test_limits(octets: bytes, what: str) -> None:
    with pytest.raises(Malformed, match=re.escape(what)):
        read(octets)


def test_literals_add_up() -> None:
    with pytest.raises(Malformed, match="response of more than 100"):
        read(b"* 1 FETCH (A {60}\r\n" + b"x" * 60 + b" B {60}\r\n", limits=Limits(literal=60, response=100))


@pytest.mark.parametrize("octets", [b"x", b"* SEARCH 1 ", b"* OK "])
def test_an_endless_line_ends(octets: bytes) -> None:
    def feed_for_ever() -> None:
        reader = Reader(Limits(line=10_000, numbers=20_000))
        reader.feed(octets)
        while reader.next_event() is None:
            reader.feed(b"1 " * 500)

    with pytest.raises(Malformed):
        feed_for_ever()


def test_an_endless_line_in_crumbs_costs_no_more_than_itself() -> None:
    reader = Reader(LIMITS)
    tracemalloc.start()
    for _ in range(150_000):
        reader.feed(b"xy")
        assert reader.next_event() is None
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def test_what_was_handed_out_is_not_kept() -> None:
    reader = Reader(LIMITS)
    tracemalloc.start()
    for _ in range(200):
        reader.feed(b"* 1 FETCH (UID 7 BODY[] {100000}\r\n" + b"x" * 100_000 + b")\r\n")
        assert isinstance(reader.next_event(), Fetched)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize(
    "octets",
    [
        b'* LIST () "/" "' + b'\\"' * 250_000,
        b"* 1 FETCH (" + b"BODY[ " * 100_000,
        b"* 1 FETCH (" + b'"a" ' * 100_000,
        b"* 1 FETCH (" + b"FLAGS (" * 100_000,
        b"* OK [" + b"]" * 500_000,
        b"A" * 900_000 + b" OK",
        b"* " + b"1" * 900_000,
        b"* ESEARCH " + b"ALL " * 200_000,
    ],
)
def test_time_is_linear(octets: bytes) -> None:
    start = time.process_time()
    with suppress(Malformed):
        read(octets + b"\r\n")
    assert time.process_time() - start < 2


def test_t27_very_many_small_responses_at_once() -> None:
    """A reader that calls itself for each line would fall over its own depth."""
    assert len(read(b"* 1 FETCH (FLAGS ())\r\n" * 20_000)) == 20_000
