"""The mailboxes of the house as operators see them: whose, who may use them, how the mirror is doing, how much lies there."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.models import User
from mailbox.models import Access, Limit, Mailbox
from mailbox.models.house import mailboxes_for
from mailbox.models.limits import usage_of
from mailbox.views.condition import SIGNALS, STATE_ICONS
from mailbox.views.panel.gate import ALL, duty, show
from mailbox.views.panel.paging import page_of

PAGE = 50
State = Mailbox.State


@dataclass(frozen=True, slots=True)
class Row:
    mailbox: Mailbox
    owner: User | None
    people: str  # Shared, 3 people
    signal: str
    icon: str
    most: int | None  # bytes that its owner may hold

    @property
    def low(self) -> int:
        return int(0.8 * (self.most or 0))

    @property
    def high(self) -> int:
        return int(0.95 * (self.most or 0))


@duty(*ALL)
@require_safe
def mailboxes(request: SignedInRequest) -> HttpResponse:
    chosen = matching(request)
    page = page_of(chosen.order_by("address", "pk").defer("secret"), request.GET.get("page", ""), PAGE)
    context = {
        "here": "mailboxes",
        "page": page,
        "rows": rows(list(page.rows)),
        "states": State.choices,
        "domains": mailboxes_for(request.user).order_by("domain").values_list("domain", flat=True).distinct()[:1000],
        "asked": {name: request.GET.get(name, "") for name in ("domain", "state")},
        "q": request.GET.get("q", ""),
        "here_usage": usage_of(mailboxes_for(request.user)),
    }
    return show(request, "mailboxes", context)


def matching(request: SignedInRequest) -> QuerySet[Mailbox]:
    q, domain, state = (request.GET.get(name, "")[:254].replace("\0", "").strip() for name in ("q", "domain", "state"))
    found = mailboxes_for(request.user)
    if q:
        owned = Access.objects.filter(role=Access.Role.OWNER).filter(Q(user__email__icontains=q) | Q(user__name__icontains=q))
        found = found.filter(Q(address__icontains=q) | Q(pk__in=owned.values("mailbox")))
    if domain:
        found = found.filter(domain=domain.lower())
    return found.filter(state=state) if state else found


def rows(found: list[Mailbox]) -> list[Row]:
    """Three questions for a page, however many mailboxes are on it."""
    access: dict[int, list[Access]] = {mailbox.pk: [] for mailbox in found}
    for one in Access.objects.filter(mailbox__in=found).select_related("user").order_by("pk"):
        access[one.mailbox_id].append(one)
    owners = {pk: next((one.user for one in people if one.role == Access.Role.OWNER), None) for pk, people in access.items()}
    mosts = dict(Limit.objects.filter(user__in=[user for user in owners.values() if user]).values_list("user", "stored"))
    return [
        Row(
            mailbox,
            owners[mailbox.pk],
            people_words(len(access[mailbox.pk])),
            SIGNALS[State(mailbox.state)],
            STATE_ICONS[State(mailbox.state)],
            mosts.get(user.pk) if (user := owners[mailbox.pk]) else None,
        )
        for mailbox in found
    ]


def people_words(number: int) -> str:
    if number == 0:
        return _("Nobody")
    if number == 1:
        return _("Its owner")
    return ngettext("Shared, %(n)d person", "Shared, %(n)d people", number) % {"n": number}
