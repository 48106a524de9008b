"""Undo: whatever deed a token is of, it is taken back."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from mailbox.sync import bulk, changes, muting, parting, snoozing
from mailbox.sync.rights import CannotChange
from mailbox.sync.tokens import opened

UNDO: dict[str, Callable[..., int]] = {
    changes.FILED: changes.undo_batch,
    snoozing.SNOOZED: snoozing.undo,
    muting.MUTED: muting.undo,
    bulk.BULK: bulk.undo,
    parting.JOINED: parting.undo_join,
    parting.SPLIT: parting.undo_split,
}


def undo(user: User, token: str) -> int:
    """How much was taken back. Raises CannotChange for a token that is not this person's or is too old."""
    kind, facts = opened(user, token)
    deed: Callable[..., Any] | None = UNDO.get(kind)
    if deed is None:
        raise CannotChange(_("This can no longer be undone."))
    return int(deed(user, *facts))
