"""Bounces that come back are tied to the letter and the addressee that they tell of; what cannot be true changes nothing.

by the token of the return path  |  our own header  |  the Message-ID    ->  the letter, of this very Mailbox
an addressee of that letter      |  the only one it had, by token        ->  failed, and perhaps not written to again; or
                                                                              confirmed, where it tells of success
"""

import logging
import re
from collections.abc import Iterator

from django.db import transaction
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from mailbox import ingest, live
from mailbox.mime.bounces import FAILED, read_bounce
from mailbox.mime.bounces import Bounce as Told
from mailbox.mime.letter import ReportedFate
from mailbox.models import Bounce, Message, Outgoing, Recipient
from mailbox.outbox import suppressing

logger = logging.getLogger(__name__)

State = Recipient.State

BATCH = 100
TOKEN = re.compile(r"\+b-([0-9a-f]{20})@")
FAILURES = {FAILED, "expired", "failure", "undeliverable"}  # what reporters write as Action
DELIVERED = "delivered"
OVER = {State.SENT, State.UNKNOWN}  # an addressee that is still being tried is the relay's business
CODE = re.compile(r"(?<!\d)([45]\d\d)(?=[ -])")
ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def read_due() -> None:
    """Those that came in since. One that our own code cannot read is left alone after this."""
    for bounce_id in Bounce.objects.filter(read_at=None).order_by("pk").values_list("pk", flat=True)[:BATCH]:
        try:
            _read(bounce_id)
        except Exception:
            logger.exception("Bounce %s cannot be read.", bounce_id)
            Bounce.objects.filter(pk=bounce_id).update(read_at=timezone.now())


def token_of(addresses: tuple[str, ...]) -> str:
    """The token of the return path that a bounce came back by; "" if it has none."""
    return next((found[1] for found in map(TOKEN.search, addresses) if found), "")


@transaction.atomic
def _read(bounce_id: int) -> None:
    bounce = Bounce.objects.select_for_update(of=("self",)).select_related("message").get(pk=bounce_id)
    told = read_bounce(ingest.letter_of(bounce.message))
    bounce.read_at = timezone.now()
    if told and (found := _letter_of(bounce.message, told)):
        bounce.outgoing, by_token = found
        _apply(bounce.outgoing, told, by_token=by_token)
    bounce.save(update_fields=["read_at", "outgoing"])


def _letter_of(message: Message, told: Told) -> tuple[Outgoing, bool] | None:
    """Whether the token says so is the second; nobody else than the servers on its way can know it."""
    if (token := token_of(told.arrived_at)) and (found := Outgoing.objects.filter(token=token).first()):
        return found, True
    ours = Outgoing.objects.filter(mailbox=message.mailbox_id)
    for name in (told.ours, *told.message_ids):
        if name and (found := ours.filter(message_id=name).first() or ours.filter(filed__message_id=name).first()):
            return found, False
    return None


def _apply(outgoing: Outgoing, told: Told, *, by_token: bool) -> None:
    rows = list(outgoing.recipients.select_for_update().order_by("pk"))
    pairs = list(_pairs(rows, told, by_token=by_token))
    arrived = [row.pk for row, fate in pairs if fate.action == DELIVERED and row.state in OVER]
    confirmed = {"state": State.SENT, "lease_token": None, "confirmed_at": Now(), "done_at": Coalesce("done_at", Now())}
    outgoing.recipients.filter(pk__in=arrived, confirmed_at=None).update(**confirmed)
    failed = [_fail(row, fate) for row, fate in pairs if fate.action in FAILURES]
    changed = [row for row in failed if row is not None]
    suppressing.learn(changed)
    if changed or arrived:
        live.tell_of(outgoing.mailbox_id, "outgoing", outgoing.pk)


def _pairs(rows: list[Recipient], told: Told, *, by_token: bool) -> Iterator[tuple[Recipient, ReportedFate]]:
    """Whom the bounce speaks of. An address that the letter never went to is believed only with the token, and only where
    there is no doubt: the addressee had it forwarded."""
    by_address = {row.address.lower(): row for row in rows}
    pairs = {}
    for fate in told.fates:
        row = by_address.get(fate.original.lower()) or by_address.get(fate.recipient.lower())
        if row and row.pk not in pairs:
            pairs[row.pk] = row, fate
    if not pairs and by_token and len(rows) == 1:
        fates = told.fates or (ReportedFate(rows[0].address, action=FAILED),)
        pairs[rows[0].pk] = rows[0], fates[0]
    yield from pairs.values()


def _fail(row: Recipient, fate: ReportedFate) -> Recipient | None:
    """What the bounce says stands where the accepting server's 250 stood. Its sender knows: the bounce lies in the inbox."""
    if row.state not in OVER:
        return None
    code, enhanced = CODE.search(fate.diagnostic), ENHANCED.fullmatch(fate.status) or ENHANCED.search(fate.diagnostic)
    row.code = int(code[1]) if code else int(f"{enhanced[0][0]}50") if enhanced and enhanced[0][0] in "45" else 550
    row.enhanced = enhanced[0] if enhanced else ""
    row.reply, row.host, row.trouble = fate.diagnostic, fate.host or row.host, ""
    row.state, row.lease_token = State.FAILED, None
    row.done_at = row.told_at = row.bounced_at = timezone.now()
    columns = ["code", "enhanced", "reply", "host", "trouble", "state", "lease_token", "done_at", "told_at", "bounced_at"]
    row.save(update_fields=columns)
    return row
