"""The faults of letters, each under its name: what is malformed, what is a bomb, and Korean in every charset it comes in."""

import base64
import tracemalloc
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest

from mailbox.ingest import Arrival, place_many, prepare, source_of
from mailbox.mime.letter import Address
from mailbox.mime.limits import MANY_PARTS, TOO_DEEP, Limits
from mailbox.mime.read import read_letter
from mailbox.models import Folder, Mailbox
from tests.sync.letters import NOON

CORPUS = sorted(Path(__file__).parents[1].glob("letters/*.eml"))
SUBJECT, NAME, BODY, FILE = "똠방각하의 펲시콜라", "김하늘", "안녕하세요. 漢字도 있습니다.\n", "장독대 약도.pdf"
PLAIN = {"Subject": "두부 조림", "name": "김하늘", "body": "안녕하세요.\n", "file": "약도.pdf"}
MEGABYTE = 1 << 20


@pytest.mark.django_db
def test_e27_a_malformed_letter_reaches_the_mirror_and_its_source_is_whole(alices: Mailbox) -> None:
    inbox = Folder.objects.get(mailbox=alices, role="inbox")
    letters = {number: path.read_bytes() for number, path in enumerate(CORPUS, 1)}
    arrivals = [Arrival(raw, uid, 1, 0, NOON, len(raw)) for uid, raw in letters.items()]
    place_many(inbox, [prepare(arrival) for arrival in arrivals])
    for placement in inbox.placements.select_related("message__raw"):
        assert b"".join(source_of(placement.message)) == letters[placement.uid or 0]


@pytest.mark.parametrize(
    ("letter", "told"),
    [
        (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50_000 + b"--b--\n", MANY_PARTS),
        (b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(10_000)), TOO_DEEP),
    ],
    ids=["50,000 parts", "10,000 deep"],
)
def test_e28_t22_a_bomb_is_read_so_far_and_told(letter: bytes, told: str) -> None:
    tracemalloc.start()
    try:
        found = read_letter(letter)
        assert tracemalloc.get_traced_memory()[1] < 150 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert told in found.damage
    assert len(found.parts) <= Limits().parts


def test_e28_a_long_body_is_not_copied_over_and_over() -> None:
    letter = b"Content-Type: application/octet-stream\n\n" + b"x" * (100 * MEGABYTE)
    tracemalloc.start()
    try:
        read_letter(letter)
        assert tracemalloc.get_traced_memory()[1] < 20 * MEGABYTE
    finally:
        tracemalloc.stop()


def word(text: str, charset: str, codec: str) -> bytes:
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(text.encode(codec)) + b"?="


def korean(charset: str, codec: str, texts: dict[str, str], way: str) -> bytes:
    """A letter whose every text is in that charset; its file is named in that way."""
    name = texts["file"].encode(codec)
    named = {
        "2047": b'filename="' + word(texts["file"], charset, codec) + b'"',
        "2231": b"filename*=" + charset.encode() + b"''" + quote_from_bytes(name).encode(),
        "raw": b'filename="' + name + b'"',
    }
    return (
        b"From: " + word(texts["name"], charset, codec) + b" <haneul@jangdok.example>\nSubject: "
        + word(texts["Subject"], charset, codec) + b"\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
        + b"Content-Type: text/plain; charset=" + charset.encode() + b"\n\n" + texts["body"].encode(codec) + b"\n--b\n"
        + b"Content-Type: application/pdf\nContent-Disposition: attachment; " + named[way] + b"\n\nx\n--b--\n"
    )  # fmt: skip


FULL = {"Subject": SUBJECT, "name": NAME, "body": BODY, "file": FILE}
GRID = [
    ("euc-kr", "cp949", FULL), ("ks_c_5601-1987", "cp949", FULL), ("cp949", "cp949", FULL), ("utf-8", "utf-8", FULL),
    ("iso-2022-kr", "iso2022_kr", PLAIN), ("us-ascii", "cp949", FULL), ("euc-kr", "utf-8", FULL), ("utf-8", "cp949", FULL),
]  # fmt: skip


@pytest.mark.parametrize("way", ["2047", "2231", "raw"])
@pytest.mark.parametrize(("charset", "codec", "texts"), GRID, ids=[f"{codec} as {charset}" for charset, codec, _ in GRID])
def test_e29_korean_is_read_in_every_charset(charset: str, codec: str, texts: dict[str, str], way: str) -> None:
    letter = read_letter(korean(charset, codec, texts, way))
    (attachment,) = letter.attachments
    assert letter.subject == texts["Subject"]
    assert letter.senders == (Address(texts["name"], "haneul@jangdok.example"),)
    assert letter.text == texts["body"]
    assert attachment.name == texts["file"]
