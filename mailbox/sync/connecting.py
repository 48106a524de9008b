"""A mailbox comes and goes: its servers are tried, then it is kept and its first import begins; or it is taken away."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, letters
from accounts.models import User
from mailbox import live
from mailbox.bell import ring
from mailbox.models import Access, Identity, Mailbox, Probe, Recipient, limits
from mailbox.wire import Endpoint

TRIED_FOR = timedelta(hours=1)  # a test of servers, and the sealed password in it, is kept so long
REMOVED = "removed:"  # stands where a removed Mailbox had its server, so that the same one can be added again at once
BATCH = 500
LONGEST_STAY = 3650  # days
TRIES = 30  # tests of servers a person may ask for in that time


class CannotConnect(Exception):
    """The mailbox was not kept; the text is one plain sentence."""


def try_servers(
    user: User, address: str, incoming: Endpoint, outgoing: Endpoint, password: str, mailbox: Mailbox | None = None
) -> Probe:
    """Ask a worker to sign in to both servers; nothing else is kept. Old tests of this person are cleared away. Raises
    CannotConnect for somebody who tries too often."""
    with transaction.atomic():
        Probe.objects.of(user).filter(created_at__lt=timezone.now() - TRIED_FOR).delete()
        if Probe.objects.of(user).count() >= TRIES:
            raise CannotConnect(_("Too many tries. Wait an hour, and check the settings with your provider."))
        probe = Probe.objects.create(user=user, mailbox=mailbox, address=address, incoming=str(incoming), outgoing=str(outgoing))
        probe.set_password(password)
        probe.save(update_fields=["secret"])
        ring("mirror.probe", probe.pk)
    return probe


def keep(probe: Probe) -> Mailbox:
    """Make the Mailbox of servers that were tried and found good, or change those of the one they were tried for, and
    bring it up. Raises CannotConnect."""
    if probe.state != Probe.State.GOOD or not probe.secret:
        raise CannotConnect(_("These servers have not been tried, or too long ago. Check them again."))
    with transaction.atomic():
        mailbox = _changed(probe, probe.mailbox) if probe.mailbox else _made(probe)
        mailbox.set_password(probe.password())
        mailbox.save(update_fields=["secret"])
        probe.delete()
        ring("mirror.bring_up", mailbox.pk)
        live.tell([probe.user_id], "mailbox", mailbox.pk)
    return mailbox


def _made(probe: Probe) -> Mailbox:
    if problem := refusal(probe.user, probe.address):
        raise CannotConnect(problem)
    try:
        with transaction.atomic():
            mailbox = Mailbox.objects.create(
                address=probe.address, incoming=probe.incoming, outgoing=probe.outgoing, next_poll_at=timezone.now()
            )
    except IntegrityError:
        return _inherited(probe)
    Access.objects.create(mailbox=mailbox, user=probe.user, role=Access.Role.OWNER)
    Identity.objects.create(mailbox=mailbox, name=probe.user.name, address=probe.address)
    return mailbox


def _inherited(probe: Probe) -> Mailbox:
    """An operator named this person as its next owner, and they know its password: who had it before has it no more."""
    mailbox = Mailbox.objects.filter(address=probe.address, incoming=probe.incoming, heir=probe.user).first()
    if mailbox is None:
        raise CannotConnect(_("This mailbox is here already. Its owner can change its servers or share it."))
    former = list(User.objects.filter(access__mailbox=mailbox, access__role=Access.Role.OWNER))
    mailbox.access.filter(role=Access.Role.OWNER).delete()
    Access.objects.update_or_create(mailbox=mailbox, user=probe.user, defaults={"role": Access.Role.OWNER})
    mailbox.heir = None
    mailbox.save(update_fields=["heir"])
    facts = {"person": probe.user.email, "former": [person.email for person in former]}
    live.tell([person.pk for person in former], "mailbox", mailbox.pk)
    for person in former:
        letters.send_if_ready(person.email, "accounts/letters/handed_over", {"address": mailbox.address, "person": probe.user})
    audit.note("handed_over", actor=probe.user, about=mailbox.address, mailbox_id=mailbox.pk, facts=facts)
    return _changed(probe, mailbox)


def refusal(user: User, address: str) -> str:
    """Why this person may not add that mailbox, in one sentence; "" if they may. A limit that is reached is written down
    for the operators."""
    domain = address.rpartition("@")[2].lower()
    for who, held in ((user.email, limits.of_person(user)), (domain, limits.of_domain(domain))):
        if held.takes_another:
            continue
        audit.note("limit_reached", actor=user, about=who, good=False)
        if held.is_full:
            return _("There is no room for another mailbox: %(who)s has reached the storage limit. Ask an operator.") % {
                "who": who
            }
        return _("%(who)s may have no more mailboxes. Ask an operator of this house.") % {"who": who}
    return ""


def _changed(probe: Probe, mailbox: Mailbox) -> Mailbox:
    """Folders that live only here and folders of a server are not made into one another."""
    if probe.incoming_endpoint.protocol != mailbox.incoming_endpoint.protocol:
        raise CannotConnect(_("A mailbox stays with IMAP or with POP3. Add it once more for the other way."))
    mailbox.incoming, mailbox.outgoing = probe.incoming, probe.outgoing
    _start_again(mailbox)
    mailbox.save(update_fields=["incoming", "outgoing", "state", "trouble", "trouble_since", "failures", "next_poll_at"])
    return mailbox


def leave(mailbox: Mailbox, days: int | None) -> None:
    """How long a letter stays in the maildrop after it was collected; None: for ever."""
    mailbox.keep_days = days
    mailbox.save(update_fields=["keep_days"])


def deepen(mailbox: Mailbox, months: int) -> None:
    """Of how many months letters are kept here whole; 0: of all times. A pass fetches what is more now; nothing is removed."""
    mailbox.depth_months = months
    mailbox.next_poll_at = timezone.now()
    mailbox.save(update_fields=["depth_months", "next_poll_at"])


def pause(mailbox: Mailbox) -> None:
    """Leave the server alone; what is here can still be read."""
    _rest(mailbox)


def resume(mailbox: Mailbox) -> None:
    with transaction.atomic():
        _start_again(mailbox)
        mailbox.save(update_fields=["state", "trouble", "trouble_since", "failures", "next_poll_at"])
        ring("mirror.bring_up", mailbox.pk)


def _start_again(mailbox: Mailbox) -> None:
    """As it was when all was well; a pass comes at once and says whether it is."""
    mailbox.state = Mailbox.State.OK if mailbox.last_good_pass else Mailbox.State.NEW
    mailbox.trouble, mailbox.trouble_since, mailbox.failures, mailbox.next_poll_at = "", None, 0, timezone.now()


def remove(mailbox: Mailbox) -> None:
    """Take it from everybody, stop its letters and forget the password at once; its rows are cleared away in the
    background. Nothing changes on the server."""
    with transaction.atomic():
        mailbox.access.all().delete()
        waiting = Recipient.objects.filter(outgoing__mailbox=mailbox).exclude(state__in=Recipient.FINAL)
        waiting.exclude(state=Recipient.State.LEASED).update(state=Recipient.State.CANCELLED, done_at=timezone.now())
        _rest(mailbox, secret=b"", incoming=f"{REMOVED}{mailbox.pk}")
        ring("mirror.clear")


def _rest(mailbox: Mailbox, **columns: object) -> None:
    """Look at its server no more; a pass under way loses its lease and writes nothing further."""
    Mailbox.objects.filter(pk=mailbox.pk).update(
        state=Mailbox.State.PAUSED,
        trouble="",
        trouble_since=None,
        next_poll_at=None,
        watch_until=None,
        lease_until=None,
        lease_token=F("lease_token") + 1,
        **columns,
    )


def clear(batch: int = BATCH) -> None:
    """Delete the rows of removed Mailboxes, a batch a transaction, so that no lock is held long. May be stopped anywhere."""
    for mailbox in Mailbox.objects.filter(incoming__startswith=REMOVED):
        for rows in (
            mailbox.queue,
            mailbox.drafts,
            mailbox.changes,
            mailbox.collected,
            mailbox.messages,
            mailbox.threads,
            mailbox.folders,
        ):
            while ids := list(rows.values_list("pk", flat=True)[:batch]):
                rows.filter(pk__in=ids).delete()
        mailbox.delete()
