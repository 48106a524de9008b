"""Carries one claim to its server: finds the way, keeps the line for all its talks, settles each before the next.

for each talk:  the open line, or each host in turn  ->  send  ->  settle
                nobody takes it                      ->  one outcome for everybody  ->  settle
"""

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from accounts.vault import CannotOpen
from mailbox.models import Outgoing, Recipient
from mailbox.outbox import settling, ways
from mailbox.outbox.claims import Claim, LeaseLost, Talk
from mailbox.outbox.plan import domain_of
from mailbox.smtp.client import SmtpClient
from mailbox.smtp.commands import Unsayable
from mailbox.smtp.content import MailData
from mailbox.smtp.dialogue import SAID, Envelope, Said, SaidNo
from mailbox.smtp.record import Record
from mailbox.smtp.route import TakesNoMail
from mailbox.smtp.verdict import Outcome, Verdict
from mailbox.wire import Credentials, Endpoint, Forbidden, NoSuchHost, SignInFailed, WireError

logger = logging.getLogger(__name__)

PATIENCE = (0, 1, 2, 4, 8, 16, 32)  # seconds before each try to write an outcome down, should the database be away
SURE_AFTER = 5  # tries, in more than an hour: then a name that DNS denies is believed not to exist, a private one not to change
FINAL = (SaidNo, TakesNoMail, Unsayable)
DENIED = (NoSuchHost, Forbidden)


class Courier:
    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.record = Record()
        self.client: SmtpClient | None = None
        self.dot_sent = False
        self.attempts = 0  # of those whose turn it is

    def carry(self) -> None:
        """Every talk of the claim, those included that a server's limit on addressees makes of one."""
        talks = deque(self.claim.talks)
        try:
            while talks:
                talk = talks.popleft()
                if rest := self._settle(talk, self._outcomes(talk)):
                    talks.appendleft(rest)
            self._leave(talk)
        except LeaseLost:
            logger.warning("Letter %s was given to another worker; this one stops.", self.claim.outgoing.pk)
        finally:
            self._hang_up()

    # --- The way -----------------------------------------------------------------------------------------------------
    def _outcomes(self, talk: Talk) -> Sequence[Outcome]:
        """What the first host that takes a stand decides, or what it means that none does."""
        self.record = Record()
        self.dot_sent = False
        self.attempts = talk.recipients[0].attempts
        errors: list[WireError] = []
        outcomes: Sequence[Outcome] = ()
        try:
            for client in self._clients(self._hosts(talk.recipients[0]), errors):
                outcomes = self._send(client, talk)
                if not client.broken or any(outcome.verdict is not Verdict.LATER for outcome in outcomes):
                    return outcomes
        except WireError as error:
            errors.append(error)
        return outcomes or [outcome_of(errors, self.attempts)] * len(talk.recipients)

    def _hosts(self, recipient: Recipient) -> tuple[Endpoint, ...]:
        """Raises WireError if there is no way."""
        endpoint = self.claim.mailbox.outgoing_endpoint
        if endpoint.protocol != "mx":
            return (endpoint,)
        return ways.find(self.claim.outgoing.return_path, domain_of(recipient), self.claim.rules)

    def _clients(self, hosts: Sequence[Endpoint], errors: list[WireError]) -> Iterator[SmtpClient]:
        """The line that is open, then a new one to each host; why one was not reached is added to `errors`."""
        if self.client and not self.client.broken:
            self.record.add("On the same line.")
            yield self.client
        for host in hosts:
            self._hang_up()
            try:
                self.client = self._connect(host)
            except SignInFailed:
                raise
            except WireError as error:
                errors.append(error)
            else:
                yield self.client

    def _connect(self, host: Endpoint) -> SmtpClient:
        credentials = None if host.scheme == "direct" else self._credentials(host)
        return SmtpClient.connect(
            host,
            ways.guard(host, self.attempts),
            name=settings.EHLO_NAME,
            credentials=credentials,
            timeouts=self.claim.rules.timeouts,
            record=self.record,
            pulse=self._pulse,
        )

    def _credentials(self, host: Endpoint) -> Credentials | None:
        """None where there is nothing to sign in with. Raises SignInFailed; without a word to the server, if it has
        refused this very password before."""
        mailbox = self.claim.mailbox
        if mailbox.outgoing_endpoint.protocol == "mx" or not mailbox.secret:
            return None
        refused = Outgoing.objects.filter(mailbox=mailbox, held_with=settling.digest_of(mailbox))
        if refused.filter(recipients__state=Recipient.State.HELD).exists():
            raise SignInFailed(f"{host.host} does not accept the password of {mailbox.address}. Sign in again.")
        try:
            return mailbox.credentials(host)
        except CannotOpen as error:
            raise SignInFailed(str(error)) from error

    @cached_property
    def content(self) -> MailData:
        """Raises Unsayable, though no such letter is queued."""
        return MailData.of(self.claim.outgoing.letter())

    # --- The talk ----------------------------------------------------------------------------------------------------
    def _send(self, client: SmtpClient, talk: Talk) -> Sequence[Outcome]:
        attempt = talk.attempt
        client.record = self.record
        attempt.host, attempt.address, attempt.tls = _name_of(client), client.address, client.tls
        addresses = tuple(recipient.address for recipient in talk.recipients)
        envelope = Envelope(self.claim.outgoing.return_path, addresses)
        return client.send(envelope, self.content, before_dot=lambda: self._commit_dot(talk))

    def _commit_dot(self, talk: Talk) -> None:
        self.claim.commit_dot(talk)
        self.dot_sent = True

    def _pulse(self) -> None:
        try:
            self.claim.hold()
        except LeaseLost:
            if not self.dot_sent:  # after the dot the answer is worth hearing, whoever writes it down
                raise

    def _settle(self, talk: Talk, outcomes: Sequence[Outcome]) -> Talk | None:
        for pause in PATIENCE:
            time.sleep(pause)
            try:
                return settling.settle(self.claim, talk, outcomes, self.record)
            except (OperationalError, InterfaceError) as error:
                logger.warning("The outcome of letter %s is not written down yet (%s).", self.claim.outgoing.pk, error)
                connection.close_if_unusable_or_obsolete()
        return settling.settle(self.claim, talk, outcomes, self.record)

    def _hang_up(self) -> None:
        if self.client:
            self.client.close()

    def _leave(self, talk: Talk) -> None:
        if self.client is None or self.client.broken:
            return
        self.client.quit()
        try:
            settling.add_ending(self.claim, talk, self.record)
        except DatabaseError as error:
            logger.warning("The last lines of the dialogue are not kept (%s).", error)


def outcome_of(errors: Sequence[WireError], attempts: int) -> Outcome:
    """What it means that no host had us, for each addressee. It is for good only if each host said so itself (a 554 greeting,
    RFC 5321 section 3.1), if the domain takes no mail, or if DNS has denied the name long enough."""
    error = errors[-1]
    reply = error.reply if isinstance(error, Said) else None
    trouble = str(error).partition(SAID)[0]
    if isinstance(error, SignInFailed):
        return Outcome(Verdict.HELD, reply, trouble)
    final = (*FINAL, *DENIED) if attempts >= SURE_AFTER else FINAL
    for_good = all(isinstance(error, final) for error in errors)
    return Outcome(Verdict.REFUSED if for_good else Verdict.LATER, reply, trouble)


def _name_of(client: SmtpClient) -> str:
    """The host by its name: its own word for it only where we know no better."""
    try:
        ip_address(client.host)
    except ValueError:
        return client.host
    return client.extensions.name or client.host
