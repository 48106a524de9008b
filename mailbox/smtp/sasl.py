"""SASL: the ways to say who we are to our own submission server (RFC 4422). Pure: challenges in, answers out."""

import base64
import binascii
import hmac
import secrets
import unicodedata
from collections.abc import Collection
from hashlib import pbkdf2_hmac, sha256

from mailbox.wire import Credentials, Refused

BEARER = "Bearer "  # before a password that is an OAuth token
FEWEST_ROUNDS, MOST_ROUNDS = 4096, 1_000_000  # RFC 7677 section 4; above, a server would make us calculate for minutes


class Impostor(Refused):
    """The server does not know the password either."""


class Mechanism:
    """One sign-in. `first` goes with AUTH itself (None: nothing does); `answer` is asked for every challenge."""

    name = ""

    def __init__(self, credentials: Credentials) -> None:
        if "\0" in credentials.user + credentials.password:
            raise Refused("A name or password with a NUL in it cannot be used.")
        self.user, self.password = credentials.user, credentials.password

    def first(self) -> str | None:
        return None

    def answer(self, challenge: str) -> str:
        return ""

    def check(self) -> None:
        """After the server has let us in. Raises Impostor."""


class Plain(Mechanism):
    name = "PLAIN"

    def first(self) -> str:
        return f"\0{self.user}\0{self.password}"


class Login(Mechanism):
    """Two prompts: for the name and for the password, whatever they say."""

    name = "LOGIN"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__(credentials)
        self._left = [self.password, self.user]

    def answer(self, challenge: str) -> str:
        return self._left.pop() if self._left else ""


class XOAuth2(Mechanism):
    name = "XOAUTH2"

    def first(self) -> str:
        return f"user={self.user}\x01auth={self.password}\x01\x01"


class OAuthBearer(Mechanism):
    """RFC 7628. The challenge, if there is one, says in JSON what is wrong, and wants to hear a lone ^A."""

    name = "OAUTHBEARER"

    def first(self) -> str:
        return f"n,a={_escaped(self.user)},\x01auth={self.password}\x01\x01"

    def answer(self, challenge: str) -> str:
        return "\x01"


class Scram(Mechanism):
    """SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. The password itself is never said, and the server must
    prove that it knows it too."""

    name = "SCRAM-SHA-256"

    def __init__(self, credentials: Credentials, nonce: str = "") -> None:
        super().__init__(credentials)
        self._nonce = nonce or secrets.token_urlsafe(18)
        self._first = f"n={_escaped(prepared(self.user))},r={self._nonce}"
        self._signature = b""
        self._proven = False

    def first(self) -> str:
        return f"n,,{self._first}"

    def answer(self, challenge: str) -> str:
        facts = {part[:1]: part[2:] for part in challenge.split(",")}
        if self._signature:
            return self._end(facts)
        nonce, rounds = facts.get("r", ""), facts.get("i", "")
        if not nonce.startswith(self._nonce) or nonce == self._nonce or "m" in facts:
            raise Impostor("The server's answer does not belong to our question.")
        if not rounds.isascii() or not rounds.isdigit() or not FEWEST_ROUNDS <= int(rounds) <= MOST_ROUNDS:
            raise Impostor("The server wants the password to be hashed in a way that is not safe.")
        salted = pbkdf2_hmac("sha256", prepared(self.password).encode(), _decoded(facts.get("s", "")), int(rounds))
        bare = f"c=biws,r={nonce}"
        spoken = f"{self._first},{challenge},{bare}".encode()
        key = _hmac(salted, b"Client Key")
        proof = bytes(one ^ other for one, other in zip(key, _hmac(sha256(key).digest(), spoken), strict=True))
        self._signature = _hmac(_hmac(salted, b"Server Key"), spoken)
        return f"{bare},p={base64.b64encode(proof).decode()}"

    def check(self) -> None:
        if not self._proven:
            raise Impostor("The server let us in without proof that it knows the password.")

    def _end(self, facts: dict[str, str]) -> str:
        if "v" in facts:
            self._proven = hmac.compare_digest(_decoded(facts["v"]), self._signature)
            if not self._proven:
                raise Impostor("The server could not prove that it knows the password.")
        return ""


WITH_PASSWORD: tuple[type[Mechanism], ...] = (Scram, Plain, Login)
WITH_TOKEN: tuple[type[Mechanism], ...] = (OAuthBearer, XOAuth2)


def choose(credentials: Credentials, offered: Collection[str]) -> Mechanism:
    """The best that the server offers. Raises Refused."""
    ways = WITH_TOKEN if credentials.password.startswith(BEARER) else WITH_PASSWORD
    way = next((way for way in ways if way.name in offered), None)
    if way is None:
        raise Refused("The server offers no way to sign in that we know.")
    return way(credentials)


def prepared(text: str) -> str:
    """SASLprep (RFC 4013) as far as names and passwords need it: odd blanks are blanks, what shows nothing is nothing."""
    kept = (" " if unicodedata.category(char) == "Zs" else char for char in text if char not in "\u00ad\u200b\u200c\u200d\ufeff")
    return unicodedata.normalize("NFKC", "".join(kept))


def _escaped(name: str) -> str:
    return name.replace("=", "=3D").replace(",", "=2C")


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha256")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Impostor("The server's answer does not belong to our question.") from None
