"""Before a mailbox sends straight to its recipients: what DNS says of its domain, on the page of the mailbox."""

from contextlib import suppress
from typing import Any

from mailbox.models import Domain, Mailbox
from mailbox.outbox import domains
from mailbox.outbox.plan import domain_of
from mailbox.smtp.commands import Unsayable, ascii_domain
from mailbox.views.panel.domains import summary, tile


def begin(mailbox: Mailbox) -> None:
    """The domain gets its keys, and a worker looks at DNS, before the first letter has to wait for that."""
    with suppress(domains.CannotKeep):  # the first letter says so
        domains.prepare(mailbox)


def context(mailbox: Mailbox) -> dict[str, Any]:
    """`tiles`: one for each thing that DNS should say; nothing for a mailbox that has a submission server."""
    if not domains.is_direct(mailbox) or (domain := _domain(mailbox)) is None:
        return {}
    tiles = [tile(fact) for fact in domains.facts_of(domain)]
    return {"direct": domain, "tiles": tiles, "summary": summary(domain, sum(one.signal != "ok" for one in tiles))}


def _domain(mailbox: Mailbox) -> Domain | None:
    try:
        return Domain.objects.filter(name=ascii_domain(domain_of(mailbox.address)).lower()).first()
    except Unsayable:
        return None
