"""The audit log: who did what, when and from where, day by day, and all of it as a table to take away."""

import csv
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby

from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.http import SignedInRequest
from accounts.models import AuditEvent
from accounts.pace import paced
from mailbox.templatetags.look import day_heading
from mailbox.views.panel import told
from mailbox.views.panel.gate import DOERS, confirmed, duty, show
from mailbox.views.panel.paging import page_of

PAGE = 100
EXPORTS = 6  # a minute
DAYS = {"1": 1, "7": 7, "30": 30, "": 0}
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("at", "kind", "good", "actor", "about", "address", "sentence")


@duty(*DOERS)
@require_safe
def log(request: SignedInRequest) -> HttpResponse:
    page = page_of(events(request), request.GET.get("page", ""), PAGE)
    lines = told.lines(page.rows)
    today = timezone.localdate()
    days = groupby(lines, lambda line: day_heading(timezone.localtime(line.at).date(), today))
    context = {
        "here": "audit",
        "page": page,
        "days": [(heading, list(group)) for heading, group in days],
        "periods": [("1", _("Last day")), ("7", _("Last 7 days")), ("30", _("Last 30 days")), ("", _("All of it"))],
        "kinds": sorted(told.WORDS),
        "q": request.GET.get("q", ""),
        "kind": request.GET.get("kind", ""),
        "period": request.GET.get("period", "7"),
    }
    return show(request, "audit", context)


def events(request: SignedInRequest) -> QuerySet[AuditEvent]:
    """What was asked for: words in who, what or where; one kind; failed ones alone; the last days."""
    given = request.POST if request.method == "POST" else request.GET
    rows, words = told.events_for(request.user), given.get("q", "")[:200].replace("\0", "").strip()
    for word in words.split():
        in_names = Q(actor__icontains=word) | Q(about__icontains=word) | Q(kind__icontains=word)
        rows = rows.filter(in_names | Q(address__contains=word))
    if kind := given.get("kind", "")[:40].replace("\0", ""):
        rows = rows.filter(good=False) if kind == "failed" else rows.filter(kind=kind)
    days = DAYS.get(given.get("period", "7"), 7)
    return rows.filter(at__gte=timezone.now() - timedelta(days=days)) if days else rows


@duty(*DOERS)
@require_POST
@confirmed
@paced("export", EXPORTS)
def export(request: SignedInRequest) -> StreamingHttpResponse:
    """The same rows as CSV (RFC 4180); taking them away is written down too."""
    audit.note("exported", request=request)
    response = StreamingHttpResponse(rows_of(events(request)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


class Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def rows_of(found: QuerySet[AuditEvent]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for event in found.iterator(500):
        cells: Iterable[object] = (
            event.at.isoformat(), event.kind, "yes" if event.good else "no", event.actor, event.about, event.address or "",
            told.sentence(event),
        )  # fmt: skip
        yield writer.writerow([harmless(str(cell)) for cell in cells])


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula begins with an apostrophe instead."""
    return f"'{cell}" if cell.startswith(FORMULAS) else cell
