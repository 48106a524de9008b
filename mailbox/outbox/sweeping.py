"""The owner of every state that is neither final nor due: leased by a dead worker, unknown, held."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from mailbox import live
from mailbox.models import Attempt, Destination, Mailbox, Outgoing, Posted, Recipient, Site
from mailbox.models.outgoing import DUE_STATES
from mailbox.outbox import filed
from mailbox.outbox.clock import now
from mailbox.outbox.rules import Rules
from mailbox.outbox.settling import digest_of

State = Recipient.State

BATCH = 200
CALM = 2  # crashes after which a letter waits its turn before it is tried again: perhaps the letter is what kills us
COUNTED = timedelta(days=2)
REMEMBERED = timedelta(days=30)
LAST_TRY = timedelta(hours=1)  # the last try is at the very end of a letter's life
DIED = "Our own worker stopped in the middle of this."


@transaction.atomic
def recover(rules: Rules) -> None:
    """Addressees whose worker has died. Without the final dot nobody can have the letter: they are due at once. With it
    nobody knows whether somebody has."""
    rows = Recipient.objects.filter(state=State.LEASED, lease_until__lt=Now()).order_by("pk")
    lost = list(rows.select_for_update(skip_locked=True)[:BATCH])
    letters = {recipient.outgoing_id for recipient in lost}
    leases = {recipient.pk: recipient.lease_token for recipient in lost}
    dotted = Attempt.objects.filter(outgoing__in=letters, phase=Attempt.Phase.DOT_SENT, lease_token__in=set(leases.values()))
    doubtful = _doubt(dotted.order_by("pk"), leases)
    _note_the_dead([recipient for recipient in lost if recipient.pk not in doubtful], rules)
    for recipient in lost:
        _recover(recipient, dotted=recipient.pk in doubtful)
    Recipient.objects.bulk_update(lost, ["state", "next_at", "lease_until", "lease_token", "trouble"])
    _tell(letters)


def _doubt(dotted: Iterable[Attempt], leases: Mapping[int, UUID | None]) -> set[int]:
    """Those of the lost whose dot has gone under the lease that they are lost from: their talk gets this verdict for them."""
    doubtful: set[int] = set()
    for attempt in dotted:
        places = [place for place, pk in enumerate(attempt.recipients) if leases.get(pk) == attempt.lease_token]
        for place in places:
            attempt.verdicts[place] = Attempt.Verdict.UNKNOWN
        if places:
            doubtful.update(attempt.recipients[place] for place in places)
            attempt.trouble, attempt.finished_at = DIED, now() if all(attempt.verdicts) else None
            attempt.save(update_fields=["verdicts", "trouble", "finished_at"])
    return doubtful


def _note_the_dead(lost: Sequence[Recipient], rules: Rules) -> None:
    """A talk that had not come to its dot: nobody has written it down so far."""
    talks: dict[tuple[int, UUID | None], list[Recipient]] = defaultdict(list)
    for recipient in lost:
        talks[recipient.outgoing_id, recipient.lease_token].append(recipient)
    for (letter, _), people in talks.items():
        ids, verdicts = [one.pk for one in people], [Attempt.Verdict.LATER] * len(people)
        heard = (people[0].lease_until or now()) - rules.lease  # of its worker for the last time; when it began stands nowhere
        Attempt.objects.create(
            outgoing_id=letter, recipients=ids, verdicts=verdicts, trouble=DIED, started_at=heard, finished_at=now()
        )


def _recover(recipient: Recipient, *, dotted: bool) -> None:
    """An unknown one keeps its token: should its worker only have slept, it still knows the answer."""
    recipient.lease_until = None
    recipient.trouble = ""
    if dotted:
        recipient.state, recipient.next_at = State.UNKNOWN, now()
        return
    recipient.state, recipient.lease_token = State.QUEUED, None
    if recipient.attempts <= CALM:
        recipient.next_at = now()


def find_copies(rules: Rules) -> None:
    """Unknown letters that went by a provider which files what it takes: a copy in Sent that is not ours is the proof."""
    fresh = Recipient.objects.filter(state=State.UNKNOWN, next_at__gt=Now() - rules.look_for)
    for outgoing in Outgoing.objects.filter(recipients__in=fresh).select_related("mailbox").distinct()[:BATCH]:
        if filed.is_proven(outgoing):
            _move(outgoing.recipients.filter(state=State.UNKNOWN), state=State.SENT, done_at=Now(), lease_token=None)


def resend(rules: Rules) -> None:
    """Unknown letters again, byte by byte the same, where the operator would rather have two than none."""
    if settings.RELAY_UNKNOWN == "resend":
        old = Recipient.objects.filter(state=State.UNKNOWN, next_at__lte=Now() - rules.resend_after)
        _move(old, state=State.QUEUED, next_at=Now(), lease_token=None)


def release() -> None:
    """Held letters whose Mailbox has another password than the one that was refused."""
    for mailbox in Mailbox.objects.filter(queue__recipients__state=State.HELD).distinct():
        other = Q(outgoing__mailbox=mailbox, stopped=False) & ~Q(outgoing__held_with=digest_of(mailbox))
        _move(Recipient.objects.filter(other, state=State.HELD), state=State.QUEUED, next_at=Now())


def give_up() -> None:
    """Letters whose life is over while they were held, or while they waited for a site that nobody could reach."""
    held = Recipient.objects.filter(state=State.HELD, outgoing__expires_at__lt=Now())
    waiting = Recipient.objects.filter(state__in=DUE_STATES, outgoing__expires_at__lt=Now() - LAST_TRY)
    for over in (held, waiting):
        _move(over, state=State.FAILED, done_at=Now())


def forget() -> None:
    """What is of no use any more: hours that count for no limit, and sites that nobody has written to for long."""
    Posted.objects.filter(hour__lt=Now() - COUNTED).delete()
    Destination.objects.filter(seen_at__lt=Now() - REMEMBERED).delete()
    Site.objects.filter(last_ok_at__lt=Now() - REMEMBERED, failures=0).delete()


@transaction.atomic
def _move(rows: QuerySet[Recipient], **columns: object) -> None:
    """Change these rows and tell the pages that show them."""
    found = rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", "outgoing")
    ids = dict(found)
    Recipient.objects.filter(pk__in=ids).update(**columns)
    _tell(set(ids.values()))


def _tell(outgoing_ids: Iterable[int]) -> None:
    for outgoing_id, mailbox_id in Outgoing.objects.filter(pk__in=outgoing_ids).values_list("pk", "mailbox"):
        live.tell_of(mailbox_id, "outgoing", outgoing_id)
