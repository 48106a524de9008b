"""The SMTP client: drives the dialogue over a line, and keeps the record of it."""

import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from mailbox.smtp import commands, dialogue
from mailbox.smtp.commands import Command
from mailbox.smtp.content import MailData
from mailbox.smtp.dialogue import Dialogue, Envelope, Extensions, Heard
from mailbox.smtp.line import BLOCK, Line
from mailbox.smtp.phase import Phase, Timeouts
from mailbox.smtp.proof import Proof, Unproven, without_proof
from mailbox.smtp.record import Record
from mailbox.smtp.reply import Reply
from mailbox.smtp.verdict import Outcome, judge, lost
from mailbox.wire import Credentials, Endpoint, Guard, TryLater, WireError

T = TypeVar("T")
TO_THE_END = (commands.DOT,)


class NoHandshake(TryLater):
    """TLS was worth a try, and failed."""


class SmtpClient:
    """A line to a server that is ready for a letter. A context manager: leaving it says QUIT.

    `broken`: nothing more can be said on it. `record` may be replaced between two letters."""

    def __init__(self, line: Line, record: Record, name: str) -> None:
        self.record = record
        self.extensions = Extensions()
        self.host = line.host
        self.address = line.address
        self.broken = False
        self.fell_back = False
        self._line = line
        self._name = name or line.literal
        self._submission = False
        self._in_transaction = False
        self._ahead: tuple[Command, ...] = ()  # said already, with the letter before

    @classmethod
    def connect(
        cls,
        endpoint: Endpoint,
        guard: Guard,
        *,
        name: str = "",
        credentials: Credentials | None = None,
        timeouts: Timeouts | None = None,
        trust: ssl.SSLContext | None = None,
        proof: Proof | None = None,
        record: Record | None = None,
        pulse: Callable[[], object] | None = None,
        upgrade: bool = True,
    ) -> "SmtpClient":
        """Greeted, secured, signed in; `name` is what we greet with (empty: our address on this line). `pulse` is called
        every quarter of a minute while something is waited for, here and later; what it raises closes the line.

        `endpoint.security` rules TLS. A host that was found by MX (scheme `direct`) gets TLS if it offers it, without
        proof of its name, and goes without if the handshake fails (RFC 7435) or if that is known already (`upgrade`), unless
        `proof` says what it must prove first. `fell_back` says afterwards that it failed.
        Raises TryLater, Refused or SignInFailed; dialogue.Said among them where the server said it."""
        record = record or Record()
        limits = timeouts or Timeouts()

        def arrive(*, upgrade: bool) -> SmtpClient:
            line = Line(endpoint, guard, limits, trust, pulse)
            return cls(line, record, name)._ready(endpoint, credentials, trust, proof, upgrade=upgrade)

        try:
            try:
                return arrive(upgrade=upgrade)
            except NoHandshake as error:
                record.add(f"{error} Once more, without TLS.")
                client = arrive(upgrade=False)
                client.fell_back = True
                return client
        except WireError as error:
            record.add(str(error).partition("\n")[0])
            raise

    @property
    def tls(self) -> str:
        """Such as "TLSv1.3, certificate verified", or "" without TLS."""
        return self._line.tls

    @property
    def has_heard_more(self) -> bool:
        """Whether an answer lies here that nobody has asked for yet: the next `send` begins without a pause."""
        return self._line.has_unread

    def send(
        self,
        envelope: Envelope,
        content: MailData,
        *,
        before_dot: Callable[[], object] | None = None,
        then: tuple[Envelope, MailData] | None = None,
    ) -> tuple[Outcome, ...]:
        """One transaction: an Outcome for each recipient of the envelope, in its order.

        `before_dot` is called before the final dot goes, of a letter that fills more than one write when all but the dot is
        on its way; what it raises closes the line, and the dot never goes. `then` is what the next `send` will be given:
        a server that knows PIPELINING is told its envelope in one breath with the dot (RFC 2920 section 3.1)."""
        self._line.begin()
        try:
            return self._transact(envelope, content, before_dot, then)
        except BaseException:
            self.close()
            raise

    def quit(self) -> None:
        """Leave politely if the line still stands, and nothing has been begun on it."""
        if not self.broken and not self._ahead:
            self._run(dialogue.say(commands.QUIT))
        self.close()

    def close(self) -> None:
        self.broken = True
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error:
            self.close()
        else:
            self.quit()

    def _ready(self, *facts: Any, upgrade: bool) -> Self:
        try:
            self._make_ready(*facts, upgrade=upgrade)
        except BaseException:
            self.close()
            raise
        return self

    def _make_ready(
        self,
        endpoint: Endpoint,
        credentials: Credentials | None,
        trust: ssl.SSLContext | None,
        proof: Proof | None,
        *,
        upgrade: bool,
    ) -> None:
        self.extensions = self._run(dialogue.greet(self._name))
        if endpoint.security == "starttls":
            self._upgrade(trust)
        elif proof:
            self._upgrade_proven(proof, trust)
        elif endpoint.scheme == "direct" and upgrade and "STARTTLS" in self.extensions:
            try:
                self._upgrade(without_proof())
            except WireError as error:
                raise NoHandshake(str(error)) from error
        if credentials:
            self._run(dialogue.sign_in(credentials, self.extensions))
            self._submission = True

    def _upgrade_proven(self, proof: Proof, trust: ssl.SSLContext | None) -> None:
        """Whatever stands between us and the proof may go away again; the letter waits for that."""
        try:
            self._upgrade(proof.trust(trust), proof)
        except WireError as error:
            reason = str(error).partition(dialogue.SAID)[0]
            raise Unproven(f"A protected connection is demanded ({proof.source}). {reason}") from error

    def _upgrade(self, trust: ssl.SSLContext | None, proof: Proof | None = None) -> None:
        """STARTTLS, and EHLO again: what was offered before TLS is forgotten (RFC 3207 section 4.2)."""
        self._run(dialogue.start_tls(self.extensions))
        if self._line.secure(trust, proof):
            self.record.add("Dropped what the server had said ahead of TLS.")
        self.record.add(self.tls)
        self.extensions = self._run(dialogue.hello(self._name))

    def _transact(
        self,
        envelope: Envelope,
        content: MailData,
        before_dot: Callable[[], object] | None,
        then: tuple[Envelope, MailData] | None,
    ) -> tuple[Outcome, ...]:
        if self._in_transaction and not self._ahead:
            self._run(dialogue.say(commands.RSET))
        self._in_transaction = True
        offer = self._run(dialogue.offer(envelope, content, self.extensions, submission=self._submission))
        if not offer.go_ahead:
            final = lost("The letter was not asked for.", Phase.DATA)
            return tuple(outcome or final for outcome in offer.outcomes)
        ahead = dialogue.opening(*then, self.extensions) if then else ()
        final = self._hand_over(content, before_dot, ahead)
        return tuple(outcome or final for outcome in offer.outcomes)

    def _hand_over(self, content: MailData, before_dot: Callable[[], object] | None, ahead: tuple[Command, ...]) -> Outcome:
        """The letter, its dot and what comes ahead: in one write, unless the letter itself takes several and somebody wants
        to know the moment before the dot."""
        self.record.add(content)
        rest = content.wire
        try:
            if before_dot and len(rest) > BLOCK:
                self._line.write(rest, Phase.BLOCK)
                rest = b""
            if before_dot:
                before_dot()
            self._line.write(b"".join((rest, commands.DOT.wire, *[command.wire for command in ahead])), Phase.BLOCK)
        except TryLater as error:
            return self._cut_short(error)
        self.record.add(TO_THE_END)
        heard = self._hear(TO_THE_END)
        self._in_transaction = bool(ahead)
        self._ahead = ahead
        return dialogue.ending(heard, submission=self._submission)

    def _cut_short(self, error: TryLater) -> Outcome:
        """The line died before the dot was out: what the server said before it hung up counts."""
        replies = self._hear((commands.QUIT,)).replies
        self.broken = True
        return Outcome(judge(replies[0], Phase.DATA), replies[0]) if replies else lost(str(error), Phase.DATA)

    def _run(self, talk: Dialogue[T]) -> T:
        try:
            step = next(talk)
            while True:
                step = talk.send(self._exchange(step))
        except StopIteration as end:
            result: T = end.value
            return result

    def _exchange(self, step: tuple[Command, ...]) -> Heard:
        said, self._ahead = self._ahead, ()
        if said and said != step:
            self.broken = True  # our own fault: the answers that come are to something else
            return Heard((), "What was said ahead is not what follows.")
        try:
            if not said:
                self._line.write(b"".join([command.wire for command in step]), step[0].phase)
        except TryLater:
            self.broken = True  # what the server said before it hung up is still to be read, and says more
        self.record.add(step)
        return self._hear(step)

    def _hear(self, step: tuple[Command, ...]) -> Heard:
        replies: list[Reply] = []
        for command in step:
            try:
                reply = self._line.read(command.phase)
            except TryLater as error:
                self.record.add(str(error))
                self.broken = True
                return Heard(tuple(replies), str(error))
            self.record.add(reply)
            replies.append(reply)
            self.broken = self.broken or reply.code == 421  # the server is closing down (RFC 5321 section 3.8)
        return Heard(tuple(replies))
