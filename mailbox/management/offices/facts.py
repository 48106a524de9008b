"""What the demonstration decides once and keeps in DATA_DIR: who signs in with what, and the ports of the post offices."""

import json
import os
import random
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
DOMAINS = ("crepes.fr", "hamburger.edu")
PEOPLE = {"alice@crepes.fr": "Alice Martin", "bob@hamburger.edu": "Bob Marlow"}  # they sign in and have a mailbox
OPERATOR = "postmaster@crepes.fr"
COLLEAGUES = {"crepes.fr": ("postmaster", "camille", "theo", "orders"), "hamburger.edu": ("postmaster", "dean", "noor")}
WORDS = Path(__file__).with_name("words.txt")


@dataclass
class Facts:
    """`passwords` open the web page, `secrets` the IMAP servers, by address; `ports` by "imap crepes.fr". `switches` are
    what the processes of the house must know to reach the post offices; its settings read them from here."""

    passwords: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    switches: dict[str, str] = field(default_factory=dict)
    seeded: bool = False


def load(path: Path) -> Facts:
    """The facts kept there, completed with fresh ones; a port that somebody else has taken meanwhile is chosen anew."""
    facts = Facts(**json.loads(path.read_text())) if path.exists() else Facts()
    for address in (*PEOPLE, OPERATOR):
        facts.passwords.setdefault(address, _password())
        facts.secrets.setdefault(address, secrets.token_urlsafe(18))
    for door in [f"{protocol} {domain}" for domain in DOMAINS for protocol in ("imap", "smtp")]:
        if not is_free(facts.ports.get(door, 0)):
            facts.ports[door] = free_port()
    routes = (f"{domain}=smtp+plain://{HOST}:{facts.ports[f'smtp {domain}']}" for domain in DOMAINS)
    facts.switches = {"RELAY_ROUTES": ",".join(routes), "ALLOW_PRIVATE_HOSTS": f"{HOST}/8"}
    facts.switches["AUTHSERV_IDS"] = ",".join(f"{HOST}=mx.{domain}" for domain in DOMAINS)
    keep(facts, path)
    return facts


def _password() -> str:
    """Three words and a number, to be typed by hand."""
    words = WORDS.read_text("ascii").split()
    return "-".join([*(secrets.choice(words) for _ in range(3)), str(secrets.randbelow(90) + 10)])


def keep(facts: Facts, path: Path) -> None:
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(facts), file, indent=1)
    draft.replace(path)


def free_port() -> int:
    """Below the range that systems hand out for outgoing connections, so that it stays free while we are away."""
    return next(port for port in random.sample(range(20000, 30000), 1000) if is_free(port))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return port > 0
