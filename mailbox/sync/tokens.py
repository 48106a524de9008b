"""The way back from a deed: a signed word that a page holds for a while and nobody else can use."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox.sync.rights import CannotChange

UNDO_FOR = timedelta(days=1)
SALT = "mailbox.undo"


@dataclass(frozen=True, slots=True)
class Undo:
    """`token` takes the deed back (see `undoing`); `count` letters or conversations were touched; the Changes that came of
    it lie between `first` and `last`."""

    token: str
    count: int
    first: int = 0
    last: int = 0


def seal(user: User, kind: str, *facts: object) -> str:
    return signing.dumps([user.pk, kind, *facts], salt=SALT, compress=True)


def opened(user: User, token: str) -> tuple[str, list[Any]]:
    """The kind of deed and its facts. Raises CannotChange for a token that is not this person's or is too old."""
    try:
        owner, kind, *facts = signing.loads(token, salt=SALT, max_age=UNDO_FOR)
    except (signing.BadSignature, ValueError):
        owner, kind, facts = 0, "", []
    if owner != user.pk:
        raise CannotChange(_("This can no longer be undone."))
    return kind, facts
