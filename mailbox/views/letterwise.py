"""For people who want letters and no conversations: each letter is a row of its own, made to look like that of a conversation."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from mailbox.imap.labels import is_label
from mailbox.models import Flag, Folder, Placement, ThreadFolder
from mailbox.views.rows import SENT, Cursor


def page(user: User, folders: Mapping[int, Folder], *, show: str, before: Cursor | None, size: int) -> list[ThreadFolder]:
    """As `ThreadFolder.objects.page`."""
    ids = Placement.objects.page(user, folders, show=show, before=before, size=size)
    return places(Placement.objects.filter(pk__in=ids), folders)


def places(letters: Iterable[Placement], folders: Mapping[int, Folder]) -> list[ThreadFolder]:
    """Newest first."""
    found = Placement.objects.filter(pk__in=[letter.pk for letter in letters]).select_related("message")
    return [place_of(letter, folders[letter.folder_id]) for letter in found.order_by("-sort_at", "-pk")]


def place_of(letter: Placement, folder: Folder) -> ThreadFolder:
    """The row of a conversation of that one letter; its number is that of the placement."""
    message = letter.message
    place = ThreadFolder(
        pk=letter.pk,
        thread_id=message.thread_id,
        folder_id=letter.folder_id,
        last_at=letter.sort_at,
        count=1,
        unread=int(not letter.flags & Flag.SEEN),
        flagged=int(bool(letter.flags & Flag.FLAGGED)),
        has_attachments=message.has_attachments,
        people=message.addressees if folder.role in SENT else [[message.from_name, message.from_address]],
        subject=message.subject,
        snippet=message.snippet,
        labels=[keyword for keyword in letter.keywords if is_label(keyword)],
    )
    place.letters, place.letter = 1, message.pk  # type: ignore[attr-defined]  # as the page query gives them
    return place
