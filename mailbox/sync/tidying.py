"""After a whole pass: what has been gone for a while is cleared away, with the letters that lie nowhere any more."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from mailbox import threads
from mailbox.models import Change, Message, Placement
from mailbox.sync.hold import Hold
from mailbox.sync.session import Session

GRACE = timedelta(minutes=10)  # a letter that went from one folder may turn up in another
MOST = 500  # rows of each kind in one pass


def tidy(session: Session) -> None:
    """Only after a pass in which every folder was brought up to date: a letter that lies nowhere then is gone."""
    if waiting(session.mailbox.pk).exists():
        with session.writing():
            changed = threads.refresh(_lay_ghosts(session.mailbox.pk))
        session.tell(*(("folder", folder) for folder in changed))
    clear_away(session)


def clear_away(hold: Hold) -> None:
    """Gravestones, and the letters that lie nowhere any more."""
    if not stones(hold.mailbox.pk).exists():
        return
    with hold.writing():
        letters = dict(stones(hold.mailbox.pk).values_list("pk", "message_id")[:MOST])
        Placement.objects.filter(pk__in=letters).delete()
        bare = Message.objects.filter(pk__in=letters.values(), placements=None)
        concerned = set(bare.values_list("thread", flat=True))
        bare.delete()
        changed = threads.refresh(concerned)
    hold.tell(*(("folder", folder) for folder in changed))


def _has_open_change() -> Exists:
    return Exists(Change.objects.open().filter(message=OuterRef("message")))


def stones(mailbox: int | OuterRef) -> QuerySet[Placement]:
    """What has been gone for so long that it will not turn up again."""
    old = Placement.objects.filter(folder__mailbox=mailbox, gone_at__lt=Now() - GRACE)
    return old.exclude(_has_open_change())


def waiting(mailbox: int | OuterRef) -> QuerySet[Placement]:
    """What lies where a person put it, and the server has not told its UID."""
    return Placement.objects.filter(folder__mailbox=mailbox, uid=None, gone_at=None).exclude(_has_open_change())


def _lay_ghosts(mailbox_id: int) -> set[int]:
    """A letter that a person moved and that never appeared where it went: the server told no UID, and no pass met it."""
    letters = dict(waiting(mailbox_id).values_list("pk", "message_id")[:MOST])
    moves = Change.objects.filter(message__in=letters.values(), kind=Change.Kind.MOVE, done_at__lt=timezone.now() - GRACE)
    ghosts = Placement.objects.filter(pk__in=letters.keys() & {change.args["placement"] for change in moves})
    concerned = set(ghosts.values_list("message__thread", flat=True))
    ghosts.update(gone_at=timezone.now())
    return concerned
