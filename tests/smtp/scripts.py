"""What the scripted talks have in common."""

from mailbox.smtp.client import SmtpClient
from mailbox.smtp.content import MailData
from mailbox.smtp.dialogue import Envelope
from mailbox.smtp.phase import Timeouts
from mailbox.smtp.verdict import Outcome
from mailbox.wire import Credentials, Guard
from tests.fakes.smtp_script import ScriptedServer

HOME = Guard(allow=("127.0.0.0/8",))
HASTY = Timeouts(**dict.fromkeys(["connect", "greeting", "ehlo", "mail", "rcpt", "data", "block", "dot", "quit", "rset"], 0.3))
RAW = b"Subject: Lunch\r\n\r\nDo you like ketchup?\r\nHow about pickles?\r\n"
LETTER = MailData.of(RAW)
ALICE = Credentials("alice", "hunter2")

HELLO = """
    S: 220 hamburger.edu
    C: EHLO crepes.fr
    S: 250-hamburger.edu
    S: 250-SIZE 1000000
    S: 250 ENHANCEDSTATUSCODES
"""
PIPELINING = HELLO.replace("SIZE", "PIPELINING\n    S: 250-SIZE")
BYE = """
    C: QUIT
    S: 221 bye
"""
TO_THE_DOT = "C: MAIL FROM:*\nS: 250 ok\nC: RCPT TO:*\nS: 250 ok\nC: DATA\nS: 354 go\nLETTER\n"


def connect(server: ScriptedServer, scheme: str = "smtp+plain", **options: object) -> SmtpClient:
    return SmtpClient.connect(server.endpoint(scheme), HOME, **{"name": "crepes.fr", "timeouts": HASTY, **options})


def envelope(*recipients: str) -> Envelope:
    return Envelope("alice@crepes.fr", recipients or ("bob@hamburger.edu",))


def send(server: ScriptedServer, *recipients: str, **options: object) -> tuple[Outcome, ...]:
    with connect(server, **options) as client:
        return client.send(envelope(*recipients), LETTER)


def verdicts(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [outcome.verdict.value for outcome in outcomes]
