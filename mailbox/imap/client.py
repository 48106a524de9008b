"""The mirror's hand on a mail server: sign in, look into folders, fetch, file. One caller, one connection, blocking."""

import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from types import TracebackType
from typing import Self

from mailbox.imap import commands
from mailbox.imap.arguments import Literal, string, uid_sets, whole
from mailbox.imap.codes import AppendUid, CopyUid, Selected, append_uid, copy_uid, selected
from mailbox.imap.commands import Command
from mailbox.imap.conversation import Conversation
from mailbox.imap.errors import BadArgument, CommandRefused, Gone, Malformed, NotOffered
from mailbox.imap.events import Event, Fetched, FolderStatus, Found, Listed
from mailbox.imap.folders import ListedFolder, understand
from mailbox.imap.items import Items, Since, field_name
from mailbox.imap.limits import LIMITS, TIMEOUTS, Limits, Timeouts
from mailbox.imap.link import dial
from mailbox.imap.talk import Session, sign_in
from mailbox.imap.uids import TOP_UID, UidSet
from mailbox.wire import Credentials, Endpoint, Guard, WireError

Uids = UidSet | Iterable[int]

_UNANNOUNCED = 1_000  # letters that a SEARCH may find beyond the last EXISTS


class ImapClient:
    """Methods raise CommandRefused for a NO, TryLater when the line is of no more use, BadArgument for what cannot be said.

    What a server tells uninvited is kept, whichever command it came with: take_untagged() before a cursor moves on."""

    def __init__(self, line: Conversation, session: Session, limits: Limits) -> None:
        self._line, self._limits = line, limits
        self.capabilities = line.capabilities = session.capabilities  # upper case
        self.enabled = session.enabled
        self._has_open = False  # a folder

    @classmethod
    def connect(
        cls, endpoint: Endpoint, credentials: Credentials, guard: Guard, *, limits: Limits = LIMITS,
        timeouts: Timeouts = TIMEOUTS, trust: ssl.SSLContext | None = None, without: frozenset[str] = frozenset(),
    ) -> Self:  # fmt: skip
        """Signed in and ready. `without` names capabilities that this server offers but gets wrong. Raises TryLater,
        Refused or SignInFailed."""
        link = dial(endpoint, guard, limits=limits, timeouts=timeouts, trust=trust)
        try:
            line = Conversation(link, limits)
            return cls(line, line.lead(sign_in(credentials, link.offered, known=link.known, without=without)), limits)
        except BaseException:
            link.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self.logout()
        else:
            self.close()

    def close(self) -> None:
        """Hangs up without a word."""
        self._line.link.close()

    def logout(self, *, wait: bool = True) -> None:
        """Hangs up, in good manners unless the server is still talking; never raises. `wait`: for its answer."""
        try:
            if self._line.is_free:
                (self._line.run if wait else self._line.say)(commands.logout())
        except WireError:
            pass
        finally:
            self.close()

    def rest(self) -> bool:
        """Closes the open folder, so that no news of it can be missed; whether the line may lie unused now. Never raises. Not by
        CLOSE: that expunges, unless the server does as it should."""
        try:
            if self._has_open and self._line.is_free and "UNSELECT" in self.capabilities:
                self._line.must(commands.unselect())
                self._has_open = False
        except WireError:
            return False
        return self._line.is_free and not self._has_open

    def is_alive(self, patience: float) -> bool:
        """Whether the server still answers, within so many seconds. Never raises; if not, the line is of no more use."""
        link = self._line.link
        usual, link.timeouts = link.timeouts, replace(link.timeouts, reply=patience, total=patience)
        try:
            self.noop()
        except WireError:
            return False
        link.timeouts = usual
        return True

    # --- Folders ---------------------------------------------------------------------------------------------------------

    def list_folders(self) -> tuple[ListedFolder, ...]:
        return self._list(figures=False)[0]

    def list_with_figures(self) -> tuple[tuple[ListedFolder, ...], tuple[FolderStatus, ...]]:
        """All folders and their figures in one round trip; without figures if the server cannot do that (LIST-STATUS)."""
        return self._list(figures="LIST-STATUS" in self.capabilities)

    def _list(self, *, figures: bool) -> tuple[tuple[ListedFolder, ...], tuple[FolderStatus, ...]]:
        extended = {"SPECIAL-USE", "LIST-EXTENDED"} <= self.capabilities
        answer = self._line.run(commands.list_all(special_use=extended, figures_of=self.capabilities if figures else None))
        if not answer.status.ok:  # some offer what they do not understand
            answer = self._line.must(commands.list_all(special_use=False))
        listed = understand(event for event in answer.events if isinstance(event, Listed))
        return listed, tuple(event for event in answer.events if isinstance(event, FolderStatus))

    def status(self, wire_name: str) -> FolderStatus:
        """Not of the selected folder (RFC 9051 section 6.3.11)."""
        answer = self._line.must(commands.status(wire_name, self.capabilities))
        figures = [event for event in answer.events if isinstance(event, FolderStatus)]
        return figures[-1] if figures else FolderStatus(wire_name)

    def select(self, wire_name: str, *, readonly: bool = True, since: Since | None = None) -> Selected:
        """EXAMINE to read, SELECT to change. News about the folder before that was not taken is dropped. With `since`
        (QRESYNC, enabled) what has changed and vanished in this one is the first of its news. Raises TooMuchNews."""
        condstore = "CONDSTORE" in self.capabilities and not self.enabled
        self._line.news.clear()
        self._has_open = True
        answer = self._line.must(commands.select(wire_name, readonly=readonly, condstore=condstore, since=since))
        folder = selected(answer.events, answer.status, readonly=readonly)
        self._line.news.exists = folder.exists
        if since and folder.uidvalidity == since.uidvalidity and folder.highestmodseq:
            return replace(folder, resynced=True)
        self._line.news.clear()
        return folder

    def create(self, wire_name: str) -> None:
        self._line.must(commands.create(wire_name))

    def rename(self, wire_name: str, new_wire_name: str) -> None:
        self._line.must(commands.rename(wire_name, new_wire_name))

    def delete(self, wire_name: str) -> None:
        self._line.must(commands.delete(wire_name))

    # --- Letters of the selected folder ------------------------------------------------------------------------------------

    def search_all(self) -> UidSet:
        return self._search(b"ALL")

    def search_range(self, low: int, high: int = TOP_UID) -> UidSet:
        """`low:*` means the last letter too, whatever its UID: that one is left out again (RFC 9051 section 9, seq-range)."""
        upper = b"*" if high == TOP_UID else whole(high)
        return self._search(b"UID ", whole(low), b":", upper).between(low, high)

    def search_message_id(self, value: str) -> tuple[int, ...]:
        return self.search_header("Message-ID", value)

    def search_header(self, field: str, value: str) -> tuple[int, ...]:
        """Letters in which a field of that name holds that text; the caller compares, as HEADER finds substrings."""
        charset = b"" if value.isascii() else b"CHARSET UTF-8 "
        return tuple(self._search(charset, b"HEADER %b " % field_name(field), string(value.encode())))

    def _search(self, *criteria: bytes | Literal) -> UidSet:
        answer = self._line.must(commands.search(*criteria, esearch="ESEARCH" in self.capabilities))
        uids = UidSet()
        for event in answer.events:
            uids = uids | event.uids if isinstance(event, Found) else uids
        if len(uids) > self._line.news.exists + _UNANNOUNCED:
            raise Malformed("it finds more letters than the folder holds")
        return uids

    def fetch(self, uids: Uids, items: Items) -> Iterator[Fetched]:
        """One Fetched at a time, as they come, asked for at once; read it to its end before the next command. A letter that
        went away, or that the server gave without what was asked for, is missing; what an answer leaves out is None."""
        wanted = _as_set(uids)
        answers = (
            self._line.stream(
                commands.fetch(piece, items, self.capabilities), lambda found: found.uid in wanted and items.came_with(found)
            )
            for piece in uid_sets(wanted, self._limits.uid_set)
        )
        return chain(next(answers, ()), chain.from_iterable(answers))

    def fetch_changed(self, since: int) -> Iterator[Fetched]:
        """Flags of what changed after that mod-sequence (CONDSTORE); with QRESYNC enabled the UIDs that vanished since
        then are told by take_untagged() afterwards."""
        if "CONDSTORE" not in self.capabilities:
            raise NotOffered("the list of changes (CONDSTORE)")
        command = commands.fetch_changed(since, vanished="QRESYNC" in self.enabled, labels=self.has_labels)
        return self._line.stream(command, lambda found: found.uid > 0 and found.flags is not None)

    def fetch_slice(self, uid: int, offset: int, length: int) -> bytes:
        """Octets of the raw letter; shorter at its end. Raises Gone."""
        content = None
        for found in self._line.stream(commands.fetch_slice(uid, offset, length), lambda found: found.uid == uid):
            if found.body is not None:  # some servers give the whole letter: then it has no offset
                start = 0 if found.offset is not None else offset
                content = found.body[start : start + length]
        if content is None:
            raise Gone
        return content

    def store(self, uids: Uids, *, flags: tuple[str, ...], on: bool) -> None:
        for piece in uid_sets(_as_set(uids), self._limits.uid_set):
            self._line.must(commands.store(piece, flags, on=on), or_gone=True)

    @property
    def octets(self) -> int:
        """That came over this line."""
        return self._line.link.octets

    @property
    def has_labels(self) -> bool:
        """Gmail's: they come with the flags of a letter, and are none."""
        return "X-GM-EXT-1" in self.capabilities

    def store_labels(self, uids: Uids, label: str, *, on: bool) -> None:
        for piece in uid_sets(_as_set(uids), self._limits.uid_set):
            self._line.must(commands.store_label(piece, label, on=on), or_gone=True)

    def copy(self, uids: Uids, wire_name: str) -> CopyUid | None:
        """None: the server does not tell the new UIDs."""
        return self._relocate(uids, wire_name, commands.copy)

    def move(self, uids: Uids, wire_name: str) -> CopyUid | None:
        """Raises NotOffered without MOVE (RFC 6851): then it is copy, store \\Deleted, expunge, each remembered."""
        if "MOVE" not in self.capabilities:
            raise NotOffered("moving (MOVE)")
        return self._relocate(uids, wire_name, commands.move)

    def _relocate(self, uids: Uids, wire_name: str, build: Callable[[UidSet, str], Command]) -> CopyUid | None:
        told: list[CopyUid] = []
        for piece in uid_sets(_as_set(uids), self._limits.uid_set):
            answer = self._line.must(build(piece, wire_name))
            found = copy_uid((*answer.events, answer.status))
            told += [found] if found else []
        if len({each.uidvalidity for each in told}) != 1:
            return None
        return CopyUid(told[0].uidvalidity, tuple(pair for each in told for pair in each.pairs))

    def expunge(self, uids: Uids) -> None:
        """These and no others (UIDPLUS); raises NotOffered, for plain EXPUNGE also takes what other clients marked."""
        if "UIDPLUS" not in self.capabilities:
            raise NotOffered("the removal of single letters (UIDPLUS)")
        for piece in uid_sets(_as_set(uids), self._limits.uid_set):
            self._line.must(commands.expunge(piece))

    def append(
        self, wire_name: str, raw: bytes, flags: tuple[str, ...] = (), internal_date: datetime | None = None
    ) -> AppendUid | None:
        """Code TRYCREATE: there is no such folder; OVERQUOTA, TOOBIG, LIMIT: no room. None: the server tells no UID."""
        limit = next((name[12:] for name in self.capabilities if name.startswith("APPENDLIMIT=")), "")
        if limit.isdigit() and len(raw) > int(limit):
            raise CommandRefused("the filing of the letter", "TOOBIG", f"it takes letters of at most {limit} octets")
        return append_uid(self._line.must(commands.append(wire_name, raw, flags, internal_date)).status)

    def noop(self) -> None:
        self._line.must(commands.noop())

    def take_untagged(self) -> tuple[Event, ...]:
        """Exists, Expunged, Vanished and Fetched that no command asked for, in their order; each is told once."""
        return self._line.news.take()


def _as_set(uids: Uids) -> UidSet:
    try:
        return uids if isinstance(uids, UidSet) else UidSet.of(uids)
    except ValueError as error:
        raise BadArgument(f"{error}.") from error
