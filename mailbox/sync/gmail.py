"""Gmail: every letter lies once in All Mail, and its other folders are labels, which come with the flags of the letter.

Inbox, Sent, Drafts, Spam, Trash and All Mail are mirrored as folders. A label is none: it is learnt from the listing, and
its letters from X-GM-LABELS. Where a person hides All Mail from IMAP, every folder is mirrored like any other server's.
"""

from datetime import timedelta

from django.utils import timezone

from mailbox import threads
from mailbox.imap.labels import name_of
from mailbox.models import Change, Folder, Label, Placement
from mailbox.sync.session import Session

AUDIT_EVERY = timedelta(days=7)  # of every letter's labels: a label that gets another name tells no letter of it
OWN = ("[gmail]", "[google mail]")  # what lies below is no label of the person's: Starred, Important
UNSEEN = {"uidvalidity": 0, "uidnext": 1, "highestmodseq": 0, "backfill_low_uid": None, "mirrored": 0, "server_messages": 0}


def sort(session: Session) -> None:
    """After a listing: which folders are labels."""
    if not session.client.has_labels:
        return
    listed = Folder.objects.filter(mailbox=session.mailbox, missing_since=None, selectable=True)
    own = listed.filter(role=Folder.Role.NONE)
    labels = own if listed.filter(role=Folder.Role.ALL).exists() else own.none()
    became, ceased = list(labels.filter(is_label=False)), own.filter(is_label=True).exclude(pk__in=labels.values("pk"))
    if became:
        with session.writing():
            _empty(became)
    ceased.update(is_label=False)
    _know(session, {name for name in labels.values_list("wire_name", flat=True) if not name.lower().startswith(OWN)})


def must_audit(session: Session, folder: Folder) -> bool:
    """Whether the labels of all its letters are to be looked at, though nothing seems to have changed."""
    if not session.client.has_labels or folder.backfill_low_uid != 0:
        return False
    return folder.compared_at is None or timezone.now() - folder.compared_at > AUDIT_EVERY


def _empty(folders: list[Folder]) -> None:
    """What lies in them lies in All Mail too."""
    lying = Placement.objects.filter(folder__in=folders)
    concerned = set(lying.values_list("message__thread", flat=True))
    lying.delete()
    Folder.objects.filter(pk__in=[folder.pk for folder in folders]).update(is_label=True, **UNSEEN)
    threads.refresh(concerned)


def _know(session: Session, listed: set[str]) -> None:
    """The labels of the listing. One that is gone from it may have another name now: then every letter is asked."""
    if Change.objects.open().filter(mailbox=session.mailbox, kind=Change.Kind.KEYWORD).exists():
        return  # one that a person has just made is not listed before the server has heard of it
    labels = Label.objects.filter(mailbox=session.mailbox)
    known = set(labels.values_list("keyword", flat=True))
    fresh = [Label(mailbox=session.mailbox, keyword=name[:200], name=name_of(name)[:200]) for name in listed - known]
    Label.objects.bulk_create(fresh, ignore_conflicts=True)
    if listed and labels.exclude(keyword__in=listed).delete()[0]:
        Folder.objects.filter(mailbox=session.mailbox).update(compared_at=None)
