"""After a whole pass: what has been gone for a while is cleared away, with the letters that lie nowhere any more."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from mailbox import threads
from mailbox.models import Change, Message, Placement
from mailbox.sync.hold import Hold
from mailbox.sync.session import Session

GRACE = timedelta(minutes=10)  # a letter that went from one folder may turn up in another
MOST = 500  # rows of each kind in one pass


def tidy(session: Session) -> None:
    """Only after a pass in which every folder was brought up to date: a letter that lies nowhere then is gone."""
    if _waiting(session.mailbox.pk).exists():
        with session.writing():
            changed = threads.refresh(_lay_ghosts(session.mailbox.pk))
        session.tell(*(("folder", folder) for folder in changed))
    clear_away(session)


def clear_away(hold: Hold) -> None:
    """Gravestones, and the letters that lie nowhere any more."""
    before = timezone.now() - GRACE
    stones = Placement.objects.filter(folder__mailbox=hold.mailbox, gone_at__lt=before).exclude(_has_open_change())
    if not stones.exists():
        return
    with hold.writing():
        letters = dict(stones.values_list("pk", "message_id")[:MOST])
        Placement.objects.filter(pk__in=letters).delete()
        bare = Message.objects.filter(pk__in=letters.values(), placements=None)
        concerned = set(bare.values_list("thread", flat=True))
        bare.delete()
        changed = threads.refresh(concerned)
    hold.tell(*(("folder", folder) for folder in changed))


def _has_open_change() -> Exists:
    return Exists(Change.objects.open().filter(message=OuterRef("message")))


def _waiting(mailbox_id: int) -> QuerySet[Placement]:
    return Placement.objects.filter(folder__mailbox=mailbox_id, uid=None, gone_at=None).exclude(_has_open_change())


def _lay_ghosts(mailbox_id: int) -> set[int]:
    """A letter that a person moved and that never appeared where it went: the server told no UID, and no pass met it."""
    letters = dict(_waiting(mailbox_id).values_list("pk", "message_id")[:MOST])
    moves = Change.objects.filter(message__in=letters.values(), kind=Change.Kind.MOVE, done_at__lt=timezone.now() - GRACE)
    ghosts = Placement.objects.filter(pk__in=letters.keys() & {change.args["placement"] for change in moves})
    concerned = set(ghosts.values_list("message__thread", flat=True))
    ghosts.update(gone_at=timezone.now())
    return concerned
