"""The doctor says in plain words what is not well, and its exit code says whether anything is."""

from collections.abc import Callable, Iterable
from io import StringIO

import dns.resolver
import pytest
from django.core.cache import cache
from django.core.management import call_command
from pytest_django import Settings

from mailbox import heartbeat
from mailbox.management import checkup
from mailbox.management.checkup import Finding
from mailbox.models import Mailbox

pytestmark = pytest.mark.django_db


def bad(check: Callable[[], Iterable[Finding]]) -> list[str]:
    return [finding.sentence for finding in check() if not finding.good]


def test_database_and_broker_are_well() -> None:
    assert not bad(checkup.database_is_there)
    assert not bad(checkup.broker_is_there)


def test_a_broker_that_is_away_is_named(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    [sentence] = bad(checkup.broker_is_there)
    assert sentence.startswith("Redis does not answer, so letters wait for it: ")


def test_e09_t55_queues_that_nobody_serves_are_named() -> None:
    cache.clear()
    heartbeat.beat("relay")
    [sentence] = bad(checkup.queues_are_served)
    assert sentence.startswith("Nobody has served the queue mirror yet")


def test_a_lost_vault_key_is_noticed(alices: Mailbox, settings: Settings) -> None:
    assert not bad(checkup.vault_opens)
    settings.VAULT_KEYS = ["b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyb3Q="]
    assert bad(checkup.vault_opens) == ["No key opens 1 of the stored passwords."]


def test_careless_settings_are_named(settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.SECRET_KEY, settings.SITE_URL, settings.SECURE = (
        ["*"],
        "short",
        "http://mail.crepes.fr",
        False,
    )
    assert len(bad(checkup.settings_are_safe)) == 3


def test_silence_of_every_name_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(*_: object, **__: object) -> None:
        raise dns.resolver.LifetimeTimeout(timeout=5, errors=[])

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", silence)
    assert bad(checkup.names_are_found) == ["No name server answers, so mail servers cannot be found: look at /etc/resolv.conf."]


@pytest.mark.parametrize(("good", "code"), [(True, 0), (False, 1)])
def test_the_exit_code_tells(monkeypatch: pytest.MonkeyPatch, good: bool, code: int) -> None:
    monkeypatch.setattr("mailbox.management.commands.doctor.CHECKS", [lambda: [Finding(good, "It is so.")]])
    out, err = StringIO(), StringIO()
    try:
        call_command("doctor", stdout=out, stderr=err)
        left = 0
    except SystemExit as ended:
        left = int(str(ended.code))
    assert left == code
    assert "It is so." in out.getvalue()
    assert bool(err.getvalue()) is not good
