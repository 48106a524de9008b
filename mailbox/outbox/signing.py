"""Before a letter is frozen for the direct way: its author's domain signs it. A provider signs what goes through it itself."""

import logging
import secrets
from dataclasses import replace
from datetime import datetime

from django.db import connection

from accounts.vault import CannotOpen
from mailbox.models import Domain, Mailbox
from mailbox.outbox.freezing import Frozen
from mailbox.smtp import dkim
from mailbox.smtp.commands import ascii_domain

logger = logging.getLogger(__name__)


def depart(mailbox: Mailbox, frozen: Frozen, moment: datetime) -> Frozen:
    """The letter as it goes straight to the world: signed once, so that every try carries the same signature, and with a
    token in its return path where the domain's own server delivers name+anything to name (RFC 5233)."""
    if mailbox.outgoing_endpoint.protocol != "mx":
        return frozen
    name, _, domain = frozen.return_path.rpartition("@")
    ours = _domain(ascii_domain(domain).lower())
    if ours is None:
        return frozen
    raw = signatures(frozen.raw, ours, moment) + frozen.raw
    if not ours.tagged:
        return replace(frozen, raw=raw)
    token = secrets.token_hex(10)
    return replace(frozen, raw=raw, token=token, return_path=f"{name}+b-{token}@{domain}")


def _domain(name: str) -> Domain | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, tagged FROM mailbox_domain WHERE name = %s", [name])
        found = cursor.fetchone()
    return Domain(pk=found[0], name=name, tagged=found[1]) if found else None


def signatures(letter: bytes, domain: Domain, moment: datetime) -> bytes:
    """The fields to stand before the letter; b"" where the domain has no key here. A key that cannot be opened
    is left out and told to the operator: an unsigned letter may still arrive, one that is not sent cannot."""
    signers = []
    for key in domain.keys.order_by("pk"):
        try:
            signers.append(key.signer())
        except CannotOpen as error:
            logger.error("Letters of %s go without the signature of %s: %s", domain, key, error)
    return dkim.signatures(letter, signers, int(moment.timestamp())) if signers else b""
