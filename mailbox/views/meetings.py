"""An invitation in the reader's own words and time zone: values on a card."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from mailbox.mime.letter import Address, Invitation
from mailbox.templatetags.look import clock, shown

NAMED = 5  # guests named on the card


@dataclass(frozen=True, slots=True)
class Meeting:
    month: str
    day: str
    weekday: str
    iso: str
    summary: str
    when: str
    location: str
    people: str
    cancelled: bool
    invitation: Invitation
    said: str  # the person's last answer, or ""


def meeting_of(invitation: Invitation, mine: Collection[str], said: str = "") -> Meeting | None:
    """None for one that does not say when. `said`: what was answered since it came."""
    if invitation.start is None:
        return None
    start = _local(invitation.start)
    return Meeting(
        month=shown(start, "M"),
        day=shown(start, "j"),
        weekday=shown(start, "D"),
        iso=invitation.start.isoformat(),
        summary=invitation.summary or gettext("Meeting"),
        when=_when(invitation, start),
        location=invitation.location,
        people=_people(invitation, mine, said),
        cancelled=invitation.is_cancelled,
        invitation=invitation,
        said=said,
    )


def _local(moment: datetime | date) -> datetime | date:
    """In the reader's zone; a whole day and a time without a zone stay as they are."""
    return timezone.localtime(moment) if isinstance(moment, datetime) and moment.tzinfo else moment


def _when(invitation: Invitation, start: datetime | date) -> str:
    day = shown(start, pgettext("day of a meeting", "l j F"))
    if not isinstance(start, datetime):
        return _days(day, invitation.end)
    end = _local(invitation.end) if invitation.end else None
    begins = _clock(start)
    if not isinstance(end, datetime):
        text = gettext("%(day)s, %(begins)s") % {"day": day, "begins": begins}
    elif end.date() == start.date():
        text = gettext("%(day)s, %(begins)s to %(ends)s") % {"day": day, "begins": begins, "ends": _clock(end)}
    else:
        last = shown(end, pgettext("day of a meeting", "l j F")) + ", " + _clock(end)
        text = gettext("%(day)s, %(begins)s to %(ends)s") % {"day": day, "begins": begins, "ends": last}
    return text if start.tzinfo else gettext("%(when)s, local time there") % {"when": text}


def _days(first: str, end: datetime | date | None) -> str:
    """Whole days; DTEND is the day after the last (RFC 5545 section 3.6.1)."""
    last = end - timedelta(days=1) if isinstance(end, date) and not isinstance(end, datetime) else None
    name = shown(last, pgettext("day of a meeting", "l j F")) if last else first
    return first if name == first else gettext("%(first)s to %(last)s") % {"first": first, "last": name}


def _clock(moment: datetime) -> str:
    """A time without a zone is shown as it stands there."""
    return clock(moment if moment.tzinfo else moment.replace(tzinfo=timezone.get_current_timezone() or UTC))


def _people(invitation: Invitation, mine: Collection[str], said: str) -> str:
    """Bob (organiser), Camille accepted, you have not replied."""
    host = invitation.organizer
    words = [gettext("%(name)s (organiser)") % {"name": _name(host)}] if host else []
    guests = [guest for guest in invitation.attendees if not host or guest[0].address.lower() != host.address.lower()]
    words += [_answer(person, answer, mine, said) for person, answer in guests[:NAMED]]
    if len(guests) > NAMED:
        words.append(gettext("%(count)d others") % {"count": len(guests) - NAMED})
    return ", ".join(words)


def _name(person: Address) -> str:
    return person.name or person.address


def _answer(guest: Address, answer: str, mine: Collection[str], said: str) -> str:
    if guest.address.lower() in mine:
        answers = {
            "accepted": gettext("you accepted"),
            "declined": gettext("you declined"),
            "tentative": gettext("you said perhaps"),
        }
        return answers.get(said or answer, gettext("you have not replied"))
    answers = {
        "accepted": gettext("%(name)s accepted"),
        "declined": gettext("%(name)s declined"),
        "tentative": gettext("%(name)s said perhaps"),
    }
    return answers.get(answer, "%(name)s") % {"name": _name(guest)}
