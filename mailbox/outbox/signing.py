"""Before a letter is frozen for the direct way: its author's domain signs it. A provider signs what goes through it itself."""

import logging
import secrets
from dataclasses import replace
from datetime import datetime

from accounts.vault import CannotOpen
from mailbox.models import Domain
from mailbox.outbox.freezing import Frozen
from mailbox.smtp import dkim

logger = logging.getLogger(__name__)


def depart(frozen: Frozen, ours: Domain | None, moment: datetime) -> Frozen:
    """The letter as it goes straight to the world from a domain of ours: signed once, so that every try carries the same
    signature, and with a token in its return path where the domain's own server delivers name+anything to name (RFC 5233)."""
    if ours is None:
        return frozen
    name, _, domain = frozen.return_path.rpartition("@")
    raw = signatures(frozen.raw, ours, moment) + frozen.raw
    if not ours.tagged:
        return replace(frozen, raw=raw)
    token = secrets.token_hex(10)
    return replace(frozen, raw=raw, token=token, return_path=f"{name}+b-{token}@{domain}")


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
