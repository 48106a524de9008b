"""The numbers the relay goes by; a test may hand it smaller ones."""

from dataclasses import dataclass, field
from datetime import timedelta
from ssl import SSLContext

from mailbox.smtp.phase import Timeouts
from mailbox.smtp.route import SMTP_PORT
from mailbox.smtp.sts import HTTPS


@dataclass(frozen=True, slots=True)
class Rules:
    """`lease`: how long a worker that has died keeps its addressees from the others. A living one renews it at every
    pulse, so it must outlast what has no pulse in it: looking up a name, connecting, a TLS handshake.
    `look_for`: how long the provider's own copy of an unknown letter is looked for. `resend_after`: when an unknown
    letter goes again, if the operator chose that. `per_talk`: addressees in one transaction (RFC 5321 section
    4.5.3.1.8 promises a hundred). `at_once`: addressees in one claim; `line_life`: seconds after which a claim gives back
    what it has not begun. `dead_after`: talks in a row that must fail before a site is left alone, for `dead_first` and
    then ever longer up to `dead_most`; `most_slots`: talks at a time with one site. `bulk_turn`: the share of claims in
    which a mass mailing goes before single letters; `back_in`: when a letter is due again that found its line closing.
    `late_after`: when the sender of a letter is told that it is late.
    `port`: where MX hosts listen; `https_port`: where their policies lie; `trust`: the authorities that those and they are
    checked by (None: this machine's)."""

    lease: timedelta = timedelta(minutes=4)
    look_for: timedelta = timedelta(minutes=2)
    resend_after: timedelta = timedelta(minutes=15)
    per_talk: int = 100
    port: int = SMTP_PORT
    https_port: int = HTTPS
    trust: SSLContext | None = None
    at_once: int = 100
    line_life: float = 300
    dead_after: int = 3
    dead_first: timedelta = timedelta(minutes=1)
    dead_most: timedelta = timedelta(minutes=15)
    most_slots: int = 10
    bulk_turn: float = 0.2
    back_in: timedelta = timedelta(seconds=20)
    late_after: timedelta = timedelta(hours=4)
    timeouts: Timeouts = field(default_factory=Timeouts)


RULES = Rules()
