"""What was done is written down where nobody can change it afterwards: who, what, when, from where, failed tries too."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import AuditEvent, User


def note(
    kind: str,
    *,
    request: HttpRequest | None = None,
    actor: User | None = None,
    about: str = "",
    mailbox_id: int | None = None,
    good: bool = True,
    facts: dict[str, Any] | None = None,
) -> AuditEvent:
    """One more line; in the caller's transaction, so that it stands if the deed does. No secret and no word of a letter
    belongs in it."""
    person = actor or _person(request)
    return AuditEvent.objects.create(
        kind=kind,
        good=good,
        actor_id=person.pk if person else None,
        actor=person.email if person else "",
        about=about[:254],
        mailbox_id=mailbox_id,
        domain=domain_of(about),
        address=address_of(request) if request else None,
        facts=facts or {},
    )


def domain_of(about: str) -> str:
    return about.rpartition("@")[2].lower()[:253] if "." in about else ""


def address_of(request: HttpRequest) -> str | None:
    """Whose network asks, as the rate limits see it; None where a request names none."""
    try:
        found: str | None = get_adapter().get_client_ip(request)
    except PermissionDenied:
        return None
    return found or None


def is_from(request: HttpRequest, networks: Iterable[str]) -> bool:
    """Whether one of these (CIDR) asks."""
    address = address_of(request)
    return address is not None and any(_is_in(ip_address(address), network) for network in networks)


def _is_in(asker: IPv4Address | IPv6Address, network: str) -> bool:
    """What is no network lets nobody in; the doctor names it."""
    try:
        return asker in ip_network(network, strict=False)
    except ValueError:
        return False


def _person(request: HttpRequest | None) -> User | None:
    user = getattr(request, "user", None)
    return None if user is None or isinstance(user, AnonymousUser) else user


# What people do at the gate; allauth's and Django's signals call these.


def on_sign_in(request: HttpRequest, user: User, **signal: object) -> None:
    note("sign_in", request=request, actor=user, about=user.email)


def on_sign_out(request: HttpRequest, user: User | None, **signal: object) -> None:
    if user:
        note("sign_out", request=request, actor=user, about=user.email)


def on_wrong_password(credentials: dict[str, Any], request: HttpRequest | None = None, **signal: object) -> None:
    """Whoever it was, the address that was typed is what it concerns."""
    typed = str(credentials.get("email") or credentials.get("username") or credentials.get("login") or "")
    note("sign_in", request=request, about=typed, good=False)


def on_password(request: HttpRequest, user: User, **signal: object) -> None:
    note("password", request=request, actor=user, about=user.email)


def on_factor(kind: str) -> Any:
    def heard(request: HttpRequest, user: User, authenticator: Any, **signal: object) -> None:
        note(kind, request=request, actor=user, about=user.email, facts={"factor": authenticator.type})

    return heard


FACTOR_ADDED, FACTOR_REMOVED, FACTOR_RESET = map(on_factor, ("factor_added", "factor_removed", "factor_reset"))
