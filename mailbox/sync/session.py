"""One line to a person's server under one lease, and the transactions in which what it says is written."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from types import TracebackType
from typing import Self, TypeVar

from django.conf import settings

from mailbox.imap.client import ImapClient
from mailbox.imap.codes import Selected
from mailbox.imap.items import Since
from mailbox.imap.limits import LIMITS, TIMEOUTS
from mailbox.models import Change, Flag, Folder, Mailbox
from mailbox.sync import budget, presence
from mailbox.sync.hold import RENEW_EVERY, Hold
from mailbox.sync.keeping import KEPT, Made
from mailbox.sync.leases import Lease
from mailbox.sync.profiles import profile_of
from mailbox.wire import Busy, Guard, TryLater

SECONDS = 30.0  # of one pass; what is left is for the next one, so that no Mailbox holds a worker
LINES = 24  # connections that one pass may use up over letters that break the line
POISON = 3  # letters that it may set aside; if more of them fail, it is the server

Heard = TypeVar("Heard")
Settle = Callable[[], set[int]]  # writes what an answer means; the ids of Changes that must wait for another pass

FLAG_NAMES = {
    Flag.SEEN: "\\Seen",
    Flag.ANSWERED: "\\Answered",
    Flag.FLAGGED: "\\Flagged",
    Flag.DELETED: "\\Deleted",
    Flag.DRAFT: "\\Draft",
}


def sentence(error: Exception) -> str:
    """What a server or a wire said, fit for a row: one line, no NUL, no half characters."""
    return str(error).partition("\n")[0].replace("\0", "").encode(errors="replace").decode()[:1000]


def flag_names(flags: int) -> tuple[str, ...]:
    return tuple(name for flag, name in FLAG_NAMES.items() if flags & flag)


class Session(Hold):
    """`client` may be another one after `again`: never keep it. `without`: capabilities not to be used."""

    client: ImapClient

    def __init__(
        self, mailbox: Mailbox, lease: Lease, *, seconds: float = SECONDS, without: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(mailbox, lease, seconds)
        profile = profile_of(mailbox)
        self._made = Made(
            mailbox.incoming, bytes(mailbox.secret), tuple(settings.ALLOW_PRIVATE_HOSTS), profile, without | profile.without
        )
        self._kept: ImapClient | None = None
        self._lines = self._poison = self._octets = 0
        self.reader = ThreadPoolExecutor(1, "reader")  # what needs no table, while this thread writes

    def take_kept(self) -> bool:
        """Whether there is a line of the last pass, and it is good. It must be entered then, so that it is not forgotten."""
        self._kept = KEPT.take(self.mailbox.pk, self._made)
        return self._kept is not None

    def __enter__(self) -> Self:
        """With leave to sign in, or with a kept line."""
        if self._kept:
            self.client, self._octets = self._kept, -self._kept.octets
        else:
            self._connect()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None and self._lines <= 1 and self._made.profile.keeps and presence.is_here(self.mailbox):
            KEPT.put(self.mailbox.pk, self.client, self._made, self.mailbox.host)
        else:
            self.client.__exit__(kind, error, trace)
        self.reader.shutdown()
        budget.spend(self.mailbox, self.octets)
        self.tell(now=True)

    @property
    def octets(self) -> int:
        """That came over all lines of this session."""
        return self._octets + self.client.octets

    @property
    def is_over(self) -> bool:
        """The time, or what may be asked of this server in a day, is used up."""
        return super().is_over or budget.is_spent(self.mailbox, self.octets)

    def _connect(self) -> None:
        """Raises TryLater, Refused, SignInFailed, vault.CannotOpen."""
        endpoint, made = self.mailbox.incoming_endpoint, self._made
        try:
            self.client = ImapClient.connect(
                endpoint,
                self.mailbox.credentials(endpoint),
                Guard(made.private_hosts),
                limits=replace(LIMITS, uid_set=made.profile.uid_set),
                timeouts=TIMEOUTS,
                without=made.without,
            )
        except Busy:
            KEPT.make_room(self.mailbox.host)
            raise
        self._lines += 1

    def again(self, folder: Folder, *, poison: bool = False) -> Selected:
        """A fresh line in the place of a broken or doubtful one, and the folder opened on it. Raises what `_connect` does,
        and TryLater when it happens too often."""
        self._octets += self.client.octets
        self.client.logout()
        self._poison += poison
        if self._lines >= LINES or self._poison > POISON:
            raise TryLater("The mail server breaks the line again and again.")
        self.lease.hold()
        self._connect()
        return self.select(folder)

    def select(self, folder: Folder, *, readonly: bool = True, since: Since | None = None) -> Selected:
        """EXAMINE for reading, so that nothing is marked as seen. With `since` (QRESYNC is enabled) the server tells what changed
        in the same breath. Raises CommandRefused.

        Some servers tell a mod-sequence that they then take no questions about: without CONDSTORE it is none."""
        self.renew()
        selected = self.client.select(self.name_of(folder), readonly=readonly, since=since)
        return selected if "CONDSTORE" in self.client.capabilities else replace(selected, highestmodseq=None)

    def wait_for(self, heard: Future[Heard]) -> Heard:
        """However long it takes, the lease stays ours."""
        while not wait([heard], RENEW_EVERY).done:
            self.renew()
        return heard.result()

    def name_of(self, folder: Folder) -> str:
        """What the server calls it: a new name that a person gave it here may not have reached the server."""
        name = folder.wire_name
        renames = Change.objects.open().filter(mailbox=self.mailbox, kind=Change.Kind.RENAME).order_by("-pk")
        for old, new in renames.values_list("args__from", "args__name"):
            if name == new or (folder.delimiter and name.startswith(new + folder.delimiter)):
                name = old + name[len(new) :]
        return name
