"""The letter on the wire: looked at once and dot-stuffed once, however many transactions it takes."""

import re
from dataclasses import dataclass, field

from mailbox.smtp.commands import Unsayable

_WIDE = re.compile(rb"[\x80-\xff][^\s<>()@,;:]*@")
MOST_LINE = 998  # octets, without the CRLF (RFC 5321 section 4.5.3.1.6)


@dataclass(frozen=True, slots=True)
class MailData:
    """What follows the 354 (RFC 5321 section 2.3.1): `wire` is dot-stuffed and lacks the final dot; `size` counts the
    octets of the letter itself; `eight_bit`: not all of them are ASCII; `wide`: not even those of an address in its header,
    so that only a server with SMTPUTF8 may be given it (RFC 6531 section 3.4)."""

    wire: bytes = field(repr=False)
    size: int
    eight_bit: bool
    wide: bool = False

    @classmethod
    def of(cls, letter: bytes) -> "MailData":
        """Raises Unsayable if these bytes may not be sent."""
        check_letter(letter)
        eight_bit = not letter.isascii()
        wide = eight_bit and bool(_WIDE.search(letter.partition(b"\r\n\r\n")[0]))
        return cls(stuffed(letter), len(letter), eight_bit, wide)


def check_letter(data: bytes) -> None:
    """Raises Unsayable unless every line ends in CRLF and has at most 998 octets: a bare CR or LF is how one letter is
    smuggled inside another (RFC 5321 sections 2.3.8 and 4.1.1.4)."""
    if not data.count(b"\r\n") == data.count(b"\r") == data.count(b"\n") or b"\0" in data:
        raise Unsayable("The letter has a line end that is not CRLF, or a NUL.")
    start, size = 0, len(data)
    while size - start > MOST_LINE:
        end = data.rfind(b"\r\n", start, start + MOST_LINE + 2)
        if end < 0:
            raise Unsayable(f"The letter has a line of more than {MOST_LINE} octets.")
        start = end + 2


def stuffed(data: bytes) -> bytes:
    """The letter as it goes over the wire, without the final dot (RFC 5321 section 4.5.2)."""
    wire = data.replace(b"\r\n.", b"\r\n..")
    if wire.startswith(b"."):
        wire = b"." + wire
    return wire if wire.endswith(b"\r\n") or not wire else wire + b"\r\n"
