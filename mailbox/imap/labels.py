"""Labels: keywords that people give letters, by a name on the page and by an atom on the wire (RFC 9051 section 2.3.2)."""

import re
from functools import lru_cache

from mailbox.imap import utf7
from mailbox.imap.errors import BadArgument

LONGEST = 40  # characters of a name; Dovecot takes atoms of 50 octets
HERE = "%"  # before the keyword of a label that its server does not keep; no atom can hold it
# What programs mark letters with, and no person ever chose. Whatever begins with $ is one of them (RFC 5788), but for the
# five labels that Thunderbird is delivered with.
OF_PROGRAMS = frozenset({"junk", "nonjunk", "notjunk", "spam", "forwarded", "redirected", "mdnsent", "old", "recent"})
OF_THUNDERBIRD = {"$label1": "Important", "$label2": "Work", "$label3": "Personal", "$label4": "To do", "$label5": "Later"}
_NOT_ATOMIC = re.compile(r"[^!#$&\'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")


def is_label(keyword: str) -> bool:
    if keyword.startswith(("$", "\\")):
        return keyword.lower() in OF_THUNDERBIRD
    return bool(keyword) and keyword.lower() not in OF_PROGRAMS


def lives_here(keyword: str) -> bool:
    """No server knows it, so none can take it away."""
    return keyword.startswith(HERE)


@lru_cache(maxsize=4096)
def name_of(keyword: str) -> str:
    """As a person reads it."""
    return OF_THUNDERBIRD.get(keyword.lower()) or utf7.decode(keyword.removeprefix(HERE))


def keyword_of(name: str) -> str:
    """An atom, of which any client that knows modified UTF-7 reads the name again: blanks and what else an atom cannot hold
    are shifted too. Raises BadArgument for what cannot be a label."""
    return _NOT_ATOMIC.sub(lambda found: utf7.shift(found[0]), checked(name).replace("&", "&-"))


def gmail_label_of(name: str) -> str:
    """X-GM-LABELS is quoted and takes the name of a folder."""
    return utf7.encode(checked(name))


def checked(name: str) -> str:
    """The name as it is kept, blanks drawn together. Raises BadArgument."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST or name.startswith(("\\", "$", "-", HERE)) or not is_label(utf7.encode(name)):
        raise BadArgument("A label needs a name of 1 to 40 plain characters.")
    return name
