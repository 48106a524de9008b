"""The relay's three doors: deliver this letter, deliver what is due, and sweep up after the dead and the doubtful."""

import logging
from threading import Event

from mailbox.outbox import claims, sweeping
from mailbox.outbox.courier import Courier
from mailbox.outbox.rules import RULES, Rules

logger = logging.getLogger(__name__)

AT_ONCE = 50  # letters looked up together; another worker may take any of them first

_stopping = Event()


def deliver(outgoing_id: int, rules: Rules = RULES) -> bool:
    """Everybody of that letter whose time has come; whether there was anybody. May be asked as often as one likes."""
    claimed, more = False, True
    while more and not _stopping.is_set() and (claim := claims.claim(outgoing_id, rules)):
        claimed, more = True, claim.more
        Courier(claim).carry()
    return claimed


def deliver_due(rules: Rules = RULES) -> None:
    """All letters whose time has come, one after the other. Each beat of the clock starts this in another thread, so a
    slow server holds one thread and the next beat goes on with the rest."""
    carried = [True]
    while any(carried):
        carried = [_deliver_calmly(outgoing_id, rules) for outgoing_id in claims.due(AT_ONCE)]


def sweep(rules: Rules = RULES) -> None:
    """Every state that is neither final nor due has its owner here, or has been told to the person."""
    sweeping.recover(rules)
    sweeping.find_copies(rules)
    sweeping.resend(rules)
    sweeping.release()
    sweeping.give_up()


def stop() -> None:
    """Claim nothing more; a talk under way may finish."""
    _stopping.set()


def _deliver_calmly(outgoing_id: int, rules: Rules) -> bool:
    """A letter that makes our own code fail keeps its lease and stops none of the others."""
    try:
        return deliver(outgoing_id, rules)
    except Exception:
        logger.exception("Letter %s could not be carried; it is tried again when its lease is over.", outgoing_id)
        return False
