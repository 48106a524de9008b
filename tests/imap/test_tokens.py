"""An OAuth token in the place of the password: OAUTHBEARER where it is offered, else XOAUTH2, never a word of it elsewhere."""

from base64 import b64encode

import pytest

from mailbox.imap.client import ImapClient
from mailbox.imap.errors import BadArgument, NotOffered
from mailbox.wire import Credentials, SignInFailed
from tests.fakes.imap_script import LOOPBACK, QUICK, imap_script

TOKEN = Credentials("alice", "Bearer ya29.ketchup")
OAUTHBEARER = b64encode(b"n,a=alice,\x01auth=Bearer ya29.ketchup\x01\x01").decode()
XOAUTH2 = b64encode(b"user=alice\x01auth=Bearer ya29.ketchup\x01\x01").decode()
WHY = b64encode(b'{"status":"invalid_token"}').decode()


def sign_in(*script: str, credentials: Credentials = TOKEN) -> None:
    with imap_script(*script) as server:
        ImapClient.connect(server.endpoint("imap+plain"), credentials, LOOPBACK, timeouts=QUICK).close()


def offering(*mechanisms: str) -> str:
    return f"S: * OK [CAPABILITY IMAP4rev1 SASL-IR {' '.join(mechanisms)}] hello"


def test_the_one_of_the_rfc_goes_first() -> None:
    sign_in(
        offering("AUTH=XOAUTH2", "AUTH=OAUTHBEARER"),
        f"C: AUTHENTICATE OAUTHBEARER {OAUTHBEARER}\nS: $ OK [CAPABILITY IMAP4rev1] welcome",
    )


def test_the_older_one() -> None:
    sign_in(offering("AUTH=XOAUTH2"), f"C: AUTHENTICATE XOAUTH2 {XOAUTH2}\nS: $ OK [CAPABILITY IMAP4rev1] welcome")


@pytest.mark.parametrize(("mechanism", "first", "answer"), [("OAUTHBEARER", OAUTHBEARER, "AQ=="), ("XOAUTH2", XOAUTH2, "")])
def test_e24_a_token_that_was_revoked(mechanism: str, first: str, answer: str) -> None:
    """The server explains itself first, and wants that to be answered."""
    refusal = (
        f"C: AUTHENTICATE {mechanism} {first}\nS: + {WHY}\nMORE {answer}\nS: $ NO [AUTHENTICATIONFAILED] Invalid credentials"
    )
    with pytest.raises(SignInFailed, match="Invalid credentials"):
        sign_in(offering(f"AUTH={mechanism}"), refusal)


def test_a_token_is_no_password() -> None:
    with pytest.raises(NotOffered):
        sign_in("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN] hello")


def test_nothing_can_be_added_to_the_command() -> None:
    with pytest.raises(BadArgument):
        sign_in(offering("AUTH=XOAUTH2"), credentials=Credentials("alice", "Bearer x\r\nA2 LOGOUT"))
