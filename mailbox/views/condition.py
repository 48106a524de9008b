"""How a mailbox is doing, in the words of its row: state, what is wrong, how far the first import has come."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox.models import Access, Mailbox
from mailbox.templatetags.look import moment

State = Mailbox.State
SIGNALS = {
    State.NEW: "busy",
    State.IMPORTING: "busy",
    State.OK: "ok",
    State.SIGN_IN: "bad",
    State.TROUBLE: "wait",
    State.PAUSED: "",
}
STATE_ICONS = {
    State.NEW: "refresh-cw",
    State.IMPORTING: "refresh-cw",
    State.OK: "check",
    State.SIGN_IN: "circle-alert",
    State.TROUBLE: "clock",
    State.PAUSED: "pause",
}


@dataclass(frozen=True, slots=True)
class Row:
    mailbox: Mailbox
    owner: bool
    signal: str  # data-s of the state line
    icon: str
    words: str  # one plain sentence
    here: int  # letters mirrored
    there: int  # letters on the server, as far as they were counted


def rows(user: User, only: Mailbox | None = None) -> list[Row]:
    """The mailboxes of that person, each with its condition; one question, however many there are."""
    found = Access.objects.filter(user=user).select_related("mailbox").order_by("mailbox")
    if only:
        found = found.filter(mailbox=only)
    counted = found.annotate(here=Sum("mailbox__folders__live"), there=Sum("mailbox__folders__server_messages"))
    return [_row(access, access.here or 0, access.there or 0) for access in counted]


def _row(access: Access, here: int, there: int) -> Row:
    mailbox, owner = access.mailbox, access.role == Access.Role.OWNER
    state = State(mailbox.state)
    return Row(mailbox, owner, SIGNALS[state], STATE_ICONS[state], _words(mailbox, here, there), here, there)


def _words(mailbox: Mailbox, here: int, there: int) -> str:
    if mailbox.trouble:
        return mailbox.trouble
    if mailbox.state == State.NEW:
        return _("Connecting for the first time.")
    if mailbox.state == State.IMPORTING:
        return _("Fetching older letters: %(here)s of %(there)s.") % {"here": f"{here:,}", "there": f"{max(here, there):,}"}
    if mailbox.state == State.PAUSED:
        return _("Paused: what is here can be read, and nothing new comes.")
    if mailbox.last_good_pass:
        return _("Looked at %(time)s.") % {"time": moment(mailbox.last_good_pass)}
    return _("No letters were fetched yet.")
