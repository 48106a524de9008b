"""Why a search was not read as it was typed, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INSTEAD = _("It was searched as plain words.")
TROUBLES: dict[str, Promise] = {
    "date": _("“%(piece)s” is not a date. Write 2026-03-17, 2026-03 or 2026."),
    "age": _("“%(piece)s” is not an age. Write 3d, 2w, 6m or 1y."),
    "size": _("“%(piece)s” is not a size. Write 500K or 10M."),
    "number": _("“%(piece)s” is not the number of a conversation."),
    "is": _("A letter cannot be “%(piece)s”. It can be unread, read, starred or answered."),
    "has": _("A letter cannot have “%(piece)s”. It can have an attachment, pdf, image, audio, video or invite."),
    "bracket": _("A bracket stands alone: “%(piece)s”."),
    "deep": _("There are too many brackets within brackets."),
    "many": _("There are too many words."),
}
OTHERS: dict[str, Promise] = {
    "long": _("Only the first 1,000 characters were searched."),
    "patience": _("This search takes too long. Add a word, a person or a date."),
}


def trouble_of(trouble: tuple[str, str]) -> str:
    """One or two sentences; empty where there is no trouble."""
    kind, piece = trouble
    if kind in TROUBLES:
        return f"{TROUBLES[kind] % {'piece': piece[:40]}} {INSTEAD}"
    return str(OTHERS.get(kind, ""))
