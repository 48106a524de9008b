"""How much a Mailbox and a person may post to in an hour and a day: counted with the letter, in its own transaction."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from psycopg import Cursor

from accounts.letters import CannotSend
from accounts.models import User
from mailbox.models import Mailbox, Posted, many
from mailbox.outbox.clock import now
from mailbox.outbox.freezing import CannotPost

logger = logging.getLogger(__name__)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = 100  # addressees in an hour: what follows is a mass mailing, which single letters overtake

ADDED = """
    {holder} AS (
        INSERT INTO mailbox_posted ({holder}, hour, addressees)
        VALUES (%({holder})s, date_trunc('hour', statement_timestamp(), 'UTC'), %(count)s)
        ON CONFLICT ({holder}, hour) DO UPDATE SET addressees = mailbox_posted.addressees + EXCLUDED.addressees
        RETURNING hour, addressees)
"""
TOTAL = """
    SELECT hour, addressees, addressees + (
        SELECT coalesce(sum(earlier.addressees), 0) FROM mailbox_posted AS earlier
        WHERE {holder} = %({holder})s AND earlier.hour < now.hour AND earlier.hour > now.hour - interval '1 day')
    FROM {holder} AS now
"""


class OverLimit(CannotPost):
    """Too many addressees. `who` is the Mailbox or the person that has reached the limit."""

    def __init__(self, who: Mailbox | User, sentence: str) -> None:
        super().__init__("", sentence)
        self.who = who


@dataclass(frozen=True, slots=True)
class Holder:
    """A Mailbox or a person, as the column of Posted that names it."""

    who: Mailbox | User
    column: str

    @property
    def per_hour(self) -> int:
        return settings.SEND_PER_HOUR if self.who.most_per_hour is None else self.who.most_per_hour

    @property
    def per_day(self) -> int:
        return settings.SEND_PER_DAY if self.who.most_per_day is None else self.who.most_per_day


@dataclass(frozen=True, slots=True)
class Tally:
    """Addressees that have been counted; what came to what is read from `totals`."""

    holders: Sequence[Holder]
    count: int
    totals: "Cursor[tuple[datetime, int, int]]" = field(repr=False)

    def check(self) -> int:
        """How many the Mailbox has had in this hour. Raises OverLimit."""
        found = self.totals.fetchall()
        for holder, (hour, this_hour, this_day) in zip(self.holders, found, strict=True):
            _check(holder, self.count, hour, this_hour, this_day)
        return found[0][1]


def count(mailbox: Mailbox, user: User | None, addressees: int) -> Tally:
    """Count so many more for each who has a limit, in the caller's transaction."""
    holders = list(_holders(mailbox, user))
    added = ", ".join(ADDED.format(holder=one.column) for one in holders)
    totals = " UNION ALL ".join(TOTAL.format(holder=one.column) for one in holders)
    given = {"count": addressees, **{one.column: one.who.pk for one in holders}}
    return Tally(holders, addressees, many.ask(f"WITH {added} {totals}", given))


def refund(mailbox: Mailbox, user: User | None, count: int, moment: datetime) -> None:
    """Those of a letter that was posted at that moment and never left."""
    for holder in _holders(mailbox, user):
        hours = Posted.objects.filter(**{holder.column: holder.who.pk}, hour=_hour_of(moment))
        hours.update(addressees=Greatest(F("addressees") - count, 0))


def alert(over: OverLimit) -> None:
    """Tell the operators, once an hour for each who reaches a limit; after the transaction that was refused."""
    holder = next(one for one in _holders(*((over.who, None) if isinstance(over.who, Mailbox) else (None, over.who))))
    with transaction.atomic():
        row: dict[str, Any] = {holder.column: holder.who.pk, "hour": _hour_of(now())}
        Posted.objects.get_or_create(**row)
        if not Posted.objects.filter(**row, refused_at=None).update(refused_at=now()):
            return
    logger.warning("%s has reached the sending limit; letters are refused until it is lower again.", over.who)
    operators = list(User.objects.filter(is_staff=True, is_active=True).values_list("email", flat=True))
    if not settings.SYSTEM_MAILBOX or not operators:
        return
    try:
        send_mail(_("%(who)s has reached the sending limit") % {"who": over.who}, over.sentence, None, operators)
    except CannotSend as error:
        logger.warning("The operators could not be told (%s).", error)


def _holders(mailbox: Mailbox | None, user: User | None) -> Iterator[Holder]:
    if mailbox:
        yield Holder(mailbox, "mailbox_id")
    if user:
        yield Holder(user, "user_id")


def _check(holder: Holder, count: int, hour: datetime, this_hour: int, this_day: int) -> None:
    if this_hour > holder.per_hour:
        raise OverLimit(holder.who, _sentence(holder.per_hour, this_hour - count, hour + HOUR, _("an hour")))
    if this_day > holder.per_day:
        raise OverLimit(holder.who, _sentence(holder.per_day, this_day - count, _room_at(holder, hour), _("a day")))


def _room_at(holder: Holder, hour: datetime) -> datetime:
    """When the oldest hour that counts no longer does."""
    hours = Posted.objects.filter(**{holder.column: holder.who.pk}, hour__gt=hour - DAY, addressees__gt=0)
    return hours.order_by("hour").values_list("hour", flat=True)[0] + DAY


def _sentence(most: int, had: int, again: datetime, span: str) -> str:
    facts = {"most": f"{most:,}", "left": f"{max(most - had, 0):,}", "span": span, "time": date_format(again, "H:i")}
    return (
        _(
            "This house sends to %(most)s addresses %(span)s, and %(left)s of them are left. There is room again at %(time)s. "
            "Nothing was sent; the draft is kept."
        )
        % facts
    )


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
