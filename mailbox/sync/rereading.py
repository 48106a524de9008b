"""A letter that says nothing of its charset, or something untrue, is read in the one that a person chooses, from then on."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from accounts.models import User
from mailbox import index, ingest, live, threads
from mailbox.models import Message
from mailbox.reading.findable import findable
from mailbox.sync.rights import CannotChange, enter

# Labels of the WHATWG Encoding Standard, as a person knows them.
CHARSETS = {
    "utf-8": _noop("Unicode"),
    "euc-kr": _noop("Korean"),
    "windows-1252": _noop("Western European"),
    "iso-8859-2": _noop("Central European"),
    "windows-1251": _noop("Cyrillic"),
    "koi8-r": _noop("Cyrillic"),
    "iso-8859-7": _noop("Greek"),
    "windows-1254": _noop("Turkish"),
    "windows-1255": _noop("Hebrew"),
    "windows-1256": _noop("Arabic"),
    "windows-874": _noop("Thai"),
    "shift_jis": _noop("Japanese"),
    "euc-jp": _noop("Japanese"),
    "gb18030": _noop("Simplified Chinese"),
    "big5": _noop("Traditional Chinese"),
}


@transaction.atomic
def read_as(user: User, message: Message, charset: str) -> None:
    """Its page, its line in the lists and the search see it so; "" is what the letter says itself. Raises CannotChange."""
    enter(user, [message.mailbox_id])
    if charset and charset not in CHARSETS:
        raise CannotChange(_("Choose one of the encodings."))
    message.charset = charset
    letter = ingest.letter_of(message)
    message.snippet = ingest.snippet_of(letter)
    message.save(update_fields=["charset", "snippet"])
    index.rewrite([(message, findable(letter))])
    live.tell_of(message.mailbox_id, "folder", *threads.refresh([message.thread_id]))
    live.tell_of(message.mailbox_id, "thread", message.thread_id)
