"""What a person can do with a conversation where it lies: the buttons of a row, of the reader and of the chosen ones."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailbox.models import Folder

Role = Folder.Role


@dataclass(frozen=True, slots=True)
class Act:
    """`path` follows the conversation's address ("archive", "read?on=1" ...), `do` is its name in the bulk form, `sure` is said
    before something that cannot be undone."""

    do: str
    label: Promise
    icon: str
    key: str
    path: str
    danger: bool = False
    sure: Promise | str = ""

    @property
    def joint(self) -> str:
        """What stands between `path` and the rest of the query."""
        return "&" if "?" in self.path else "?"


ARCHIVE = Act("archive", pgettext_lazy("action", "Archive"), icon="archive", key="E", path="archive")
TRASH = Act("trash", _("Delete"), icon="trash-2", key="#", path="trash", danger=True)
SPAM = Act("spam", _("Move to spam"), icon="shield-alert", key="!", path="spam")
NOT_SPAM = Act("inbox", _("Not spam"), icon="shield-check", key="!", path="inbox")
TO_INBOX = Act("inbox", _("Move to inbox"), icon="inbox", key="E", path="inbox")
FOR_EVER = Act(
    "for_ever",
    _("Delete for ever"),
    icon="trash-2",
    key="#",
    path="for-ever",
    danger=True,
    sure=_("These letters are deleted here and on the server, and nobody can bring them back."),
)
READ = Act("read", _("Mark read"), icon="mail-open", key="U", path="read?on=1")
UNREAD = Act("unread", _("Mark unread"), icon="mail", key="U", path="read?on=0")
STAR = Act("star", _("Star"), icon="star", key="S", path="star?on=1")
JOIN = Act("join", _("Join into one conversation"), icon="merge", key="Shift J", path="")
UNSTAR = Act("unstar", _("Remove star"), icon="star", key="S", path="star?on=0")

BY_ROLE: dict[str, tuple[Act, ...]] = {
    Role.INBOX: (ARCHIVE, TRASH, SPAM),
    Role.NONE: (ARCHIVE, TRASH, SPAM),
    Role.ALL: (TRASH, SPAM),
    Role.ARCHIVE: (TO_INBOX, TRASH, SPAM),
    Role.SENT: (TRASH,),
    Role.DRAFTS: (TRASH,),
    Role.JUNK: (NOT_SPAM, TRASH),
    Role.TRASH: (TO_INBOX, FOR_EVER),
    "snoozed": (ARCHIVE, TRASH),
}


def filing(role: str) -> tuple[Act, ...]:
    """Where letters that lie in a folder of that role can go by one press; the unified lists count as inboxes."""
    return BY_ROLE.get(role, BY_ROLE[Role.INBOX])


def row_acts(role: str) -> tuple[Act, ...]:
    """The tools that show over a row; of "read" and "unread" only the one that would change something."""
    first, *rest = filing(role)
    return first, READ, UNREAD, *(act for act in rest if act.danger)


def bulk_acts(role: str, *, joins: bool = True) -> tuple[Act, ...]:
    """For the chosen ones; a narrow bar shows the first three or four and keeps the rest in its menu."""
    first, *rest = filing(role)
    last = (UNREAD, STAR, JOIN) if joins else (UNREAD, STAR)
    return first, *(act for act in rest if act.danger), READ, *(act for act in rest if not act.danger), *last
