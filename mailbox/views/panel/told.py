"""What was done in the house, told: each kind of event in one plain sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent, User
from mailbox.models.house import wards_of

# Kind: what it says when it was done, what when it was refused or failed, and the signal beside it (data-s).
WORDS = {
    "sign_in": (gettext_lazy("%(about)s signed in"), gettext_lazy("Sign-in as %(about)s refused"), "ok"),
    "sign_out": (gettext_lazy("%(about)s signed out"), "", ""),
    "password": (gettext_lazy("Password of %(about)s changed"), "", "wait"),
    "factor_added": (gettext_lazy("Second factor of %(about)s added"), "", "ok"),
    "factor_removed": (gettext_lazy("Second factor of %(about)s taken away"), "", "wait"),
    "factor_reset": (gettext_lazy("Recovery codes of %(about)s made again"), "", ""),
    "refused": ("", gettext_lazy("Refused: %(about)s"), ""),
    "duty": (gettext_lazy("Duty of %(about)s set to %(duty)s"), "", "wait"),
    "ward": (gettext_lazy("%(about)s given to %(keeper)s to keep"), "", ""),
    "ward_taken": (gettext_lazy("%(about)s taken from %(keeper)s"), "", "wait"),
    "invited": (gettext_lazy("%(about)s invited"), gettext_lazy("Invitation of %(about)s failed"), "ok"),
    "mailbox_made": (gettext_lazy("Mailbox %(about)s made"), "", "ok"),
    "mailbox_paused": (gettext_lazy("Mailbox %(about)s paused"), "", ""),
    "mailbox_resumed": (gettext_lazy("Mailbox %(about)s resumed"), "", "ok"),
    "mailbox_looked_at": (gettext_lazy("Mailbox %(about)s looked at now"), "", ""),
    "servers_changed": (gettext_lazy("Servers of %(about)s changed, its password forgotten"), "", "wait"),
    "servers_changed_by_owner": (gettext_lazy("Servers or password of %(about)s changed"), "", "wait"),
    "mailbox_leaving": (gettext_lazy("Mailbox %(about)s will be removed on %(day)s"), "", "bad"),
    "mailbox_kept": (gettext_lazy("Mailbox %(about)s is kept"), "", "ok"),
    "mailbox_removed": (gettext_lazy("Mailbox %(about)s removed"), "", "bad"),
    "heir": (gettext_lazy("Mailbox %(about)s may be taken over by %(person)s"), "", "wait"),
    "handed_over": (gettext_lazy("Mailbox %(about)s taken over by %(person)s"), "", "wait"),
    "address_added": (gettext_lazy("%(mailbox)s may write as %(about)s"), "", "wait"),
    "address_removed": (gettext_lazy("%(mailbox)s no longer writes as %(about)s"), "", ""),
    "role": (gettext_lazy("%(person)s may use %(about)s: %(role)s"), "", "wait"),
    "role_taken": (gettext_lazy("%(person)s may no longer use %(about)s"), "", ""),
    "limits": (gettext_lazy("Limits of %(about)s changed"), "", ""),
    "limit_reached": ("", gettext_lazy("%(about)s has reached a limit"), ""),
    "letters_retried": (gettext_lazy("%(count)s letters tried again"), "", "ok"),
    "letters_held": (gettext_lazy("%(count)s letters held"), "", "wait"),
    "letters_cancelled": (gettext_lazy("%(count)s letters stopped"), "", "bad"),
    "domain_added": (gettext_lazy("Domain %(about)s added"), "", "ok"),
    "domain_checked": (gettext_lazy("Records of %(about)s looked up again"), "", ""),
    "row_added": (gettext_lazy("Table %(table)s: %(about)s added"), "", "wait"),
    "row_changed": (gettext_lazy("Table %(table)s: %(about)s changed"), "", "wait"),
    "row_deleted": (gettext_lazy("Table %(table)s: %(about)s deleted"), "", "bad"),
    "exported": (gettext_lazy("Audit log exported"), "", "wait"),
}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    words: str
    by: str
    signal: str


def sentence(event: AuditEvent) -> str:
    done, failed, _signal = WORDS.get(event.kind, (event.kind, event.kind, ""))
    words = str(done if event.good else failed) or event.kind
    try:
        return words % {**event.facts, "about": event.about}
    except (KeyError, ValueError, TypeError):  # an older release wrote other facts
        return f"{event.kind} {event.about}"


def lines(events: Iterable[AuditEvent]) -> list[Line]:
    return [Line(event.at, sentence(event), _by(event), _signal(event)) for event in events]


def _by(event: AuditEvent) -> str:
    who = event.actor or (_("Somebody who is not signed in") if event.address else _("The house"))
    return ", ".join(filter(None, (who, event.address)))


def _signal(event: AuditEvent) -> str:
    return WORDS.get(event.kind, ("", "", ""))[2] if event.good else "bad"


def events_for(user: User) -> QuerySet[AuditEvent]:
    """Those that this person may read, the latest first."""
    wards, rows = wards_of(user), AuditEvent.objects.order_by("-id")
    return rows if wards is None else rows.filter(domain__in=wards)
