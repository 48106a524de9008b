"""The domains whose letters leave from here: what DNS says of each, what it should say, and how much it may hold. A worker
looks it up; a page only reads what was found."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.http import SignedInRequest
from accounts.models import User
from mailbox.bell import ring
from mailbox.forms.panel import CHANGED, GIGABYTE, AmountForm
from mailbox.mime.headers import is_address
from mailbox.models import Domain, Limit
from mailbox.models.house import wards_of
from mailbox.models.limits import Usage, of_domain
from mailbox.outbox import domains
from mailbox.smtp.facts import Fact, State
from mailbox.sync import room
from mailbox.views.panel.gate import ALL, DOERS, Duty, duty, show
from mailbox.views.panel.paging import page_of

PAGE = 20
TONES = {State.GOOD: ("ok", "check"), State.UNSURE: ("wait", "clock")}
BAD = ("wait", "triangle-alert")


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing that DNS should say, and whether it does."""

    name: str
    words: str
    signal: str
    icon: str
    record: str  # the line for the zone, where it is ours to tell and not there yet


@dataclass(frozen=True, slots=True)
class Card:
    domain: Domain
    tiles: list[Tile]
    wrong: int
    summary: str
    usage: Usage
    amounts: dict[str, object]
    seen: str


@duty(*ALL)
@require_safe
def all_domains(request: SignedInRequest) -> HttpResponse:
    page = page_of(domains_for(request.user).order_by("name"), request.GET.get("page", ""), PAGE)
    return show(request, "domains", {"here": "domains", "page": page, "cards": [card(domain) for domain in page.rows]})


def domains_for(user: User) -> QuerySet[Domain]:
    wards = wards_of(user)
    return Domain.objects.all() if wards is None else Domain.objects.filter(name__in=wards)


def card(domain: Domain) -> Card:
    tiles = [tile(fact) for fact in domains.facts_of(domain)]
    wrong = sum(one.signal != "ok" for one in tiles)
    limit = Limit.objects.filter(domain=domain.name).first() or Limit()
    gigabytes = None if limit.stored is None else f"{limit.stored / GIGABYTE:g}"
    amounts: dict[str, object] = {"mailboxes": limit.mailboxes, "gigabytes": gigabytes}
    return Card(domain, tiles, wrong, summary(domain, wrong), of_domain(domain.name), amounts, seen_of(limit))


def tile(fact: Fact) -> Tile:
    signal, icon = TONES.get(fact.state, BAD)
    name = fact.kind.upper() if not fact.record or fact.kind != "dkim" else f"DKIM {fact.record.name.partition('.')[0]}"
    record = fact.record.line if fact.record and fact.state in {State.MISSING, State.WRONG} else ""
    return Tile(name, domains.sentence(fact), signal, icon, record)


def summary(domain: Domain, wrong: int) -> str:
    if domain.checked_at is None:
        return _("Being looked up")
    if not wrong:
        return _("Everything in place")
    return ngettext("%(n)d thing to look at", "%(n)d things to look at", wrong) % {"n": wrong}


def seen_of(limit: Limit) -> str:
    return f"{limit.mailboxes} {limit.stored}"


@duty(Duty.OPERATOR)
@require_POST
def add(request: SignedInRequest) -> HttpResponse:
    """A domain, and the keys that sign its letters."""
    try:
        with transaction.atomic():
            domain = domains.keep(named(request.POST.get("name", "")))
            domains.keys(domain)
            audit.note("domain_added", request=request, about=domain.name)
    except domains.CannotKeep as problem:
        messages.error(request, str(problem))
        return redirect("panel_domains")
    ring("mirror.domains")
    messages.success(
        request, _("%(name)s is added. Set the records below; they are looked up again by themselves.") % {"name": domain}
    )
    return redirect("panel_domains")


def named(typed: str) -> str:
    """Raises CannotKeep for what no address could end in."""
    name = typed.strip().rstrip(".")
    if not is_address(f"postmaster@{name}"):
        raise domains.CannotKeep(_("%(name)s is not the name of a domain.") % {"name": name[:100]})
    return name


@duty(*DOERS)
@require_POST
def check(request: SignedInRequest, domain_id: int) -> HttpResponse:
    """Have a worker look again."""
    domain = get_object_or_404(domains_for(request.user), pk=domain_id)
    domains.want_check(domain)
    ring("mirror.domains")
    audit.note("domain_checked", request=request, about=domain.name)
    messages.success(request, _("The records of %(name)s are looked up again now.") % {"name": domain})
    return redirect("panel_domains")


@duty(Duty.OPERATOR)
@require_POST
def limit(request: SignedInRequest, domain_id: int) -> HttpResponse:
    """How much all mailboxes of the domain may hold together."""
    domain, form = get_object_or_404(Domain, pk=domain_id), AmountForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A limit is a number, or empty."))
    elif request.POST.get("seen", "") != seen_of(Limit.objects.filter(domain=domain.name).first() or Limit()):
        messages.error(request, str(CHANGED))
    else:
        amounts = {"mailboxes": form.cleaned_data["mailboxes"], "stored": form.stored()}
        Limit.objects.update_or_create(domain=domain.name, defaults=amounts)
        room.look_again(domain=domain.name)
        audit.note("limits", request=request, about=domain.name)
        messages.success(request, _("Saved"))
    return redirect("panel_domains")
