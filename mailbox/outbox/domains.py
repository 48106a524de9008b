"""The domains that this house writes for: their keys, and whether the world is ready to take their letters from us."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mailbox.models import Domain, DomainKey, Mailbox
from mailbox.outbox.plan import domain_of
from mailbox.smtp import dkim
from mailbox.smtp.commands import Unsayable, ascii_domain
from mailbox.smtp.facts import Fact, Kind, Record, State, look
from mailbox.smtp.names import Names

logger = logging.getLogger(__name__)

FRESH = timedelta(hours=6)  # a domain that is fit is looked at again after that
EAGER = timedelta(minutes=5)  # and one that is not, because somebody waits for it
BATCH = 20


class CannotKeep(Exception):
    """One plain sentence."""


def keep(name: str) -> Domain:
    """The row of that domain, made if there is none. Raises CannotKeep."""
    try:
        plain = ascii_domain(name.strip()).lower()
    except Unsayable as error:
        raise CannotKeep(str(error)) from error
    if "." not in plain or plain.startswith("["):
        raise CannotKeep(_("%(name)s is not the name of a domain.") % {"name": name})
    return Domain.objects.get_or_create(name=plain)[0]


@transaction.atomic
def keys(domain: Domain, *, fresh: bool = False) -> list[DomainKey]:
    """The keys that sign its letters. New ones are made where there are none, or beside the old ones if they shall be
    `fresh`: all sign until the old are dropped, so that nothing is unsigned while DNS learns of the new."""
    Domain.objects.select_for_update().get(pk=domain.pk)
    if fresh or not domain.keys.exists():
        for kind in DomainKey.Kind:
            _make_key(domain, kind)
        want_check(domain)
    return list(domain.keys.order_by("pk"))


def is_direct(mailbox: Mailbox) -> bool:
    return mailbox.outgoing_endpoint.protocol == "mx"


def prepare(mailbox: Mailbox) -> Domain | None:
    """The domain of a Mailbox that sends straight to the world, with its keys. Raises CannotKeep."""
    if not is_direct(mailbox):
        return None
    domain = keep(domain_of(mailbox.address))
    keys(domain)
    return domain


def drop_key(domain: Domain, selector: str) -> None:
    """Raises CannotKeep."""
    if not domain.keys.filter(selector=selector).delete()[0]:
        raise CannotKeep(_("%(domain)s has no key %(selector)s.") % {"domain": domain, "selector": selector})
    want_check(domain)


def tag(domain: Domain, *, on: bool) -> None:
    """Whether its letters leave with a token in their return path."""
    Domain.objects.filter(pk=domain.pk).update(tagged=on)


def record_of(key: DomainKey) -> Record:
    return Record(str(key), "TXT", key.record)


def want_check(domain: Domain) -> None:
    """Have a worker look at DNS soon."""
    Domain.objects.filter(pk=domain.pk).update(check_wanted=True)


def check_due() -> None:
    """Look at DNS for the domains whose turn it is, no transaction open; those that did not answer have another turn."""
    now = timezone.now()
    stale = Q(checked_at__lt=now - FRESH) | Q(fit_at=None, checked_at__lt=now - EAGER)
    for domain in Domain.objects.filter(Q(check_wanted=True) | stale).order_by("checked_at")[:BATCH]:
        check(domain)


def check(domain: Domain, names: Names | None = None) -> list[Fact]:
    """Look, and remember what was seen."""
    Domain.objects.filter(pk=domain.pk).update(check_wanted=False)
    wanted = [record_of(key) for key in domain.keys.order_by("pk")]
    facts = look(domain.name, wanted, settings.EHLO_NAME, names or Names.at(settings.DNS_SERVERS))
    remember(domain, facts)
    return facts


def remember(domain: Domain, facts: Sequence[Fact]) -> None:
    """A domain that was fit stays so while DNS only does not answer."""
    states = {fact.state for fact in facts if fact.needed}
    now = timezone.now()
    if states == {State.GOOD}:
        domain.fit_at = domain.fit_at or now
    elif states & {State.MISSING, State.WRONG}:
        domain.fit_at = None
    domain.facts, domain.checked_at = [asdict(fact) for fact in facts], now
    domain.save(update_fields=["facts", "checked_at", "fit_at"])


def unfit(name: str, names: Names) -> str:
    """Why letters of that domain may not go straight to the world yet, in a sentence; "" if they may."""
    try:
        domain = keep(name)
    except CannotKeep as error:
        return str(error)
    if settings.DIRECT_UNCHECKED or domain.fit_at:
        return ""
    if domain.checked_at is None or domain.checked_at < timezone.now() - EAGER:
        check(domain, names)
    wrong = [sentence(fact) for fact in facts_of(domain) if fact.needed and fact.state != State.GOOD]
    return " ".join([_("%(domain)s may not send yet.") % {"domain": domain}, *wrong]) if wrong else ""


def facts_of(domain: Domain) -> list[Fact]:
    """What the last look found."""
    return [_fact(**stored) for stored in domain.facts]


def sentence(fact: Fact) -> str:
    """What it means, and what to do about it."""
    if fact.state == State.UNSURE:
        return _("DNS did not answer; it is asked again soon.")
    holes = {"seen": fact.seen, "name": fact.record.name if fact.record else ""}
    return (_sentences()[fact.kind, fact.state] % holes).rstrip()


def _fact(kind: str, state: str, seen: str, record: dict[str, Any] | None) -> Fact:
    return Fact(Kind(kind), State(state), seen, Record(**record) if record else None)


def _make_key(domain: Domain, kind: str) -> DomainKey:
    key = dkim.make_key(kind)
    row = DomainKey(domain=domain, kind=kind, selector=_free_selector(domain, kind), record=dkim.record(key))
    row.save()
    row.set_key(key)
    row.save(update_fields=["secret"])
    return row


def _free_selector(domain: Domain, kind: str) -> str:
    """r2026, e2026; r2026b if that is taken."""
    stem = f"{kind[0]}{timezone.now():%Y}"
    taken = set(domain.keys.values_list("selector", flat=True))
    return next(name for name in (f"{stem}{tail}" for tail in ["", *"bcdefghijklmnopqrstuvwxyz"]) if name not in taken)


def _sentences() -> dict[tuple[Kind, State], str]:
    good, missing, wrong = State.GOOD, State.MISSING, State.WRONG
    return {
        (Kind.EHLO, good): _("This house greets other servers as %(seen)s."),
        (Kind.EHLO, missing): _("EHLO_NAME is not set: give this house the full name of its machine."),
        (Kind.EHLO, wrong): _("The name %(seen)s leads to no address: give it an A or AAAA record, or set another EHLO_NAME."),
        (Kind.PTR, good): _("The address leads back to that name."),
        (Kind.PTR, missing): _("The address leads back to no name: ask who gave you the address for a PTR record. %(seen)s"),
        (Kind.PTR, wrong): _("The address leads back to another name: ask who gave you the address to correct it. %(seen)s"),
        (Kind.SPF, good): _("SPF allows this house to send."),
        (Kind.SPF, missing): _("There is no SPF record, so receivers cannot tell your letters from forged ones: add this one."),
        (Kind.SPF, wrong): _("SPF does not allow this house to send: let the record include its address."),
        (Kind.DKIM, good): _("The key %(name)s is published."),
        (Kind.DKIM, missing): _("The DKIM key is not published: add this record."),
        (Kind.DKIM, wrong): _("Another key is published under %(name)s: replace it by this record."),
        (Kind.DMARC, good): _("A DMARC policy is published."),
        (Kind.DMARC, missing): _("There is no DMARC policy; large receivers ask for one: add this record."),
        (Kind.DMARC, wrong): _("The DMARC record cannot be read: there must be one, with a policy (p=)."),
        (Kind.MX, good): _("Answers and bounces find their way back."),
        (Kind.MX, missing): _("Nobody takes mail for this domain, so no answer and no bounce can come back: add an MX record."),
    }
