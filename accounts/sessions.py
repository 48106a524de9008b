"""Where a person is signed in, in words, and the way to end it."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession

from accounts.models import User

# Most browsers claim to be the ones before them, so the order decides.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iPadOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@dataclass(frozen=True)
class Session:
    id: int
    browser: str  # Firefox; empty if it says nothing we know
    system: str  # Windows
    address: str  # of the network
    seen_at: datetime
    is_this: bool

    @property
    def is_phone(self) -> bool:
        return self.system in {"Android", "iOS"}


def sessions_of(user: User, here: str | None) -> list[Session]:
    """The live ones: `here`, the key of the asker's own, first, then the latest seen."""
    rows = UserSession.objects.purge_and_list(user)
    found = [
        Session(
            row.pk,
            _known(BROWSERS, row.user_agent),
            _known(SYSTEMS, row.user_agent),
            row.ip,
            row.last_seen_at,
            row.session_key == here,
        )
        for row in rows
    ]
    return sorted(found, key=lambda session: (not session.is_this, -session.seen_at.timestamp()))


def end(user: User, *, session_id: int | None = None, keep: str | None = None) -> int:
    """Sign this person out of one session, or of all but `keep` (a session key); how many ended."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep or "")
    if session_id is not None:
        rows = rows.filter(pk=session_id)
    ended = list(rows)
    for row in ended:
        row.end()
    return len(ended)


def _known(names: dict[str, str], agent: str) -> str:
    return next((name for mark, name in names.items() if mark in agent), "")
