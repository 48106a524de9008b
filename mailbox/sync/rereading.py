"""A letter that says nothing of its charset, or something untrue, is read in the one that a person chooses, from then on."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from mailbox import index, ingest, live, threads
from mailbox.models import Message
from mailbox.sync.rights import CannotChange, enter

# As people know them; the labels are those of the WHATWG Encoding Standard.
CHARSETS = {
    "utf-8": "Unicode (UTF-8)",
    "euc-kr": "한국어 (EUC-KR)",
    "windows-1252": "Western European",
    "iso-8859-2": "Central European",
    "windows-1251": "Кириллица (Windows)",
    "koi8-r": "Кириллица (KOI8-R)",
    "iso-8859-7": "Ελληνικά",
    "windows-1254": "Türkçe",
    "windows-1255": "עברית",
    "windows-1256": "العربية",
    "windows-874": "ไทย",
    "shift_jis": "日本語 (Shift_JIS)",
    "euc-jp": "日本語 (EUC-JP)",
    "gb18030": "简体中文 (GB18030)",
    "big5": "繁體中文 (Big5)",
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
    index.rewrite([(message, index.findable(letter))])
    live.tell_of(message.mailbox_id, "folder", *threads.refresh([message.thread_id]))
    live.tell_of(message.mailbox_id, "thread", message.thread_id)
