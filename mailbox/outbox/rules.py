"""The numbers the relay goes by; a test may hand it smaller ones."""

from dataclasses import dataclass, field
from datetime import timedelta

from mailbox.smtp.phase import Timeouts
from mailbox.smtp.route import SMTP_PORT


@dataclass(frozen=True, slots=True)
class Rules:
    """`lease`: how long a worker that has died keeps its addressees from the others. A living one renews it at every
    pulse, so it must outlast what has no pulse in it: looking up a name, connecting, a TLS handshake.
    `look_for`: how long the provider's own copy of an unknown letter is looked for. `resend_after`: when an unknown
    letter goes again, if the operator chose that. `per_talk`: addressees in one transaction (RFC 5321 section
    4.5.3.1.8 promises a hundred). `port`: where MX hosts listen."""

    lease: timedelta = timedelta(minutes=4)
    look_for: timedelta = timedelta(minutes=2)
    resend_after: timedelta = timedelta(minutes=15)
    per_talk: int = 100
    port: int = SMTP_PORT
    timeouts: Timeouts = field(default_factory=Timeouts)


RULES = Rules()
