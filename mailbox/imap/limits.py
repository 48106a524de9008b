"""How much a mail server may make us read, and how long it may make us wait: every figure is a parameter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in octets. A server that goes beyond one is not understood any more, and its line is closed."""

    line: int = 1 << 20  # one line of a response, its literals not counted
    numbers: int = 10 << 20  # a line that is one list of UIDs: a million of them without ESEARCH
    literal: int = 64 << 20
    response: int = 80 << 20  # all lines and literals of one response
    literals: int = 1_000  # in one response
    tokens: int = 200_000  # in one response
    depth: int = 50  # parentheses within parentheses
    answer: int = 64 << 20  # all responses to one command, unless they are letters, which are handed on as they come
    news: int = 100_000  # pieces of news that nobody has taken yet
    uid_set: int = 8_000  # one set of UIDs in a command of ours (RFC 7162 section 4); Yahoo takes 1,000


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `total` and `rate` end a server that drips: a command may take `total` plus what `rate` grants for its octets."""

    connect: float = 30
    greeting: float = 30
    reply: float = 60  # until the first octet of an answer
    quiet: float = 30  # between two octets of an answer
    total: float = 300  # waiting for one command altogether
    rate: float = 4096  # octets a second that prolong `total`


LIMITS, TIMEOUTS = Limits(), Timeouts()
