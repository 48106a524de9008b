"""Labels: a person gives letters one or takes it away; it is on the letter wherever it lies, and the server is told."""

from collections import defaultdict
from functools import reduce
from operator import or_
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox.imap.errors import BadArgument
from mailbox.imap.labels import checked, gmail_label_of, keyword_of
from mailbox.models import Access, Folder, Label, Placement
from mailbox.sync import changes
from mailbox.sync.changes import Places
from mailbox.sync.rights import CannotChange
from mailbox.sync.tokens import Undo, seal


@transaction.atomic
def label(user: User, placements: Places, name: str, on: bool, *, batch: str = "") -> Undo:
    """The letters of these placements, with all their copies in the same Mailbox; `count` is of the copies too. A label that
    a Mailbox does not know yet is made. Raises CannotChange."""
    copies = Placement.objects.live().filter(message__in=placements.values("message"))
    return _give(user, copies, proper(name), batch) if on else _take(user, copies, name, batch)


@transaction.atomic
def rename(user: User, placements: Places, old: str, new: str, *, batch: str = "") -> Undo:
    """The new label comes in the place of the old one; `count` is of the letters that had it. Raises CannotChange."""
    copies = Placement.objects.live().filter(message__in=placements.values("message"))
    given = _give(user, copies, proper(new), batch)
    taken = _take(user, copies, old, batch, but=new)
    return Undo("", taken.count, given.first or taken.first, taken.last or given.last)


def proper(name: str) -> str:
    """The name as it is kept. Raises CannotChange for what cannot be a label."""
    try:
        return checked(name)
    except BadArgument as error:
        raise CannotChange(_("A label needs a name of 1 to 40 plain characters.")) from error


def _give(user: User, copies: Places, name: str, batch: str) -> Undo:
    keywords = {one: _keyword(one, name) for one in _mailboxes(copies)}
    done = changes.set_keyword(user, copies, keywords, True, batch=batch)
    known = [Label(mailbox_id=one, keyword=keyword, name=name) for one, keyword in keywords.items()]
    Label.objects.bulk_create(known, ignore_conflicts=True)
    return done


def _take(user: User, copies: Places, name: str, batch: str, *, but: str = "") -> Undo:
    """Every keyword of that name, as several programs may have spelled it. `but`: what that label is there stays."""
    homes, batch = _mailboxes(copies), batch or uuid4().hex
    kept = {(one, _keyword(one, but)) for one in homes} if but else set()
    known = Label.objects.filter(mailbox__in=homes).named(name).order_by("pk").values_list("mailbox", "keyword")
    spelled: dict[int, list[str]] = defaultdict(list)
    for one, keyword in known:
        spelled[one] += [keyword] if (one, keyword) not in kept else []
    done = [
        changes.set_keyword(user, copies.filter(folder__mailbox=one), {one: keyword}, False, batch=batch)
        for one in sorted(spelled)
        for keyword in spelled[one]
    ]
    ids = [one for undo in done for one in (undo.first, undo.last) if one] or [0]
    token = seal(user, changes.FILED, sorted(homes), min(ids), max(ids), batch)
    return Undo(token, sum(undo.count for undo in done), min(ids), max(ids))


def _mailboxes(copies: Places) -> set[int]:
    return set(copies.values_list("folder__mailbox", flat=True).order_by())


def carrying(user: User, name: str) -> Places:
    """The letters of that label, as far as the person may change them. Raises CannotChange where Gmail keeps it: there a label
    is a folder."""
    mine = Label.objects.named(name).filter(mailbox__access__user=user, mailbox__access__role__in=Access.CHANGES)
    kinds = [Q(folder__mailbox=one, keywords__contains=[keyword]) for one, keyword in mine.values_list("mailbox", "keyword")]
    if Folder.objects.filter(mailbox__in=mine.values("mailbox"), is_label=True).exists():
        raise CannotChange(_("Gmail keeps this label. Change it there; it is then changed here too."))
    letters = Placement.objects.of(user).live().exclude(keywords=[])
    return letters.filter(reduce(or_, kinds)) if kinds else letters.none()


def carries(placements: Places, name: str) -> bool:
    """Whether every one of these letters has the label."""
    keywords = Label.objects.named(name).filter(mailbox__in=placements.values("folder__mailbox"))
    known = set(keywords.values_list("mailbox", "keyword"))
    lying = list(placements.values_list("folder__mailbox", "keywords"))
    return bool(lying) and all(any((home, word) in known for word in words) for home, words in lying)


def _keyword(mailbox_id: int, name: str) -> str:
    """As this Mailbox calls it already, else as its server will understand it."""
    known = Label.objects.filter(mailbox=mailbox_id).named(name).order_by("pk").values_list("keyword", flat=True).first()
    if known:
        return known
    gmail = Folder.objects.filter(mailbox=mailbox_id, is_label=True).exists()
    return gmail_label_of(name) if gmail else keyword_of(name)
