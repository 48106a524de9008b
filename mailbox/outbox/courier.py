"""Carries one claim to its site: finds the way, keeps one line for all its talks, writes down how each ended.

for each talk:  the open line, or each host in turn  ->  send  ->  note
                nobody takes it                      ->  one outcome for everybody of the claim
the line lasted long enough, or closed after it had taken something  ->  the rest is given back
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from accounts.vault import CannotOpen
from mailbox.models import Outgoing, Recipient
from mailbox.outbox import settling, sites, ways
from mailbox.outbox.claims import Claim, LeaseLost, Talk
from mailbox.outbox.freight import Freight
from mailbox.outbox.plan import domain_of
from mailbox.outbox.ways import Hop
from mailbox.smtp.client import SmtpClient
from mailbox.smtp.commands import Unsayable
from mailbox.smtp.content import MailData
from mailbox.smtp.dialogue import SAID, Envelope, Said, SaidNo
from mailbox.smtp.proof import Unproven
from mailbox.smtp.record import Record
from mailbox.smtp.route import TakesNoMail
from mailbox.smtp.verdict import Outcome, Verdict, asks_to_slow, second_chance
from mailbox.wire import Credentials, Endpoint, Forbidden, NoSuchHost, SignInFailed, WireError

logger = logging.getLogger(__name__)

PATIENCE = (0, 1, 2, 4, 8, 16, 32)  # seconds before each try to write an outcome down, should the database be away
SURE_AFTER = 5  # tries, in more than an hour: then a name that DNS denies is believed not to exist, a private one not to change
FINAL = (SaidNo, TakesNoMail, Unsayable)
DENIED = (NoSuchHost, Forbidden)
NOT_ITS_FAULT = (*FINAL, *DENIED, SignInFailed, Unproven, ways.Unfit)  # no reason to leave the site alone for a while


class Courier:
    def __init__(self, claim: Claim, may_go_on: Callable[[], bool]) -> None:
        self.claim = claim
        self.may_go_on = may_go_on
        self.books = settling.Books(claim)
        self.freight = Freight(claim.talks)
        self.talks = deque(claim.talks)
        self.record = Record()
        self.client: SmtpClient | None = None
        self.dot_sent = False
        self.taken = 0  # letters that went over
        self.slower = False  # the server has asked us to come less
        self.errors: list[WireError] = []  # why no host had us

    def carry(self) -> None:
        """Every talk of the claim, those included that a server's limit on addressees makes of one."""
        talk = None
        try:
            while self.talks and (talk is None or self._has_time()):
                talk = self.talks.popleft()
                outcomes = self._outcomes(talk)
                if self.errors and self.taken:
                    self.talks.appendleft(talk)  # a line that closed in between says nothing about this letter
                    break
                self._note(talk, outcomes)
        except LeaseLost:
            logger.warning("Letters to %s were given to another worker; this one stops.", self.claim.site)
        except (DatabaseError, InterfaceError):
            if talk and not self.dot_sent:
                self.talks.appendleft(talk)  # nobody has it, whether its dot was announced or not
            raise
        finally:
            self._end(talk)

    def _has_time(self) -> bool:
        """Always for the first talk; then until the line is old, or this worker is asked to end."""
        is_young = time.monotonic() - self.claim.began < self.claim.rules.line_life
        return is_young and self.may_go_on()

    def _end(self, last: Talk | None) -> None:
        """Write down what was noted, give back what was not begun, tell the site what it was like, hang up."""
        try:
            self._patiently(self.books.close)
            if self.talks:
                pause = self.claim.rules.back_in if self.errors else timedelta()
                self._patiently(lambda: self.claim.give_back(self.talks, pause))
            self._leave(last)
            self._patiently(self._report)
        finally:
            self._hang_up()

    def _report(self) -> None:
        unreachable = self.errors and not any(isinstance(error, NOT_ITS_FAULT) for error in self.errors)
        trouble = str(self.errors[-1]).partition(SAID)[0] if unreachable else ""
        sites.learn(self.claim.site, self.claim.now(), self.claim.rules, taken=self.taken, trouble=trouble, slower=self.slower)

    # --- The way -----------------------------------------------------------------------------------------------------
    def _outcomes(self, talk: Talk) -> Sequence[Outcome]:
        """What the first host that takes a stand decides, or what it means that none does."""
        self.record = Record()
        self.dot_sent = False
        talk.attempt.started_at = self.claim.now()
        outcomes: Sequence[Outcome] = ()
        if not self.errors or self._is_open():
            try:
                for client in self._clients(talk):
                    outcomes = self._send(client, talk)
                    if not client.broken or any(outcome.verdict is not Verdict.LATER for outcome in outcomes):
                        return outcomes
                    self.dot_sent = False
            except WireError as error:
                self.errors.append(error)
        return outcomes or [outcome_of(self.errors, talk.recipients[0].attempts)] * len(talk.recipients)

    def _is_open(self) -> bool:
        return self.client is not None and not self.client.broken

    def _clients(self, talk: Talk) -> Iterator[SmtpClient]:
        """The line that is open, then a new one to each host; why one was not reached is added to the errors."""
        if self.client and not self.client.broken:
            self.record.add("On the same line.")
            yield self.client
        errors: list[WireError] = []
        for hop in self._hops(talk):
            self._hang_up()
            try:
                self.client = self._connect(hop, talk)
            except SignInFailed:
                raise
            except WireError as error:
                errors.append(error)
            else:
                yield self.client
        self.errors += errors

    def _hops(self, talk: Talk) -> tuple[Hop, ...]:
        """Raises WireError if there is no way."""
        endpoint = self.claim.mailbox.outgoing_endpoint
        if endpoint.protocol != "mx":
            return (Hop(endpoint),)
        return ways.find(talk.outgoing.return_path, domain_of(talk.recipients[0].address), self.claim.rules)

    def _connect(self, hop: Hop, talk: Talk) -> SmtpClient:
        host = hop.host
        credentials = None if host.scheme == "direct" else self._credentials(host)
        proof, upgrade = ways.proof_of(hop), not ways.breaks_tls(host)
        if not (upgrade or proof):
            self.record.add("TLS failed with this host within the last hour; it is not tried now.")
        client = SmtpClient.connect(
            host,
            ways.guard(host, talk.recipients[0].attempts),
            name=settings.EHLO_NAME,
            credentials=credentials,
            timeouts=self.claim.rules.timeouts,
            trust=self.claim.rules.trust,
            proof=proof,
            record=self.record,
            pulse=self._pulse,
            upgrade=upgrade,
        )
        if client.fell_back:
            ways.note_broken_tls(host)
        return client

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

    # --- The talk ----------------------------------------------------------------------------------------------------
    def _send(self, client: SmtpClient, talk: Talk) -> Sequence[Outcome]:
        attempt = talk.attempt
        client.record = self.record
        attempt.host, attempt.address, attempt.tls = _name_of(client), client.address, client.tls
        content = self.freight.content_of(talk)
        outcomes = client.send(_envelope(talk), content, before_dot=lambda: self._commit_dot(talk), then=self._next())
        is_first = self.claim.mailbox.outgoing_endpoint.protocol == "mx" and talk.recipients[0].attempts == 1
        return [second_chance(outcome) for outcome in outcomes] if is_first else outcomes

    def _next(self) -> tuple[Envelope, MailData] | None:
        """What will be sent on this line after the letter under way."""
        if not self.talks or not self._has_time():
            return None
        try:
            return _envelope(self.talks[0]), self.freight.content_of(self.talks[0])
        except Unsayable:
            return None

    def _commit_dot(self, talk: Talk) -> None:
        self.books.commit_dot(talk)
        self.dot_sent = True

    def _note(self, talk: Talk, outcomes: Sequence[Outcome]) -> None:
        """Written down at once, unless the next letter is on its way to its dot already."""
        self.taken += any(outcome.verdict is Verdict.ACCEPTED for outcome in outcomes)
        self.slower = self.slower or any(outcome.reply and asks_to_slow(outcome.reply) for outcome in outcomes)
        self.books.note(talk, outcomes, self.record)
        if rest := self.books.split(talk, outcomes):
            self.talks.appendleft(rest)
        goes_on = self.talks and self._is_open() and self.client and self.client.has_heard_more
        self._patiently(self.books.tell if goes_on else self.books.close)

    def _pulse(self) -> None:
        try:
            self.claim.hold()
        except LeaseLost:
            if not self.dot_sent:  # after the dot the answer is worth hearing, whoever writes it down
                raise

    def _patiently(self, write: Callable[[], object]) -> None:
        for pause in PATIENCE:
            time.sleep(pause)
            try:
                write()
            except (OperationalError, InterfaceError) as error:
                logger.warning("What became of letters to %s is not written down yet (%s).", self.claim.site, error)
                connection.close_if_unusable_or_obsolete()
            else:
                return
        write()

    def _hang_up(self) -> None:
        if self.client:
            self.client.close()

    def _leave(self, last: Talk | None) -> None:
        if last is None or self.client is None or self.client.broken:
            return
        self.client.quit()
        try:
            settling.add_ending(last, self.record)
        except DatabaseError as error:
            logger.warning("The last lines of the dialogue are not kept (%s).", error)


def _envelope(talk: Talk) -> Envelope:
    letter = talk.outgoing
    addresses = tuple(recipient.address for recipient in talk.recipients)
    return Envelope(letter.return_path, addresses, letter.message_id if letter.notify else "")


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
