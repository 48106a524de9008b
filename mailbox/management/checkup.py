"""What the doctor looks at: one function a part, each yielding findings in plain words."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from accounts import vault
from mailbox import heartbeat
from mailbox.broker import redis_url
from mailbox.management.preparing import needs_migration
from mailbox.models import Domain
from mailbox.outbox import domains
from mailbox.smtp.facts import State

OLDEST_POSTGRES = 150_000  # as the server gives its version: 15.0
ROOM = 1024 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    good: bool
    sentence: str

    def __str__(self) -> str:
        return f"{'ok ' if self.good else 'BAD'}  {self.sentence}"


def settings_are_safe() -> Iterator[Finding]:
    host = urlsplit(settings.SITE_URL).hostname
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding(False, "ALLOWED_HOSTS lets every name in: list the names that people type instead.")
    if len(settings.SECRET_KEY) < 32:
        yield Finding(False, "SECRET_KEY is shorter than 32 letters: make a longer one.")
    if not settings.SECURE and host not in {"localhost", "127.0.0.1", "::1"}:
        yield Finding(False, f"SITE_URL {settings.SITE_URL} is not https, so passwords would cross the network in the clear.")
    for network in filter(_is_no_network, [*settings.METRICS_ALLOW, *settings.PANEL_ALLOW, *settings.ALLOW_PRIVATE_HOSTS]):
        yield Finding(False, f"{network} is no network: write METRICS_ALLOW, PANEL_ALLOW, ALLOW_PRIVATE_HOSTS like 10.1.0.0/16.")
    yield Finding(True, f"The site is {settings.SITE_URL}.")


def _is_no_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return True
    return False


def database_is_there() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
            number, version = cursor.fetchone() or (0, "?")
        pending = needs_migration()
    except DatabaseError as error:
        yield Finding(False, f"The database does not answer: {_first_line(error)}")
        return
    yield Finding(
        number >= OLDEST_POSTGRES,
        f"PostgreSQL {version} answers" + (": 15 or newer is needed." if number < OLDEST_POSTGRES else "."),
    )
    yield Finding(
        not pending, "The tables wait for an update: run `manage.py migrate`." if pending else "The tables are up to date."
    )


def broker_is_there() -> Iterator[Finding]:
    try:
        with redis.Redis.from_url(redis_url(), socket_timeout=3, socket_connect_timeout=3) as line:
            line.ping()
    except redis.RedisError as error:
        yield Finding(False, f"Redis does not answer, so letters wait for it: {_first_line(error)}")
        return
    yield Finding(True, "Redis answers.")


def queues_are_served() -> Iterator[Finding]:
    for queue in heartbeat.QUEUES:
        try:
            age = heartbeat.age(queue)
        except DatabaseError:
            return
        if age is None or age > heartbeat.LOST_AFTER:
            since = "yet" if age is None else f"for {age:.0f} s"
            yield Finding(False, f"Nobody has served the queue {queue} {since}: are the clock and the worker running?")
        else:
            yield Finding(True, f"The clock and the worker of the queue {queue} were heard {age:.0f} s ago.")


def vault_opens() -> Iterator[Finding]:
    """Every sealed secret is tried with today's keys."""
    try:
        vault.read_keys()
        closed = sum(not _opens(sealed, identity) for sealed, identity in _sealed())
    except ImproperlyConfigured as error:
        yield Finding(False, str(error))
        return
    except DatabaseError:
        return
    yield Finding(
        not closed,
        f"No key opens {closed} of the stored passwords." if closed else "The vault's keys open every stored password.",
    )


def names_are_found() -> Iterator[Finding]:
    """Any answer will do, "no such name" too: it is the resolver that is asked after."""
    try:
        dns.resolver.Resolver().resolve("hamburger.edu.", "MX", lifetime=5, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        pass
    except (dns.exception.DNSException, OSError):
        yield Finding(False, "No name server answers, so mail servers cannot be found: look at /etc/resolv.conf.")
        return
    yield Finding(True, "A name server answers.")


def domains_are_fit() -> Iterator[Finding]:
    """What DNS says of the domains whose letters go straight to the world."""
    try:
        known = list(Domain.objects.order_by("name"))
    except DatabaseError:
        return
    for domain in known:
        yield from domain_is_fit(domain)


def domain_is_fit(domain: Domain) -> Iterator[Finding]:
    wrong = [fact for fact in domains.check(domain) if fact.state != State.GOOD]
    for fact in wrong:
        record = f" {fact.record.line}" if fact.record else ""
        yield Finding(not fact.needed, f"{domain}: {domains.sentence(fact)}{record}")
    if not any(fact.needed for fact in wrong):
        yield Finding(True, f"{domain} may send straight to the world.")


def disk_has_room() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR)
    if folder.exists():
        free = shutil.disk_usage(folder).free
        yield Finding(
            free >= ROOM, f"The disk of DATA_DIR {folder} has {free >> 20} MB left" + ("." if free >= ROOM else ": make room.")
        )


def pages_are_dressed() -> Iterator[Finding]:
    gathered = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
    yield Finding(
        gathered,
        "The style sheets are gathered." if gathered else "The style sheets are not gathered: run `manage.py collectstatic`.",
    )
    loose = [
        path for folder in settings.LOCALE_PATHS for path in Path(folder).rglob("*.po") if not path.with_suffix(".mo").exists()
    ]
    if loose:
        yield Finding(
            False,
            f"The translation {loose[0].parts[-3]} is not compiled: run `pybabel compile --directory locale --domain django`.",
        )


def _sealed() -> Iterator[tuple[bytes, str]]:
    for model, column in vault.sealed_columns():
        for row in model._default_manager.exclude(**{column: b""}).only(column).iterator(500):
            yield bytes(getattr(row, column)), vault.identity_of(row)


def _opens(sealed: bytes, identity: str) -> bool:
    try:
        vault.open_sealed(sealed, identity)
    except vault.CannotOpen:
        return False
    return True


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    settings_are_safe,
    database_is_there,
    broker_is_there,
    queues_are_served,
    vault_opens,
    names_are_found,
    domains_are_fit,
    disk_has_room,
    pages_are_dressed,
)
