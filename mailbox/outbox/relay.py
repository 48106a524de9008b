"""The relay's three doors: deliver this letter, deliver what is due, and sweep up after the dead and the doubtful."""

import logging
from random import shuffle
from threading import Event

from mailbox.bell import hear, ring
from mailbox.outbox import bounces, claims, filed, notices, sites, spikes, sweeping
from mailbox.outbox.courier import Courier
from mailbox.outbox.rules import RULES, Rules

logger = logging.getLogger(__name__)

DUE = "relay.due"

_stopping = Event()


def deliver(outgoing_id: int, rules: Rules = RULES) -> bool:
    """Everybody who is due where that letter goes, a claim for each place in turn; whether there was anybody. May be asked as
    often as one likes."""
    claimed = False
    where = claims.sites_of(outgoing_id)
    hear(*where)
    while where := [site for site in where if _carry(site, rules)]:
        claimed = True
    return claimed


def deliver_due(rules: Rules = RULES) -> None:
    """All letters whose time has come, a claim for each site in turn. Each beat of the clock starts this in another thread,
    so a slow server holds one thread and the next beat goes on with the rest."""
    hear(DUE)
    carried = [True]
    while any(carried):
        due = claims.due_sites()
        shuffle(due)  # threads that start together begin at different ends
        carried = [_carry_calmly(site, rules) for site in due]


def sweep(rules: Rules = RULES) -> None:
    """Every state that is neither final nor due has its owner here, or has been told to the person."""
    sweeping.recover(rules)
    sweeping.find_copies(rules)
    sweeping.resend(rules)
    sweeping.release()
    sweeping.give_up()
    spikes.hold()
    bounces.read_due()
    notices.tell(rules)
    filed.ring_for_all()
    sweeping.forget()


def stop() -> None:
    """Claim nothing more; a talk under way may finish."""
    _stopping.set()


def may_go_on() -> bool:
    return not _stopping.is_set()


def _carry(site: str, rules: Rules) -> bool:
    if not may_go_on():
        return False
    sites.meet(site)
    claim = claims.claim(site, rules)
    if claim is None:
        return False
    if claim.more:
        ring("relay.due", about=DUE)  # another thread may take the next ones beside us, if the site bears it
    for mailbox_id in {talk.outgoing.mailbox_id for talk in claim.talks if talk.outgoing.unfiled}:
        filed.ring_for(mailbox_id)
    Courier(claim, may_go_on).carry()
    return True


def _carry_calmly(site: str, rules: Rules) -> bool:
    """A letter that makes our own code fail keeps its lease and stops none of the others."""
    try:
        return _carry(site, rules)
    except Exception:
        logger.exception("Letters to %s could not be carried; they are tried again when their lease is over.", site)
        return False
