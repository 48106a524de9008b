"""Talks that take several commands, without the line they go over: the client and the watcher's line both lead them."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from mailbox.imap import commands
from mailbox.imap.commands import Command
from mailbox.imap.errors import CommandRefused, NotOffered, refusal
from mailbox.imap.events import Capability, Enabled, Event, Status
from mailbox.wire import Credentials, Refused, SignInFailed, WireError

OUR_NAME, OUR_VERSION = "Relish", "1"
BEARER = "Bearer "  # before a password that is an OAuth token
_WITH_TOKEN = {"OAUTHBEARER": commands.authenticate_oauthbearer, "XOAUTH2": commands.authenticate_xoauth2}

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """The tagged status of a command, and the untagged events that it wanted."""

    status: Status
    events: tuple[Event, ...] = ()


# Commands come out, their Answers go in, the result is returned.
Talk = Generator[Command, Answer, Result]


@dataclass(frozen=True, slots=True)
class Session:
    capabilities: frozenset[str]
    enabled: frozenset[str]


def sign_in(credentials: Credentials, offered: frozenset[str], *, known: bool, without: frozenset[str]) -> Talk[Session]:
    """`offered`: what a greeting under the same protection announced; `known`: PREAUTH, no password is needed;
    `without`: capabilities that are not to be used. Raises SignInFailed, Refused or TryLater."""
    if not known:
        offered = (offered or (yield from _ask())) - without
        answer = yield _proof(credentials, offered)
        if not answer.status.ok:
            raise _sign_in_trouble(answer.status)
        offered = _announced(answer)
    capabilities = (offered or (yield from _ask())) - without
    if "ID" in capabilities:
        yield commands.identify(OUR_NAME, OUR_VERSION)
    enabled = (yield from _enable(capabilities)) if "ENABLE" in capabilities else frozenset[str]()
    return Session(capabilities, enabled)


def _ask() -> Talk[frozenset[str]]:
    answer = yield commands.capability()
    if not answer.status.ok:
        raise refusal("CAPABILITY", answer.status)
    return _announced(answer)


def _announced(answer: Answer) -> frozenset[str]:
    told = (event.names for event in answer.events if isinstance(event, Capability))
    return announced(answer.status) or next(told, frozenset())


def announced(status: Status) -> frozenset[str]:
    """The capabilities that a greeting or the answer to a sign-in brought along; empty: it did not."""
    return frozenset(status.data.upper().split()) if status.code == "CAPABILITY" else frozenset()


def _proof(credentials: Credentials, offered: frozenset[str]) -> Command:
    if credentials.password.startswith(BEARER):
        return _token(credentials, offered)
    if "AUTH=PLAIN" in offered:
        return commands.authenticate_plain(credentials.user, credentials.password, offered)
    if "LOGINDISABLED" in offered:
        raise Refused("The mail server accepts no password on this line; it may want TLS, or another way to sign in.")
    return commands.login(credentials.user, credentials.password)


def _token(credentials: Credentials, offered: frozenset[str]) -> Command:
    for mechanism, build in _WITH_TOKEN.items():
        if f"AUTH={mechanism}" in offered:
            return build(credentials.user, credentials.password, offered)
    raise NotOffered("the sign-in with a token")


def _sign_in_trouble(status: Status) -> WireError:
    trouble = refusal("the sign-in", status)
    if status.kind == "NO" and isinstance(trouble, CommandRefused):
        return SignInFailed(f"The mail server does not accept this name and password. It said: {status.text[:500]}")
    return trouble


def _enable(capabilities: frozenset[str]) -> Talk[frozenset[str]]:
    """QRESYNC brings CONDSTORE with it (RFC 7162 section 3.2.3). What the server does not confirm is not enabled."""
    names = [name for name in ("CONDSTORE", "QRESYNC") if name in capabilities]
    if not names:
        return frozenset()
    answer = yield commands.enable(names)
    return frozenset[str]().union(*(event.names for event in answer.events if isinstance(event, Enabled)))
