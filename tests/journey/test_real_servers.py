"""The scene against a real Dovecot and a real Postfix, with the processes of a real house."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.journey.scene import ALICE, BOB, play
from tests.real import Dovecot, Postfix
from tests.running import Up, up

PASSWORD = "ketchup-and-pickles"
NAMES = {ALICE: "Alice Martin", BOB: "Bob Marlow"}


def connect(house: Up, dovecot: Dovecot, address: str) -> None:
    """A person with a mailbox, through the operator's own commands; the servers are tried first."""
    house.manage(
        "shell",
        "-c",
        f"from accounts.models import User; User.objects.create_user({address!r}, {PASSWORD!r}, name={NAMES[address]!r})",
    )
    incoming = f"imaps://{address.replace('@', '%40')}@localhost:{dovecot.imaps}"
    said = house.manage(
        "connect", address, address, "--incoming", incoming, "--outgoing", "direct:", stdin=f"{dovecot.users[address]}\n"
    )
    assert f"{address} is connected." in said


def test_a_letter_goes_from_alice_to_bob_and_back(
    chromium: Browser, dovecot: Dovecot, postfix: Postfix, data: Path, tmp_path: Path
) -> None:
    routes = ",".join(f"{domain}=smtp+plain://127.0.0.1:{postfix.smtp}" for domain in ("crepes.fr", "hamburger.edu"))
    extra = {
        "RELAY_ROUTES": routes,
        "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8,::1/128",
        "SSL_CERT_FILE": str(dovecot.authority.root),
    }
    with up(data, extra=extra) as house:
        for address in (ALICE, BOB):
            connect(house, dovecot, address)
        play(chromium, house.url, {ALICE: PASSWORD, BOB: PASSWORD}, tmp_path)
