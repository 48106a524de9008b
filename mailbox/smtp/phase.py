"""How far a talk has come, and how long each stretch of it may take."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What is waited for. The value is also the field of Timeouts that says how long."""

    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BLOCK = "block"
    DOT = "dot"
    RSET = "rset"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds, RFC 5321 section 4.5.3.2. A reply must be whole within its limit, so a server that sends one byte a
    minute gains nothing. `talk` caps everything up to the final dot; the reply to the dot always gets its full time,
    because giving up there makes duplicates (RFC 1047)."""

    connect: float = 30
    greeting: float = 300
    ehlo: float = 300
    starttls: float = 120
    auth: float = 120
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    dot: float = 600
    rset: float = 20
    quit: float = 5
    talk: float = 1800
    pulse: float = 15  # how often whoever waits is told that the talk goes on

    def of(self, phase: Phase) -> float:
        seconds: float = getattr(self, phase)
        return seconds
