"""Before a letter is frozen for the direct way: its author's domain signs it. A provider signs what goes through it itself."""

import logging
from datetime import datetime

from accounts.vault import CannotOpen
from mailbox.models import DomainKey
from mailbox.smtp import dkim
from mailbox.smtp.commands import ascii_domain

logger = logging.getLogger(__name__)


def signatures(letter: bytes, author: str, moment: datetime) -> bytes:
    """The fields to stand before the letter; b"" where the domain of `author` has no key here. A key that cannot be opened
    is left out and told to the operator: an unsigned letter may still arrive, one that is not sent cannot."""
    keys = DomainKey.objects.filter(domain__name=ascii_domain(author.rpartition("@")[2]).lower()).select_related("domain")
    signers = []
    for key in keys.order_by("pk"):
        try:
            signers.append(key.signer())
        except CannotOpen as error:
            logger.error("Letters of %s go without the signature of %s: %s", author, key, error)
    return dkim.signatures(letter, signers, int(moment.timestamp())) if signers else b""
