"""The message queue as operators see it: who waits for what, and the deeds that help. No subject and no word of a letter."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.http import SignedInRequest
from mailbox.housekeeping import waiting
from mailbox.models import Recipient
from mailbox.outbox.fate import TONES
from mailbox.outbox.words import sentence
from mailbox.views.panel.gate import ALL, DOERS, Panel, duty, show
from mailbox.views.panel.paging import Page, page_of

PAGE = 50
DEEDS = {"retry": waiting.retry, "hold": waiting.hold, "cancel": waiting.cancel}
NOTES = {"retry": "letters_retried", "hold": "letters_held", "cancel": "letters_cancelled"}
SEEN = (
    "id", "address", "name", "state", "host", "code", "enhanced", "reply", "trouble", "attempts", "next_at", "done_at", "stopped",
    "outgoing__size", "outgoing__mailbox__address",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    recipient: Recipient
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked to show; every link and form of it carries this on."""

    show: str
    q: str
    host: str

    @classmethod
    def of(cls, request: SignedInRequest) -> "Asked":
        given = request.POST if request.method == "POST" else request.GET
        name = given.get("show", "")
        words, host = (" ".join(given.get(key, "")[:200].replace("\0", "").split()) for key in ("q", "host"))
        return cls(name if name in waiting.SHELVES else "waiting", words, host)

    def rows(self, request: SignedInRequest) -> QuerySet[Recipient]:
        found = waiting.matching(waiting.shelf(request.user, self.show), self.q)
        return found.filter(host=self.host) if self.host else found


@duty(*ALL)
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    asked, panel = Asked.of(request), Panel(request.user)
    rows = asked.rows(request).select_related("outgoing__mailbox").only(*SEEN)
    page: Page[Recipient] = page_of(rows, request.GET.get("page", ""), PAGE)
    context = {
        "here": "queue",
        "panel": panel,
        "asked": asked,
        "page": page,
        "rows": [Row(one, TONES[Recipient.State(one.state)], sentence(one)) for one in page.rows],
        "shelves": shelves(panel, asked.show),
    }
    return show(request, "_queue" if request.htmx else "queue", context)


def shelves(panel: Panel, current: str) -> list[tuple[str, str, int, bool]]:
    depth = panel.depth
    words = {"waiting": _("Waiting"), "sending": _("Sending"), "held": _("Held"), "failed": _("Failed today")}
    return [(name, words[name], getattr(depth, name), name == current) for name in waiting.SHELVES]


@duty(*DOERS)
@require_POST
def deed(request: SignedInRequest) -> HttpResponse:
    """Retry, hold or stop: the rows that were chosen, or (all) every one that the page would list."""
    asked, name = Asked.of(request), request.POST.get("do", "")
    if name not in DEEDS:
        messages.error(request, _("Choose what to do with them."))
        return _back(asked)
    rows = asked.rows(request) if request.POST.get("all") else _chosen(request)
    count = DEEDS[name](rows)
    if count:
        audit.note(NOTES[name], request=request, about=asked.host or asked.q, facts={"count": count})
        messages.success(request, _said(name, count))
    else:
        messages.warning(request, _("Nothing was changed: none of them can be treated so now."))
    return _back(asked)


def _chosen(request: SignedInRequest) -> QuerySet[Recipient]:
    ids = [int(one) for one in request.POST.getlist("id")[:1000] if one.isdecimal() and len(one) < 19]
    return waiting.recipients_for(request.user).filter(pk__in=ids)


def _said(name: str, count: int) -> str:
    sentences = {
        "retry": ngettext("%(n)d is tried again now.", "%(n)d are tried again now.", count),
        "hold": ngettext("%(n)d is held. Its sender can see that.", "%(n)d are held. Their senders can see that.", count),
        "cancel": ngettext("%(n)d is stopped. Its sender can see that.", "%(n)d are stopped. Their senders can see that.", count),
    }
    return sentences[name] % {"n": count}


def _back(asked: Asked) -> HttpResponse:
    return redirect(reverse("panel_queue", query={"show": asked.show, "q": asked.q, "host": asked.host}))
