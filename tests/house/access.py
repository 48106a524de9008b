"""Who gets what at which address: one row each, and what the rows need to be built."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.links import make_link
from accounts.models import User

GATE = "account_login"  # sent to the sign-in page
WELCOME = "inbox"  # signed in already: sent on to the mail
CONFIRM = "account_reauthenticate"  # asked for the password once more


@dataclass(frozen=True)
class World:
    """Alice's things. Bob may read her mail and no more; Charlie is signed in and has nothing of it."""

    alice: User
    bob: User
    charlie: User


Args = Callable[[World], tuple[Any, ...]]
Form = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """What each person hears: a status, or the name of the address they are sent to."""

    nobody: int | str
    owner: int | str
    stranger: int | str
    reader: int | str | None = None  # None: as the stranger
    args: Args = lambda world: ()
    method: str = "get"
    form: Form = lambda world: {}
    query: Form = lambda world: {}


def everybody(status: int | str = 200, **more: Any) -> Row:
    return Row(status, status, status, **more)


def signed_in(status: int | str = 200, **more: Any) -> Row:
    """Everybody who is signed in, each with things of their own."""
    return Row(GATE, status, status, **more)


def owners(status: int | str = 200, **more: Any) -> Row:
    """Only the owner; to a stranger it is not there (law 10)."""
    return Row(GATE, status, 404, **more)


def readers(status: int | str = 200, **more: Any) -> Row:
    """The owner and whoever may read the mailbox."""
    return owners(status, reader=status, **more)


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every address of the house with its name; an address without one shows as its pattern."""

    def walk(resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):  # one with a namespace has a table of its own
                yield from walk(pattern) if not pattern.namespace else ()
            else:
                yield pattern.name or f"unnamed {pattern.pattern}", pattern

    return walk(get_resolver())


def link_of(world: World) -> tuple[str]:
    return (make_link(world.alice).rstrip("/").rpartition("/")[2],)


def passkey_of(world: World) -> tuple[int]:
    return (Authenticator.objects.create(user=world.alice, type="webauthn", data={"name": "Phone", "credential": {}}).pk,)


def session_of(world: World) -> tuple[int]:
    return (UserSession.objects.create(user=world.alice, ip="192.0.2.7", session_key="k" * 32, user_agent="").pk,)


GATE_ROWS = {
    "account_login": Row(200, WELCOME, WELCOME),
    "account_logout": Row(GATE, 200, 200),
    "account_signup": everybody(403),
    "account_inactive": everybody(),
    "account_reset_password": everybody(),
    "account_reset_password_done": everybody(),
    "choose_password": everybody(args=link_of),
    "set_language": everybody("inbox", method="post", form=lambda world: {"language": "en"}),
    "signed_in_again": signed_in(),
    "account_reauthenticate": signed_in(),
    "account_change_password": signed_in(),
    "account_set_password": signed_in("account_change_password"),
}
SECOND_FACTOR_ROWS = {
    "mfa_index": everybody("settings_security"),
    "mfa_list_webauthn": everybody("settings_security"),
    "mfa_authenticate": Row(GATE, WELCOME, WELCOME),
    "mfa_login_webauthn": Row(GATE, WELCOME, WELCOME),
    "mfa_reauthenticate": signed_in(CONFIRM),
    "mfa_reauthenticate_webauthn": signed_in(CONFIRM),
    "mfa_activate_totp": signed_in(CONFIRM),
    "mfa_deactivate_totp": signed_in(404),
    "mfa_view_recovery_codes": signed_in(404),
    "mfa_generate_recovery_codes": signed_in(CONFIRM),
    "mfa_download_recovery_codes": signed_in(404),
    "mfa_add_webauthn": signed_in(CONFIRM),
    "mfa_remove_webauthn": signed_in(CONFIRM, args=passkey_of),
    "mfa_edit_webauthn": signed_in(CONFIRM, args=passkey_of),
}
SETTINGS_ROWS = {
    "settings": everybody("settings_appearance"),
    "settings_appearance": signed_in(),
    "settings_security": signed_in(),
    "end_other_sessions": signed_in("settings_security", method="post"),
    "end_session": owners("settings_security", method="post", args=session_of),
}
WELL_KNOWN_ROWS = {
    "robots": everybody(),
    "security_txt": everybody(),
    "change_password": everybody("account_change_password"),
}

GATE_TABLE: dict[str, Row] = GATE_ROWS | SECOND_FACTOR_ROWS | SETTINGS_ROWS | WELL_KNOWN_ROWS
