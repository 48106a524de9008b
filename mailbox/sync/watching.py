"""The watcher: one loop over many lines in IDLE. It writes no mail: it marks a Mailbox dirty and rings for a pass.

free --claim--> ours, for a minute at a time --dial (a thread)--> a line in the loop --news--> dirty, ring
trouble on the line: closed, and dialled again after a while that grows until a pass has gone well
no IDLE, wrong password: given back, because only a pass can say what is to be done
"""

import heapq
import logging
import random
import selectors
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from django.conf import settings
from django.db import Error, close_old_connections
from django.db.models.functions import Now
from django.utils import timezone

from accounts.vault import CannotOpen
from mailbox import bell
from mailbox.imap import line as lines
from mailbox.imap.errors import NotOffered, Overflow
from mailbox.imap.line import Line
from mailbox.imap.link import Link
from mailbox.models import Mailbox
from mailbox.sync import budget
from mailbox.sync.claiming import Claims
from mailbox.sync.dialling import Dialler
from mailbox.sync.profiles import profile_of
from mailbox.wire import Busy, Credentials, Guard, SignInFailed, WireError

logger = logging.getLogger(__name__)

CROWDED = 1.0  # seconds until a host that many threads wait for is dialled again


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `dials` a second over all: 2,000 lines come back within five minutes, so that no outage ends in a storm."""

    look: float = 0.5  # the longest wait for something to happen
    round: float = 15.0  # between two rounds of claiming and renewing
    dials: float = 6.5
    together: int = 100  # Mailboxes claimed in one round, so that several watchers share them
    again: float = 30.0  # before a broken line is dialled again; doubled each time
    longest: float = 1800.0
    never: float = 6 * 3600.0  # before a Mailbox that was given back is claimed again
    breath: float = 1.0  # between two bells for the same Mailbox
    line: lines.Pace = lines.PACE


@dataclass(slots=True)
class _Watched:
    """One Mailbox of ours: a line that stands, or one that is being dialled, or neither and a time to try."""

    planned: float = 0.0  # when it is attended to next
    credentials: Credentials | None = None
    without: frozenset[str] = frozenset()
    dialled: Future[Link] | None = None
    line: Line | None = None
    writing: bool = True  # whether the selector is to say that the line can be written
    broken_at: datetime | None = None
    failures: int = 0
    rung_at: float = 0.0
    untold: bool = False  # news that wait to be rung for


class Watcher:
    """`name` tells this process from others; `capacity`: Mailboxes that it takes at most."""

    def __init__(self, name: str, *, capacity: int = 10_000, pace: Pace | None = None) -> None:
        self.capacity, self.pace = capacity, pace or Pace()
        self.watched: dict[int, _Watched] = {}
        self._claims, self._dialler = Claims(name), Dialler(self.pace.dials)
        self._given_back: dict[int, float] = {}
        self._agenda: list[tuple[float, int]] = []  # when to attend to which Mailbox
        self._to_dial: deque[int] = deque()  # who was here last comes first
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._dialler.ear, selectors.EVENT_READ, 0)
        self._next_round = 0.0

    def run(self, stop: Event) -> None:
        """Until `stop` is set; then every Mailbox is free for another watcher at once."""
        try:
            while not stop.is_set():
                try:
                    self.step()
                except Error as error:
                    logger.warning("The database does not answer (%s).", type(error).__name__)
                    close_old_connections()
                    stop.wait(self.pace.look)
        finally:
            self.leave()

    def step(self) -> None:
        """One turn of the loop, at most `pace.look` seconds long if nothing is heard."""
        if time.monotonic() >= self._next_round:
            self._go_round()
            self._next_round = time.monotonic() + self.pace.round
        for key, _ in self._selector.select(self._rest()):
            watched = self.watched.get(key.data)
            if watched and watched.line:
                self._after(key.data, watched, watched.line.ready(time.monotonic()))
        for mailbox_id, dialled in self._dialler.answers():
            watched = self.watched.get(mailbox_id)
            if watched and watched.dialled is dialled:
                self._stand(mailbox_id, watched, dialled)
        self._attend_due()
        self._dial_some()

    def leave(self) -> None:
        for mailbox_id in list(self.watched):
            self._let_go(mailbox_id)
        self._dialler.close()
        try:
            self._claims.leave()
        except Error:
            logger.warning("The database does not answer; what was watched is free for others in a minute.")

    def _rest(self) -> float:
        now = time.monotonic()
        times = [now + self.pace.look, self._next_round]
        times += [self._agenda[0][0]] if self._agenda else []
        times += [now + self._dialler.wait(now)] if self._to_dial else []
        return max(min(times) - now, 0.0)

    # --- Which Mailboxes are ours -------------------------------------------------------------------------------------

    def _go_round(self) -> None:
        ours, now = self._claims.renew(self.watched), time.monotonic()
        for mailbox_id in self.watched.keys() - ours.keys():
            self._let_go(mailbox_id)
        for mailbox_id, passed in ours.items():
            watched = self.watched[mailbox_id]
            if watched.line and watched.broken_at and passed and passed > watched.broken_at:
                watched.failures, watched.broken_at = 0, None
        self._given_back = {mailbox_id: until for mailbox_id, until in self._given_back.items() if until > now}
        room = min(self.pace.together, self.capacity - len(self.watched))
        taken = self._claims.take(room, besides=[*self._given_back, *self.watched])
        self.watched |= {mailbox_id: _Watched() for mailbox_id in taken}
        self._to_dial += taken

    def _let_go(self, mailbox_id: int) -> None:
        watched = self.watched.pop(mailbox_id)
        if watched.dialled:
            watched.dialled.add_done_callback(_hang_up)
        self._close(watched)

    def _give_back(self, mailbox_id: int, error: Exception) -> None:
        """The next pass finds out the same, and says it to the person if it is theirs to mend."""
        logger.info("Mailbox %s is not watched: %s", mailbox_id, error)
        self._let_go(mailbox_id)
        self._given_back[mailbox_id] = time.monotonic() + self.pace.never
        self._claims.give_back(mailbox_id)

    # --- When ---------------------------------------------------------------------------------------------------------

    def _plan(self, mailbox_id: int, watched: _Watched, when: float) -> None:
        watched.planned = when
        heapq.heappush(self._agenda, (when, mailbox_id))

    def _attend_due(self) -> None:
        now = time.monotonic()
        while self._agenda and self._agenda[0][0] <= now:
            when, mailbox_id = heapq.heappop(self._agenda)
            watched = self.watched.get(mailbox_id)
            if watched is None or watched.planned != when:  # the plan has changed since
                continue
            if watched.line:
                self._after(mailbox_id, watched, watched.line.tick(now))
            elif not watched.dialled:
                self._to_dial.append(mailbox_id)

    # --- Lines ----------------------------------------------------------------------------------------------------------

    def _dial_some(self) -> None:
        now = time.monotonic()
        while self._to_dial and not self._dialler.wait(now):
            mailbox_id = self._to_dial.popleft()
            watched = self.watched.get(mailbox_id)
            mailbox = Mailbox.objects.filter(pk=mailbox_id).first() if watched else None
            if watched is None:
                continue
            if mailbox is None:
                self._let_go(mailbox_id)
            else:
                self._dial(mailbox, watched, now)

    def _dial(self, mailbox: Mailbox, watched: _Watched, now: float) -> None:
        try:
            endpoint = mailbox.incoming_endpoint
            watched.credentials = mailbox.credentials(endpoint)
        except (CannotOpen, ValueError) as error:
            self._give_back(mailbox.pk, error)
            return
        wait = CROWDED if self._dialler.is_crowded(endpoint.host) else budget.wait_for(mailbox)
        if wait:
            self._plan(mailbox.pk, watched, now + wait)
            return
        watched.without |= profile_of(mailbox).without
        watched.dialled = self._dialler.dial(mailbox.pk, endpoint, Guard(tuple(settings.ALLOW_PRIVATE_HOSTS)), now)

    def _stand(self, mailbox_id: int, watched: _Watched, dialled: Future[Link]) -> None:
        credentials, watched.dialled, watched.credentials = watched.credentials, None, None
        if credentials is None:
            return
        now = time.monotonic()
        try:
            watched.line = Line(dialled.result(), credentials, now=now, pace=self.pace.line, without=watched.without)
        except WireError as error:
            self._broke(mailbox_id, watched, error)
            return
        watched.writing = True
        self._selector.register(watched.line, selectors.EVENT_READ | selectors.EVENT_WRITE, mailbox_id)
        self._after(mailbox_id, watched, changed=False)

    def _after(self, mailbox_id: int, watched: _Watched, changed: bool) -> None:
        """What a line has just said, or that it is dead."""
        line, now = watched.line, time.monotonic()
        if line is None:
            return
        if line.trouble:
            self._close(watched)
            self._broke(mailbox_id, watched, line.trouble)
            return
        if line.wants_write != watched.writing:
            watched.writing = line.wants_write
            self._selector.modify(line, selectors.EVENT_READ | (selectors.EVENT_WRITE if watched.writing else 0), mailbox_id)
        watched.untold |= changed
        if watched.untold and now >= watched.rung_at + self.pace.breath:
            watched.rung_at, watched.untold = now, False
            news(mailbox_id)
        when = min(line.due, watched.rung_at + self.pace.breath) if watched.untold else line.due
        if when < watched.planned or watched.planned <= now:
            self._plan(mailbox_id, watched, when)

    def _broke(self, mailbox_id: int, watched: _Watched, error: WireError) -> None:
        if isinstance(error, SignInFailed | NotOffered):
            self._give_back(mailbox_id, error)
            return
        if isinstance(error, Overflow):
            watched.without |= {"NOTIFY"}
        watched.broken_at = watched.broken_at or timezone.now()
        wait = min(self.pace.again * 2**watched.failures, self.pace.longest) * random.uniform(0.5, 1.5)  # noqa: S311
        hint = (error.seconds or 0.0) if isinstance(error, Busy) else 0.0
        self._plan(mailbox_id, watched, time.monotonic() + max(wait, hint))
        watched.failures = min(watched.failures + 1, 10)
        if watched.failures > 1:  # some servers hang up now and then, and mean nothing by it
            Mailbox.objects.filter(pk=mailbox_id).update(next_poll_at=Now())

    def _close(self, watched: _Watched) -> None:
        if watched.line:
            self._selector.unregister(watched.line)
            watched.line.close()
            watched.line = None


def news(mailbox_id: int) -> None:
    """Something changed there: the row remembers it, the bell makes it quick."""
    Mailbox.objects.filter(pk=mailbox_id).update(dirty_at=Now(), next_poll_at=Now())
    bell.ring("mirror.bring_up", mailbox_id)


def _hang_up(dialled: Future[Link]) -> None:
    if not dialled.cancelled() and dialled.exception() is None:
        dialled.result().close()
