"""The letters that were begun here, newest first, and for a day those that were thrown away: rows for the drafts list."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from accounts.models import User
from mailbox.mime.headers import read_addresses
from mailbox.mime.letter import Address
from mailbox.models import Draft, ThreadFolder, Upload
from mailbox.templatetags.look import initials

SHOWN = 100
PREVIEW = 160  # characters


@dataclass(frozen=True, slots=True)
class Row:
    draft: Draft
    who: str
    stamp: str  # the address that gives the stamp its colour; empty: nobody yet
    initials: str
    preview: str


@dataclass(frozen=True, slots=True)
class Begun:
    drafts: list[Row]
    discarded: list[Row]

    def __bool__(self) -> bool:
        return bool(self.drafts or self.discarded)


def begun(user: User) -> Begun:
    has_files = Exists(Upload.objects.filter(draft=OuterRef("pk")))
    found = Draft.objects.of(user).filter(sent_at=None).annotate(has_files=has_files).order_by("-updated_at", "-pk")
    return Begun(
        [_row(draft) for draft in found.filter(discarded_at=None)[:SHOWN]],
        [_row(draft) for draft in found.exclude(discarded_at=None)[:SHOWN]],
    )


def without_copies(user: User, places: list[ThreadFolder]) -> list[ThreadFolder]:
    """The rows that hold more than copies of drafts which are listed as themselves."""
    folders = {place.folder_id for place in places}
    mine = Draft.objects.of(user).filter(sent_at=None, placement__folder__in=folders, placement__gone_at=None)
    if not user.conversations:
        return [place for place in places if place.pk not in set(mine.values_list("placement", flat=True))]
    copies = Counter(mine.values_list("placement__message__thread", "placement__folder"))
    return [place for place in places if place.count > copies[place.thread_id, place.folder_id]]


def _row(draft: Draft) -> Row:
    people = read_addresses(draft.to, draft.cc, draft.bcc)
    names = ", ".join(person.name or person.address for person in people[:3]) or gettext("To nobody yet")
    own_words = draft.text.partition("\n-- \n")[0][: 2 * PREVIEW]
    first = people[0] if people else Address("", "")
    return Row(draft, names, first.address, initials(first.name or first.address), " ".join(own_words.split())[:PREVIEW])
