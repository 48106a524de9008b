"""How much a maildrop's server may make us read, and how long it may make us wait: every figure is a parameter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Octets, unless it says otherwise. A letter may be as long as it likes: it is handed on in pieces."""

    line: int = 8 << 10  # RFC 2449 section 4 says 512, and some servers say more in an error
    listing: int = 64 << 20  # a line a letter
    letters: int = 500_000  # in one maildrop
    header: int = 1 << 20  # what TOP gives
    piece: int = 64 << 10  # of a letter, as it is handed on


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `total` and `rate` end a server that drips: a command may take `total` plus what `rate` grants for its octets."""

    connect: float = 30
    reply: float = 60  # until the first octet of an answer
    quiet: float = 30  # between two octets of an answer
    total: float = 300  # waiting for one command altogether
    rate: float = 4096  # octets a second that prolong `total`


LIMITS, TIMEOUTS = Limits(), Timeouts()
