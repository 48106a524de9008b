"""An operator takes a key out of use."""

import base64
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts import vault
from accounts.models import User
from mailbox.models import Mailbox, Probe
from tests.accounts.acts import SECRET, give_app

NEW = base64.urlsafe_b64encode(b"another key of thirty-two bytes!").decode()


def rotate() -> str:
    out = StringIO()
    call_command("rotate_vault", stdout=out, stderr=out)
    return out.getvalue()


def test_every_sealed_thing_is_under_the_new_key(alices: Mailbox, settings: Settings) -> None:
    alice = alices.access.get().user
    probe = Probe.objects.create(user=alice, address=alice.email, incoming="imaps://x", outgoing="direct:")
    probe.set_password("mustard")
    probe.save()
    app = give_app(alice)
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    rotate()
    settings.VAULT_KEYS = [NEW]
    alices.refresh_from_db()
    probe.refresh_from_db()
    app.refresh_from_db()
    assert alices.credentials(alices.incoming_endpoint).password == "secret"
    assert probe.password() == "mustard"
    assert vault.open_sealed(base64.b64decode(app.data["secret"]), "second factor").decode() == SECRET


def test_again_it_finds_nothing_to_do(alices: Mailbox, settings: Settings) -> None:
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    assert "mailbox.Mailbox: 1 sealed anew." in rotate()
    before = bytes(Mailbox.objects.get().secret)
    assert "mailbox.Mailbox: 0 sealed anew." in rotate()
    assert bytes(Mailbox.objects.get().secret) == before


def test_it_goes_on_where_it_was_stopped(alices: Mailbox, bobs: Mailbox, settings: Settings) -> None:
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    alices.set_password("secret")
    alices.save()
    assert "mailbox.Mailbox: 1 sealed anew." in rotate()


def test_a_secret_set_meanwhile_stays(alices: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]

    def somebody_is_quicker(sealed: bytes, identity: str) -> bytes:
        Mailbox.objects.update(secret=vault.seal(b"fresh", identity))
        return vault.seal(vault.open_sealed(sealed, identity), identity)

    monkeypatch.setattr(vault, "reseal", somebody_is_quicker)
    assert vault.rotate(Mailbox, "secret") == (0, 0)
    assert vault.open_sealed(bytes(Mailbox.objects.get().secret), f"mailbox:{alices.pk}") == b"fresh"


def test_what_no_key_opens_is_counted_and_left(alices: Mailbox, settings: Settings) -> None:
    before = bytes(alices.secret)
    settings.VAULT_KEYS = [NEW]
    with pytest.raises(SystemExit) as end:
        rotate()
    assert end.value.code == 1
    assert bytes(Mailbox.objects.get().secret) == before


def test_a_bad_key_is_one_plain_sentence(alice: User, settings: Settings) -> None:
    settings.VAULT_KEYS = ["short"]
    with pytest.raises(CommandError, match="Key 1 of VAULT_KEYS"):
        rotate()


def test_every_table_with_a_secret_says_so() -> None:
    names = {(model.__name__, column) for model, column in vault.sealed_columns()}
    assert names == {("DomainKey", "secret"), ("Mailbox", "secret"), ("Probe", "secret")}
