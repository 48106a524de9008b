"""The watcher: one loop over many lines in IDLE. It writes no mail: it marks a Mailbox dirty and rings for a pass.

free --claim--> ours, for a minute at a time --dial (a thread)--> a line in the loop --news--> dirty, ring
trouble on the line: closed, and dialled again after a while that grows until a line stands
no IDLE, wrong password: given back, because only a pass can say what is to be done
"""

import logging
import selectors
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

from django.conf import settings
from django.db import Error, close_old_connections, transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.vault import CannotOpen
from mailbox import bell
from mailbox.imap.errors import NotOffered
from mailbox.imap.limits import LIMITS, TIMEOUTS
from mailbox.imap.line import Line
from mailbox.imap.link import Link, dial
from mailbox.models import Mailbox
from mailbox.wire import Credentials, Guard, SignInFailed, WireError

logger = logging.getLogger(__name__)

CLAIM = timedelta(seconds=60)
AT_ONCE = 50  # Mailboxes claimed in one round, so that several watchers share them
DIALLERS = 8  # lines opened at the same time; after an outage they come back in turn
STATES = [Mailbox.State.OK, Mailbox.State.IMPORTING]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    look: float = 0.5  # between two looks at the lines that are being dialled
    round: float = 15.0  # between two rounds of claiming and renewing
    again: float = 30.0  # before a broken line is dialled again; doubled each time
    longest: float = 1800.0
    never: float = 6 * 3600.0  # before a Mailbox that was given back is claimed again


@dataclass
class _Watched:
    """One Mailbox of ours: a line that stands, or one that is being dialled, or a time before which neither is tried."""

    credentials: Credentials | None = None
    dialled: Future[Link] | None = None
    line: Line | None = None
    writing: bool = True  # whether the selector is to say that the line can be written
    not_before: float = 0.0
    failures: int = 0


class Watcher:
    """`name` tells this process from others; `capacity`: Mailboxes that it takes at most."""

    def __init__(self, name: str, *, capacity: int = 10_000, pace: Pace | None = None) -> None:
        self.name, self.capacity, self.pace = name, capacity, pace or Pace()
        self.watched: dict[int, _Watched] = {}
        self._given_back: dict[int, float] = {}
        self._selector = selectors.DefaultSelector()
        self._pool = ThreadPoolExecutor(DIALLERS)
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
            self._renew()
            self._claim()
            self._next_round = time.monotonic() + self.pace.round
        for key, _ in self._selector.select(self.pace.look):
            watched = self.watched.get(key.data)
            if watched and watched.line:
                self._after(key.data, watched, watched.line.ready(time.monotonic()))
        for mailbox_id, watched in list(self.watched.items()):
            self._attend(mailbox_id, watched, time.monotonic())

    def leave(self) -> None:
        for mailbox_id in list(self.watched):
            self._let_go(mailbox_id)
        self._pool.shutdown(wait=False, cancel_futures=True)
        Mailbox.objects.filter(watcher=self.name).update(watch_until=None, watcher="")

    # --- Which Mailboxes are ours -------------------------------------------------------------------------------------

    def _renew(self) -> None:
        ours = Mailbox.objects.filter(pk__in=self.watched, watcher=self.name, state__in=STATES)
        ours.update(watch_until=Now() + CLAIM)
        for mailbox_id in self.watched.keys() - set(ours.values_list("pk", flat=True)):
            self._let_go(mailbox_id)

    @transaction.atomic
    def _claim(self) -> None:
        now = time.monotonic()
        self._given_back = {mailbox_id: until for mailbox_id, until in self._given_back.items() if until > now}
        free = Mailbox.objects.filter(
            Q(watch_until=None) | Q(watch_until__lt=Now()), state__in=STATES, incoming__startswith="imap"
        )
        free = free.exclude(pk__in=[*self._given_back, *self.watched]).select_for_update(skip_locked=True)
        room = max(0, min(AT_ONCE, self.capacity - len(self.watched)))
        taken = list(free.order_by("pk").values_list("pk", flat=True)[:room])
        Mailbox.objects.filter(pk__in=taken).update(watcher=self.name, watch_until=Now() + CLAIM)
        self.watched |= {mailbox_id: _Watched() for mailbox_id in taken}

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
        Mailbox.objects.filter(pk=mailbox_id).update(watch_until=None, watcher="", next_poll_at=Now())

    # --- Lines ----------------------------------------------------------------------------------------------------------

    def _attend(self, mailbox_id: int, watched: _Watched, now: float) -> None:
        if watched.line:
            self._after(mailbox_id, watched, watched.line.tick(now))
        elif watched.dialled and watched.dialled.done():
            self._answered(mailbox_id, watched, now)
        elif not watched.dialled and now >= watched.not_before:
            self._dial(mailbox_id, watched)

    def _dial(self, mailbox_id: int, watched: _Watched) -> None:
        mailbox = Mailbox.objects.filter(pk=mailbox_id).first()
        if mailbox is None:
            self._let_go(mailbox_id)
            return
        try:
            endpoint = mailbox.incoming_endpoint
            watched.credentials = mailbox.credentials(endpoint)
        except (CannotOpen, ValueError) as error:
            self._give_back(mailbox_id, error)
            return
        guard = Guard(tuple(settings.ALLOW_PRIVATE_HOSTS))
        watched.dialled = self._pool.submit(dial, endpoint, guard, limits=LIMITS, timeouts=TIMEOUTS)

    def _answered(self, mailbox_id: int, watched: _Watched, now: float) -> None:
        dialled, credentials = watched.dialled, watched.credentials
        watched.dialled = watched.credentials = None
        if dialled is None or credentials is None:
            return
        try:
            watched.line = Line(dialled.result(), credentials, now=now)
        except WireError as error:
            self._broke(mailbox_id, watched, error)
            return
        watched.writing = True
        self._selector.register(watched.line, selectors.EVENT_READ | selectors.EVENT_WRITE, mailbox_id)

    def _after(self, mailbox_id: int, watched: _Watched, changed: bool) -> None:
        """What a line has just said, or that it is dead."""
        line = watched.line
        if line is None:
            return
        if line.trouble:
            self._close(watched)
            self._broke(mailbox_id, watched, line.trouble)
            return
        watched.failures = 0 if line.idling else watched.failures
        if line.wants_write != watched.writing:
            watched.writing = line.wants_write
            self._selector.modify(line, selectors.EVENT_READ | (selectors.EVENT_WRITE if watched.writing else 0), mailbox_id)
        if changed:
            news(mailbox_id)

    def _broke(self, mailbox_id: int, watched: _Watched, error: WireError) -> None:
        if isinstance(error, SignInFailed | NotOffered):
            self._give_back(mailbox_id, error)
            return
        watched.not_before = time.monotonic() + min(self.pace.again * 2**watched.failures, self.pace.longest)
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
