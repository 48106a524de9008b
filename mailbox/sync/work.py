"""A piece of work on one Mailbox: under its lease, over one line; what came of it is told in its row.

new --first pass--> importing --all is here--> ok
any --wrong password--> sign_in    nobody tries again before a person has done something
any --no answer------> trouble     again after 30 s, 1 min, 2 min ... 1 h; the first good pass ends it
any --too fast-------> slowed      the same, and no sooner than the server asks for
"""

import logging
import random
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.vault import CannotOpen
from mailbox import live
from mailbox.models import Mailbox
from mailbox.sync import budget, leases, memory
from mailbox.sync.keeping import KEPT
from mailbox.sync.leases import Lease, LeaseLost
from mailbox.sync.maildrop import Maildrop
from mailbox.sync.session import SECONDS, Session, sentence
from mailbox.wire import Busy, SignInFailed, WireError

logger = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
RESTING = [Mailbox.State.SIGN_IN, Mailbox.State.PAUSED]
WAITING = [Mailbox.State.SLOWED, Mailbox.State.TROUBLE]


def nothing(_: Maildrop) -> bool:
    """What is told to the server of a maildrop."""
    return False


def work(
    mailbox_id: int,
    deed: Callable[[Session], bool],
    collecting: Callable[[Maildrop], bool] = nothing,
    *,
    seconds: float = SECONDS,
) -> bool:
    """What the deed answers, or `collecting` for a Mailbox that is fed by POP3; False if another worker is at it, the Mailbox
    rests, or it came to nothing. Never raises for what a server does: one Mailbox's trouble is no other's."""
    lease = leases.take(mailbox_id)
    if lease is None:
        return False
    try:
        mailbox = lease.mailbox
        if mailbox.state in RESTING:
            KEPT.drop(mailbox_id)
            return False
        return _do(mailbox, lambda: _on_a_line(mailbox, lease, deed, collecting, seconds))
    finally:
        lease.release()
        memory.give_back()


def _on_a_line(
    mailbox: Mailbox, lease: Lease, deed: Callable[[Session], bool], collecting: Callable[[Maildrop], bool], seconds: float
) -> bool:
    if not mailbox.is_collected:
        session = Session(mailbox, lease, seconds=seconds)
        if _must_wait(mailbox, session.take_kept):
            return False
        with session:
            return deed(session)
    if collecting is nothing or _must_wait(mailbox):
        return False
    with Maildrop(mailbox, lease, seconds=seconds) as drop:
        return collecting(drop)


def _must_wait(mailbox: Mailbox, take_kept: Callable[[], bool] = lambda: False) -> bool:
    """Its provider has enough to do with our other Mailboxes just now."""
    wait = budget.wait_for(mailbox, take_kept)
    if wait:
        Mailbox.objects.filter(pk=mailbox.pk).update(next_poll_at=timezone.now() + timedelta(seconds=wait))
    return bool(wait)


def _do(mailbox: Mailbox, deed: Callable[[], bool]) -> bool:
    try:
        return deed()
    except LeaseLost:
        logger.warning("Mailbox %s: another worker took over.", mailbox.pk)
    except (SignInFailed, CannotOpen) as error:
        _change(mailbox, state=Mailbox.State.SIGN_IN, trouble=sentence(error), next_poll_at=None)
    except WireError as error:
        _wait(mailbox, sentence(error), error if isinstance(error, Busy) else None)
    except Exception:
        logger.exception("Mailbox %s could not be brought up to date.", mailbox.pk)
        _wait(mailbox, _("Something went wrong in this house; the operators can see what."), None)
    return False


def _wait(mailbox: Mailbox, trouble: str, busy: Busy | None) -> None:
    """Longer each time, and never all at once after an outage; at least as long as the server itself asks for."""
    wait = min(FIRST_WAIT * 2 ** min(mailbox.failures, 10), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    wait = max(wait, timedelta(seconds=(busy and busy.seconds) or 0))
    state = Mailbox.State.SLOWED if busy else Mailbox.State.TROUBLE
    _change(mailbox, state=state, trouble=trouble, failures=F("failures") + 1, next_poll_at=timezone.now() + wait)


def _change(mailbox: Mailbox, **columns: object) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).exclude(state=Mailbox.State.PAUSED).update(
        trouble_since=Coalesce("trouble_since", Now()), **columns
    )
    live.tell_of(mailbox.pk, "mailbox", mailbox.pk)
