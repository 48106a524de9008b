"""Whatever arrives is read: no exception, nothing that a database or a header would choke on."""

from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbox.mime.headers import read_addresses
from mailbox.mime.letter import Letter
from mailbox.mime.read import read_headers, read_letter
from mailbox.mime.text import html_to_text, plain_to_html, quote, snippet
from mailbox.mime.words import decode_words

CORPUS = [path.read_bytes() for path in sorted(Path(__file__).parents[1].glob("letters/*.eml"))]
BLANKS = [b"\n", b"\r\n", b"\r", b" ", b"\t", b"\0"]
SIGNS = [b":", b";", b"=", b'"', b"<", b">", b"(", b")", b"\\", b",", b"@", b"--", b"\xff", b"\xb1\xe8", b"\x1b$)C\x0eGQ\x0f"]
FIELDS = [
    b"From: ",
    b"To: a@b",
    b"Subject: ",
    b"Date: 1 Jan 2026 99:99 +9999",
    b"References: <",
    b"Content-Disposition: attachment",
]
TYPES = [
    b"multipart/mixed; boundary=b",
    b"text/html; charset=utf-7",
    b"text/calendar",
    b"message/delivery-status",
    b"text/plain; format=flowed",
]
ENCODINGS = [b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n", b"YWJj", b"=ZZ"]
PIECES = [b"; filename*0*=x'y'%ff", b"; filename*1=%", b"=?utf-8?B?", b"=?euc-kr?Q?=B1", b"?=", b"\n--b\n", b"\n--b--\n"]
BODIES = [
    b"BEGIN:VEVENT\n",
    b"DTSTART;TZID=x:20260101T000000\n",
    b"Final-Recipient: x\n",
    b"<p style='font-size:0'>",
    b"</p>",
    b"<!--",
    b"&#9;",
]
GRAMMAR = st.sampled_from(
    BLANKS + SIGNS + FIELDS + [b"Content-Type: " + one + b"\n\n" for one in TYPES] + ENCODINGS + PIECES + BODIES
)


def used(raw: bytes) -> Letter:
    """Reads the letter and does with it what the pages do."""
    letter = read_letter(raw)
    for part in letter.parts:
        assert isinstance(part.content, bytes)
    for text in (snippet(letter), plain_to_html(letter.text), html_to_text(letter.html), quote(letter), str(letter)):
        text.encode()
        assert "\0" not in text
    return letter


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    used(raw)


@settings(max_examples=400)
@given(st.lists(GRAMMAR, max_size=40).map(b"".join))
def test_any_heap_of_what_letters_are_made_of(raw: bytes) -> None:
    used(raw)


@given(st.sampled_from(CORPUS), st.data())
def test_corpus_with_pieces_cut_out_doubled_or_overwritten(raw: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start, stop = sorted(data.draw(st.tuples(st.integers(0, len(raw)), st.integers(0, len(raw)))))
        raw = (
            raw[:start]
            + data.draw(st.sampled_from([b"", raw[start:stop] * 2, b"\xff\0\r\n"]) | st.binary(max_size=9))
            + raw[stop:]
        )
    used(raw)


@given(st.sampled_from(CORPUS), st.integers(0, 3000))
def test_corpus_cut_off(raw: bytes, length: int) -> None:
    used(raw[:length])


@given(st.sampled_from(CORPUS), st.booleans())
def test_line_ends_make_no_difference(raw: bytes, header_only: bool) -> None:
    unix = raw.replace(b"\r\n", b"\n")
    read = read_headers if header_only else read_letter
    one, other = read(unix), read(unix.replace(b"\n", b"\r\n"))
    assert (one.headers, one.damage, len(one.parts)) == (other.headers, other.damage, len(other.parts))


@given(st.text(max_size=200))
@example("=?utf-8?B?gA==?=\ud800\x85\u2028")
def test_decoded_header_is_one_line_that_can_be_stored(text: str) -> None:
    line = decode_words(text)
    line.encode()
    assert line.splitlines() in ([], [line])
    assert "\0" not in line


@given(st.text(alphabet='ab@,;:<>()[]"\\ .=?\n\tQ', max_size=60))
def test_addresses_have_no_blanks_outside_quotes_and_no_brackets(text: str) -> None:
    for person in read_addresses(text):
        assert person.name or person.address
        assert not set(person.address) & set("<>,;\n") or '"' in person.address
