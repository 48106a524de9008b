"""Labels: a person gives letters one or takes it away; it is on the letter wherever it lies, and the server is told."""

from functools import reduce
from operator import or_

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
from mailbox.sync.tokens import Undo


@transaction.atomic
def label(user: User, placements: Places, name: str, on: bool, *, batch: str = "") -> Undo:
    """The letters of these placements, with all their copies in the same Mailbox; `count` is of the copies too. A label that
    a Mailbox does not know yet is made. Raises CannotChange."""
    try:
        name = checked(name)
    except BadArgument as error:
        raise CannotChange(_("A label needs a name of 1 to 40 plain characters.")) from error
    copies = Placement.objects.live().filter(message__in=placements.values("message"))
    mailboxes = set(copies.values_list("folder__mailbox", flat=True).order_by())
    done = changes.set_keyword(user, copies, {one: _keyword(one, name) for one in mailboxes}, on, batch=batch)
    if on:
        known = [Label(mailbox_id=one, keyword=_keyword(one, name), name=name) for one in mailboxes]
        Label.objects.bulk_create(known, ignore_conflicts=True)
    return done


@transaction.atomic
def rename(user: User, placements: Places, old: str, new: str, *, batch: str = "") -> Undo:
    """The new label comes in the place of the old one; `count` is of the letters that had it. Raises CannotChange."""
    given = label(user, placements, new, True, batch=batch)
    taken = label(user, placements, old, False, batch=batch)
    return Undo("", taken.count, given.first or taken.first, taken.last or given.last)


def carrying(user: User, name: str) -> Places:
    """The letters of that label, as far as the person may change them."""
    mine = Label.objects.named(name).filter(mailbox__access__user=user, mailbox__access__role__in=Access.CHANGES)
    kinds = [Q(folder__mailbox=one, keywords__contains=[keyword]) for one, keyword in mine.values_list("mailbox", "keyword")]
    letters = Placement.objects.of(user).live().exclude(keywords=[])
    return letters.filter(reduce(or_, kinds)) if kinds else letters.none()


def carries(placements: Places, name: str) -> bool:
    """Whether every one of these letters has the label."""
    keywords = Label.objects.named(name).values_list("mailbox", "keyword")
    by_mailbox = dict(keywords.filter(mailbox__in=placements.values("folder__mailbox")))
    lying = list(placements.values_list("folder__mailbox", "keywords"))
    return bool(lying) and all(by_mailbox.get(mailbox) in words for mailbox, words in lying)


def _keyword(mailbox_id: int, name: str) -> str:
    """As this Mailbox calls it already, else as its server will understand it."""
    known = Label.objects.filter(mailbox=mailbox_id).named(name).values_list("keyword", flat=True).first()
    if known:
        return known
    gmail = Folder.objects.filter(mailbox=mailbox_id, is_label=True).exists()
    return gmail_label_of(name) if gmail else keyword_of(name)
