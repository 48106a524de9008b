"""Where a sent letter is, drawn: the panel below a letter in the conversation, and the same on a page of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from mailbox.models import Access, Outgoing, Recipient
from mailbox.outbox.fate import Destination, Fate, Try, fate
from mailbox.sentences import told
from mailbox.templatetags.look import moment

register = template.Library()

State = Recipient.State
STATE_ICONS = {
    State.SCHEDULED: "clock",
    State.QUEUED: "clock",
    State.LEASED: "send",
    State.DEFERRED: "clock",
    State.SENT: "check",
    State.FAILED: "circle-x",
    State.CANCELLED: "ban",
    State.HELD: "pause",
    State.UNKNOWN: "circle-alert",
}
DEED_ICONS = {
    "outgoing_undo": "rotate-ccw",
    "outgoing_now": "send",
    "edit": "pen-line",
    "outgoing_retry": "refresh-cw",
    "outgoing_cancel": "ban",
    "outgoing_correct": "pen-line",
}
RESENT = {State.FAILED, State.UNKNOWN, State.CANCELLED}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the way; `signal` is its shape and colour (data-s)."""

    signal: str
    words: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """A button of the panel: the name of its address, its word, and what its answer replaces on the page."""

    name: str
    label: str
    target: str
    sign: str = ""

    @property
    def icon(self) -> str:
        return DEED_ICONS[self.sign or self.name]


@register.inclusion_tag("mailbox/_delivery.html", takes_context=True)
def delivery(context: dict[str, Any], outgoing: Outgoing) -> dict[str, Any]:
    """The panel of that letter; the buttons only for who may send for its mailbox."""
    found = fate(outgoing)
    sends = Access.objects.filter(user=context["user"], mailbox=outgoing.mailbox_id, role__in=Access.SENDS).exists()
    return {"outgoing": outgoing, "fate": found, "deeds": deeds(found) if sends else []}


def deeds(found: Fate) -> list[Deed]:
    """What still helps: a letter that comes back opens as a draft, one that goes on renews the panel."""
    sheet, panel = "#compose", "closest .delivery"
    again = _("Send again") if found.state == State.UNKNOWN else _("Try now")
    stop = _("Do not send") if found.leaves_at else _("Stop trying")
    offered = [
        (found.leaves_at, Deed("outgoing_now", _("Send now"), panel)),
        (found.leaves_at, Deed("outgoing_undo", _("Edit"), sheet, "edit")),
        (found.undo_until and not found.leaves_at, Deed("outgoing_undo", _("Undo"), sheet)),
        (found.may_retry, Deed("outgoing_retry", again, panel)),
        (found.may_cancel and (found.leaves_at or not found.undo_until), Deed("outgoing_cancel", stop, panel)),
        (any(one.state in RESENT for one in found.destinations), Deed("outgoing_correct", _("Correct and resend"), sheet)),
    ]
    return [deed for helps, deed in offered if helps]


@register.filter
def state_icon(state: str) -> str:
    return STATE_ICONS[State(state)]


@register.filter
def state_words(destination: Destination) -> str:
    """Delivered 08:00, Trying again 08:15, Scheduled Wed 08:00, Sending."""
    times = {State.SENT: destination.at, State.DEFERRED: destination.next_at, State.SCHEDULED: destination.next_at}
    when = times.get(State(destination.state))
    return f"{destination.label} {moment(when)}" if when else destination.label


@register.filter
def second(when: datetime) -> str:
    """08:00:12, in the person's own time."""
    return format_date(timezone.localtime(when), "H:i:s")


@register.simple_tag
def way(outgoing: Outgoing, destination: Destination) -> list[Stop]:
    """The stops of one addressee: a line for every try that came to nothing, and the last one in full."""
    if not destination.tries:
        return []
    *before, last = destination.tries
    stops = [
        Stop("wait", _("Tried %(host)s") % {"host": one.host or destination.host}, one.started_at, _last_word(one))
        for one in before
    ]
    stops.append(Stop("ok", _("Left %(domain)s") % {"domain": outgoing.return_path.rpartition("@")[2]}, last.started_at))
    if last.dialogue:
        stops.append(_reached(last))
    return [*stops, _outcome(destination, last)]


def _reached(last: Try) -> Stop:
    note = _("Connection protected with %(tls)s") % {"tls": last.tls} if last.tls else _("The connection was not protected")
    return Stop("ok", _("Reached %(host)s") % {"host": last.host or last.address}, _at(last, 0), note)


def _outcome(destination: Destination, last: Try) -> Stop:
    host = {"host": last.host or destination.host or destination.address.rpartition("@")[2]}
    end, said = _at(last, -1), _("It said this:") if destination.reply else ""
    if destination.came_back:
        return Stop("bad", _("Came back after %(host)s had accepted it") % host, destination.at, said)
    outcomes = {
        State.SENT: Stop("ok", _("Accepted by %(host)s") % host, end, said),
        State.LEASED: Stop("busy", _("Being handed over"), None),
        State.DEFERRED: Stop("wait", _("Not taken yet by %(host)s") % host, end, said or told(last.trouble)),
        State.FAILED: Stop(
            "bad", _("Refused by %(host)s") % host if destination.reply else _("Given up"), end, said or told(last.trouble)
        ),
        State.UNKNOWN: Stop("bad", _("The line broke"), end, told(last.trouble)),
        State.HELD: Stop("wait", _("Held here"), end, told(last.trouble)),
    }
    return outcomes.get(State(destination.state)) or Stop("wait", destination.label, None)


def _at(one: Try, line: int) -> datetime:
    """When that line of the dialogue was said."""
    if not one.dialogue:
        return one.finished_at or one.started_at
    return one.started_at + timedelta(seconds=one.dialogue[line].seconds)


def _last_word(one: Try) -> str:
    """Why a try came to nothing: our own remark, else what the server said last."""
    refusals = (line.text for line in reversed(one.dialogue) if line.who == "S" and line.text[:1] in "45")
    return told(one.trouble) or next(refusals, "")
