"""DKIM: what we sign, dkimpy verifies; what is changed on the way, it does not."""

import dkim as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.smtp import dkim

LETTER = (
    b"Date: Wed, 25 Nov 2026 12:00:00 +0000\r\nFrom: Alice <alice@crepes.fr>\r\nTo: bob@hamburger.edu\r\n"
    b"Subject: Lunch \t and\r\n\tdinner  \r\nMessage-ID: <1@crepes.fr>\r\nReferences: <a@b>\r\n <c@d>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
)
BODY = b"Do you like ketchup?  \r\n\tHow about\t  pickles? \r\n\r\n.\r\n\r\n\r\n"
KEYS = {kind: dkim.make_key(kind) for kind in (dkim.RSA, dkim.ED25519)}
SIGNERS = [dkim.Signer("crepes.fr", kind, key) for kind, key in KEYS.items()]


def published(name: bytes, timeout: int = 5) -> bytes:
    return dkim.record(KEYS[name.decode().partition(".")[0]]).encode()


def verifies(letter: bytes, index: int = 0) -> bool:
    """As it arrives: on the wire every letter ends in CRLF."""
    letter = letter if letter.endswith(b"\r\n") else letter + b"\r\n"
    return bool(oracle.DKIM(letter).verify(idx=index, dnsfunc=published))


def signed(letter: bytes, *signers: dkim.Signer) -> bytes:
    return dkim.signatures(letter, signers or SIGNERS, 1_795_608_000) + letter


@pytest.mark.parametrize("index", [0, 1], ids=["rsa", "ed25519"])
def test_e45_both_signatures_verify(index: int) -> None:
    assert verifies(signed(LETTER + BODY), index)


BODIES = {
    "none": b"",
    "only empty lines": b"\r\n\r\n\r\n",
    "no line end": b"Lunch? ",
    "a blank alone": b" ",
    "blanks on the last line": b"Lunch?\r\n \t",
    "a line of 998": b"x" * 998 + b"\r\n",
    "dots": b".\r\n..\r\n.\r\n",
    "eight bits": "점심 먹을래요?\r\n".encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_e45_bodies_of_every_shape(body: bytes) -> None:
    assert verifies(signed(LETTER + body))


def test_e45_long_references() -> None:
    references = b"References:" + b"".join(b" <%040d@crepes.fr>\r\n" % number for number in range(40))
    assert verifies(signed(references + LETTER + BODY))


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b".", b"\xea\xb0\x80", b" \r\n"]), max_size=60).map(b"".join))
def test_e45_any_body(body: bytes) -> None:
    assert verifies(signed(LETTER + body, SIGNERS[1]))


@pytest.mark.parametrize("added", [b"Subject: Pay me", b"From: mallory@evil.example", b"Cc: x@evil.example", b"Reply-To: y@z"])
def test_no_header_can_be_added(added: bytes) -> None:
    head = signed(LETTER + BODY)
    assert not verifies(head.replace(b"Date:", added + b"\r\nDate:", 1))
    assert not verifies(added + b"\r\n" + head)


def test_nothing_can_be_changed() -> None:
    with pytest.raises(oracle.ValidationError):
        verifies(signed(LETTER + BODY).replace(b"ketchup", b"mustard"))
    assert not verifies(signed(LETTER + BODY).replace(b"Lunch", b"Pay me"))


def test_the_fields_are_short_enough_for_every_server() -> None:
    fields = dkim.signatures(LETTER + BODY, SIGNERS, 1_795_608_000)
    assert max(map(len, fields.split(b"\r\n"))) <= 78
    assert fields.count(b"DKIM-Signature:") == 2


def test_a_key_is_packed_and_unpacked() -> None:
    for key in KEYS.values():
        assert dkim.record(dkim.unpack(dkim.pack(key))) == dkim.record(key)


def test_a_record_is_cut_into_strings() -> None:
    line = dkim.in_strings(dkim.record(KEYS[dkim.RSA]))
    assert max(map(len, line.split('"'))) <= 255
    assert line.replace('" "', "").strip('"') == dkim.record(KEYS[dkim.RSA])
