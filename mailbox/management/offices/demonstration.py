"""The demonstration as a whole: its post offices open, its letters laid out, its people and their mailboxes connected."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from django.conf import settings

from accounts.models import User
from mailbox.management import pidfile
from mailbox.management.ground import Fault, Ground
from mailbox.management.offices import facts as keeping
from mailbox.management.offices.doors import Door, Imap, Smtp, office_folder
from mailbox.management.offices.facts import DOMAINS, HOST, OPERATOR, PEOPLE
from mailbox.management.offices.maildirs import lay, open_office
from mailbox.management.seeds import seeds
from mailbox.models import Mailbox


class Demonstration:
    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.kept_in = ground.data / "demo.json"
        for path in (ground.data / "pids").glob("*-*.json"):  # an orphan would hold its port
            pidfile.end_orphan(path, Door.stop_signal)
        self.facts = keeping.load(self.kept_in)
        self.doors: list[Door] = [kind(ground, domain, self.facts) for domain in DOMAINS for kind in (Imap, Smtp)]

    def open_offices(self) -> None:
        """Accounts and maildirs, and at the first time the letters in them. Done before the doors are started."""
        for domain in DOMAINS:
            open_office(office_folder(self.ground, domain), domain, self.facts)
        if not self.facts.seeded:
            for address in PEOPLE:
                local, _, domain = address.partition("@")
                lay(office_folder(self.ground, domain) / local, seeds(local, datetime.now(UTC)))
            self.facts = replace(self.facts, seeded=True)
            keeping.keep(self.facts, self.kept_in)

    def settle_people(self) -> None:
        """Make the people who are not there yet, connect their mailboxes, and follow a port that had to change."""
        for address, name in {**PEOPLE, OPERATOR: "Postmaster"}.items():
            if not User.objects.filter(email=address).exists():
                make = User.objects.create_superuser if address == OPERATOR else User.objects.create_user
                make(address, self.facts.passwords[address], name=name)
        for address in PEOPLE:
            found = Mailbox.objects.filter(address=address, access__user__email=address)
            if not found.exists():
                self._connect(address)
            else:
                found.filter(incoming__contains=f"@{HOST}:").update(incoming=self.incoming(address))

    def incoming(self, address: str) -> str:
        port = self.facts.ports[f"imap {address.partition('@')[2]}"]
        return f"imap+plain://{quote(address, safe='')}@{HOST}:{port}"

    def _connect(self, address: str) -> None:
        """Through the operator's own command, password on stdin."""
        servers = ["--incoming", self.incoming(address), "--outgoing", "direct:", "--no-check"]
        command = [sys.executable, "manage.py", "connect", address, address, *servers]
        connected = subprocess.run(  # noqa: S603 our own words only
            command,
            input=f"{self.facts.secrets[address]}\n",
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        if connected.returncode:
            raise Fault(
                f"The mailbox of {address} could not be connected: {connected.stderr.strip() or connected.stdout.strip()}"
            )

    def sign_ins(self) -> str:
        width = max(map(len, self.facts.passwords))
        return "\n".join(f"  {address:<{width}}  {password}" for address, password in self.facts.passwords.items())
