"""How a mailbox is doing, in words: state, what is wrong and what to do about it, how far the first import has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from mailbox import sentences
from mailbox.models import Access, Mailbox
from mailbox.sync import health
from mailbox.sync.health import Health
from mailbox.templatetags.look import clock, moment

State = Mailbox.State
SIGNALS = {
    State.NEW: "busy",
    State.IMPORTING: "busy",
    State.OK: "ok",
    State.SIGN_IN: "bad",
    State.SLOWED: "wait",
    State.TROUBLE: "wait",
    State.PAUSED: "",
    State.FULL: "wait",
}
STATE_ICONS = {
    State.NEW: "refresh-cw",
    State.IMPORTING: "refresh-cw",
    State.OK: "check",
    State.SIGN_IN: "circle-alert",
    State.SLOWED: "clock",
    State.TROUBLE: "clock",
    State.PAUSED: "pause",
    State.FULL: "hard-drive",
}
LATE = timedelta(minutes=2)  # news that wait so long are worth a word


@dataclass(frozen=True, slots=True)
class Row:
    mailbox: Mailbox
    owner: bool
    signal: str  # data-s of the state line
    icon: str
    words: str  # one plain sentence
    here: int  # letters mirrored
    there: int  # letters on the server, as far as they were counted
    advice: str  # what to do, if anything is wrong
    health: Health


def rows(user: User, only: Mailbox | None = None) -> list[Row]:
    """The mailboxes of that person, each with its condition; two questions, however many there are."""
    roles = dict(Access.objects.filter(user=user).values_list("mailbox", "role"))
    mailboxes = Mailbox.objects.filter(pk__in=[only.pk] if only else roles).order_by("pk")
    return [_row(found, roles.get(found.mailbox.pk) == Access.Role.OWNER) for found in health.of(mailboxes)]


def _row(found: Health, owner: bool) -> Row:
    mailbox = found.mailbox
    state = State(mailbox.state)
    advice = sentences.advice(mailbox.trouble) if mailbox.trouble else ""
    return Row(mailbox, owner, SIGNALS[state], STATE_ICONS[state], _words(found), found.here, found.there, advice, found)


def _words(found: Health) -> str:
    mailbox, here, there = found.mailbox, found.here, found.there
    if mailbox.trouble:
        return sentences.told(mailbox.trouble)
    if mailbox.state == State.NEW:
        return _("Connecting for the first time.")
    if mailbox.state == State.IMPORTING:
        return _("Fetching older letters: %(here)s of %(there)s.") % {"here": f"{here:,}", "there": f"{max(here, there):,}"}
    if mailbox.state == State.PAUSED:
        return _("Paused: what is here can be read, and nothing new comes.")
    if mailbox.last_good_pass:
        return _("Looked at %(time)s.") % {"time": moment(mailbox.last_good_pass)}
    return _("No letters were fetched yet.")


def facts(found: Health) -> Iterator[tuple[str, str]]:
    """(what, how it is), for the page of one mailbox."""
    mailbox = found.mailbox
    yield _("Last good look"), moment(mailbox.last_good_pass) or _("none yet")
    if mailbox.trouble_since:
        yield _("Trouble since"), moment(mailbox.trouble_since)
    if mailbox.state in {State.SLOWED, State.TROUBLE} and mailbox.next_poll_at:
        yield _("Tried again"), _at(mailbox)
    if mailbox.state == State.OK:
        yield _("New letters"), _("heard the moment they come") if found.watched else _("looked for now and then")
    if found.behind:
        yield _("Still to come"), _letters(found.behind)
    if found.lag > LATE and mailbox.state == State.OK:
        minutes = int(found.lag.total_seconds() // 60)
        yield _("Behind by"), ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if untold := health.untold(mailbox):
        yield _("Not told to the server yet"), _changes(untold)


def _at(mailbox: Mailbox) -> str:
    due = mailbox.next_poll_at
    return clock(due) if due and due > timezone.now() else _("now")


def _letters(count: int) -> str:
    return ngettext("%(count)s letter", "%(count)s letters", count) % {"count": f"{count:,}"}


def _changes(count: int) -> str:
    return ngettext("%(count)s change", "%(count)s changes", count) % {"count": f"{count:,}"}
