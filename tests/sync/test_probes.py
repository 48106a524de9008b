"""Servers are tried before a mailbox is kept: one plain sentence for each that does not let us in."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Probe
from mailbox.sync import probes
from tests.daemons import free_ports
from tests.real import LOOPBACK, PASSWORD, Dovecot, Postfix


@pytest.fixture
def probe(alice: User, dovecot: Dovecot, settings: Settings) -> Probe:
    """Of servers that are well."""
    settings.ALLOW_PRIVATE_HOSTS = list(LOOPBACK.allow)
    probe = Probe.objects.create(
        user=alice, address="alice@crepes.fr", incoming=str(dovecot.endpoint("imap+plain")), outgoing="direct:"
    )
    return sealed(probe, PASSWORD)


def sealed(probe: Probe, password: str) -> Probe:
    probe.set_password(password)
    probe.save()
    return probe


def answered(probe: Probe) -> Probe:
    probes.answer(probe.pk)
    probe.refresh_from_db()
    return probe


def test_good_servers(probe: Probe) -> None:
    assert answered(probe).state == "good"
    assert probe.incoming_trouble == probe.outgoing_trouble == ""
    assert probe.password() == PASSWORD  # it is needed to keep the mailbox


def test_a_maildrop(probe: Probe, dovecot: Dovecot) -> None:
    probe.incoming = str(dovecot.endpoint("pop3+plain"))
    probe.save()
    assert answered(probe).state == "good"


def test_an_outgoing_server_is_tried_too(probe: Probe, postfix: Postfix) -> None:
    probe.outgoing = f"smtp+plain://127.0.0.1:{postfix.smtp}"
    probe.save()
    assert answered(probe).state == "good"


def test_a_wrong_password_is_told_and_wiped(probe: Probe) -> None:
    assert answered(sealed(probe, "wrong")).state == "bad"
    assert "password" in probe.incoming_trouble
    assert probe.secret == b""


@pytest.mark.parametrize(
    ("incoming", "words"),
    [
        ("imap+plain://127.0.0.1:{free}", "takes no connections"),
        ("imaps://nowhere.invalid:993", "no host called|could not be looked up"),
        ("imaps://10.0.0.1:993", "does not connect"),
        ("imap+plain://192.0.32.7:143", "only under TLS"),
        ("imaps://localhost:{imaps}", "certificate"),
        ("imaps://localhost:{imap}", "TLS"),
        ("pop3s://localhost:{pop3s}", "certificate"),
        ("pop3+plain://localhost:{imap}", "does not speak POP3"),
    ],
)
def test_one_plain_sentence(probe: Probe, dovecot: Dovecot, incoming: str, words: str) -> None:
    import re

    probe.incoming = incoming.format(free=free_ports(1)[0], imaps=dovecot.imaps, imap=dovecot.imap, pop3s=dovecot.pop3s)
    probe.save()
    assert answered(probe).state == "bad"
    assert re.search(words, probe.incoming_trouble), probe.incoming_trouble
    assert "\n" not in probe.incoming_trouble


def test_it_is_answered_once(probe: Probe) -> None:
    answered(probe)
    Probe.objects.update(incoming="imaps://nowhere.invalid:993")
    assert answered(probe).state == "good"


def test_a_lost_bell_is_rung_again(probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: rung.append(args))
    probes.sweep()
    assert not rung
    Probe.objects.update(created_at=timezone.now() - timedelta(seconds=11))
    probes.sweep()
    assert rung == [("mirror.probe", probe.pk)]


def test_a_password_is_not_kept_for_long(probe: Probe) -> None:
    answered(probe)
    Probe.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    probes.sweep()
    assert Probe.objects.get().secret == b""
