"""Whether there is room for the letters that still come: a person, or a domain, may have a limit of what it holds here."""

from django.db.models import Q, QuerySet
from django.db.models.expressions import OuterRef
from django.utils import timezone

from accounts import audit
from accounts.models import User
from mailbox.models import Access, Limit, Mailbox, limits

NONE_LEFT = "%(who)s has reached the storage limit of this house. Older letters wait on the server, and come when there is room."

NONE_COLLECTED = "%(who)s has reached the storage limit of this house. Nothing is collected until there is room; all waits there."


def limits_of_owner(mailbox: Mailbox | OuterRef) -> QuerySet[Limit]:
    return Limit.objects.filter(user__access__mailbox=mailbox, user__access__role=Access.Role.OWNER, stored__isnull=False)


def limits_of_domain(domain: str | OuterRef) -> QuerySet[Limit]:
    return Limit.objects.filter(domain=domain, stored__isnull=False)


def taken_by(mailbox: Mailbox) -> str:
    """Whose limit is reached: the owner's address, or the domain; "" while there is room."""
    for limit in (*limits_of_owner(mailbox).select_related("user"), *limits_of_domain(mailbox.domain)):
        held = limits.of_person(limit.user) if limit.user else limits.of_domain(limit.domain)
        if held.is_full:
            return limit.user.email if limit.user else limit.domain
    return ""


def say(mailbox: Mailbox, who: str) -> str:
    """What its people read; the operators find it written down, once each time that it is reached."""
    if mailbox.state != Mailbox.State.FULL:
        audit.note("limit_reached", about=who, mailbox_id=mailbox.pk, good=False)
    return (NONE_COLLECTED if mailbox.is_collected else NONE_LEFT) % {"who": who}


def look_again(person: User | None = None, domain: str = "") -> None:
    """A limit was changed: those that wait for room are looked at now."""
    of_theirs = Q(access__user=person, access__role=Access.Role.OWNER) if person else Q(domain=domain)
    waiting = Mailbox.objects.filter(of_theirs, state=Mailbox.State.FULL).values("pk")
    Mailbox.objects.filter(pk__in=waiting).update(next_poll_at=timezone.now())
