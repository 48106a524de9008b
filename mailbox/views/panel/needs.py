"""What needs a hand, in words: where letters are stuck, where a mailbox cannot be read, what is full. Nothing else is news."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from mailbox.housekeeping import waiting
from mailbox.models import Domain, Limit, Mailbox
from mailbox.models.house import mailboxes_for, wards_of
from mailbox.sentences import told
from mailbox.views.panel.gate import Panel

State = Mailbox.State
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Need:
    signal: str  # bad, wait
    title: str
    words: str
    url: str
    label: str


def needs(panel: Panel) -> list[Need]:
    return [
        *_silence(panel),
        *_stuck(panel.user),
        *_dead(panel.user),
        *_held(panel),
        *_locked_out(panel.user),
        *_full(panel.user),
        *_unfit(panel.user),
    ]


def _silence(panel: Panel) -> Iterator[Need]:
    for queue in panel.silent:
        words = _("Letters wait.") if queue == "relay" else _("New mail is not fetched.")
        title = _("Nobody serves the queue %(queue)s.") % {"queue": queue}
        hint = _("Look whether the clock, Redis and the worker run; manage.py doctor says more.")
        yield Need("bad", title, f"{words} {hint}", "", "")


def _stuck(user: User) -> Iterator[Need]:
    for host, number in waiting.stuck_sites(user):
        title = _("%(host)s puts our letters off.") % {"host": host}
        words = ngettext("%(n)s letter is waiting for it.", "%(n)s letters are waiting for it.", number) % {"n": f"{number:,}"}
        yield Need("wait", title, words, _queue(host=host), _("See them"))


def _dead(user: User) -> Iterator[Need]:
    for site, number in waiting.dead_sites(user):
        title = _("%(host)s cannot be reached.") % {"host": site.key.partition("/")[0]}
        words = ngettext("%(n)s letter is waiting for it.", "%(n)s letters are waiting for it.", number) % {"n": f"{number:,}"}
        yield Need("wait", title, f"{words} {told(site.trouble)}".strip(), _queue(), _("See them"))


def _held(panel: Panel) -> Iterator[Need]:
    if number := panel.depth.held:
        title = ngettext("%(n)s letter needs a decision.", "%(n)s letters need a decision.", number) % {"n": f"{number:,}"}
        words = _("They are held, or nobody knows whether they arrived. Their senders have been told.")
        yield Need("wait", title, words, _queue(show="held"), _("See them"))


def _queue(**query: str) -> str:
    return reverse("panel_queue", query=query)


def _locked_out(user: User) -> Iterator[Need]:
    out = mailboxes_for(user).filter(state=State.SIGN_IN).aggregate(number=Count("pk"), first=Min("address"))
    if number := out["number"]:
        title = ngettext("%(n)s mailbox cannot sign in.", "%(n)s mailboxes cannot sign in.", number) % {"n": f"{number:,}"}
        words = _("%(address)s is one of them. Only the owner can enter the password.") % {"address": out["first"]}
        yield Need("bad", title, words, reverse("panel_mailboxes", query={"state": "sign_in"}), _("See them"))


def _full(user: User) -> Iterator[Need]:
    """Of domains the sum is compared, of persons what they own."""
    wards = wards_of(user)
    limits = Limit.objects.exclude(stored=None).select_related("user")
    held = Sum("user__access__mailbox__stored", filter=Q(user__access__role="owner"), default=0)
    people = limits.filter(domain="").annotate(held=held).filter(held__gte=F("stored"))
    domains = limits.exclude(domain="") if wards is None else limits.filter(domain__in=wards)
    names = [limit.user.email for limit in people if limit.user and (wards is None or _domain(limit.user) in wards)]
    names += [limit.domain for limit in domains if _stored(limit.domain) >= (limit.stored or 0)]
    for name in sorted(names):
        title = _("%(name)s has reached the storage limit.") % {"name": name}
        yield Need(
            "wait", title, _("No mailbox can be added there, and older letters are not fetched, until there is room."), "", ""
        )


def _unfit(user: User) -> Iterator[Need]:
    """Domains whose letters would go straight, but for something in DNS."""
    wards = wards_of(user)
    unfit = Domain.objects.filter(fit_at=None, checked_at__isnull=False)
    unfit = unfit if wards is None else unfit.filter(name__in=wards)
    for domain in unfit.order_by("name")[:SHOWN]:
        title = _("%(name)s may not send yet.") % {"name": domain}
        yield Need(
            "wait", title, _("DNS lacks something that receivers ask for."), reverse("panel_domains"), _("Show the records")
        )


def _domain(user: User) -> str:
    return user.email.rpartition("@")[2]


def _stored(domain: str) -> int:
    return int(Mailbox.objects.filter(domain=domain).aggregate(stored=Sum("stored", default=0))["stored"])
