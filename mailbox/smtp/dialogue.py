"""The talk itself, without a socket: generators that yield what to say and are sent what was heard.

A step is a group of Commands that go out in one write. The driver answers it with Heard: one Reply for each, or fewer
and why the line was lost; what was heard before the loss counts, so the first error wins.

    greeting -> EHLO (or HELO) -> [STARTTLS, TLS, EHLO] -> [AUTH] -> ready
    ready -> [RSET] -> MAIL -> RCPT ... -> DATA -> 354 -> the letter -> dot -> ready
             MAIL refused, or nobody accepted -> ready (RSET goes before the next MAIL)
             354 although nobody was accepted -> lone dot -> ready
    ready -> QUIT
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, TypeVar

from mailbox.smtp import commands, sasl
from mailbox.smtp.commands import Command
from mailbox.smtp.content import MailData
from mailbox.smtp.phase import Phase
from mailbox.smtp.reply import Reply
from mailbox.smtp.verdict import SIGN_IN, Outcome, Verdict, is_overflow, judge, lost
from mailbox.wire import Credentials, Refused, SignInFailed, TryLater, WireError

# Commands in one write. The replies to a group must fit the socket buffers of both sides, or each would wait for the
# other to read (RFC 2920 section 3.1).
GROUP = 50
MOST_CHALLENGES = 5
MOST_ENVID = 100  # RFC 3461 section 4.4


class Heard(NamedTuple):
    replies: tuple[Reply, ...]
    lost: str = ""  # why there are fewer replies than commands


SAID = " The server said: "  # between our sentence and its words

T = TypeVar("T")
Dialogue: TypeAlias = Generator[tuple[Command, ...], Heard, T]


class Said(WireError):
    """The server said no before any letter was offered; the text quotes it, `reply` is what it said."""

    def __init__(self, sentence: str, reply: Reply) -> None:
        super().__init__(f"{sentence}{SAID}{reply}")
        self.reply = reply


class SaidLater(Said, TryLater):
    pass


class SaidNo(Said, Refused):
    pass


class SaidNoToUs(Said, SignInFailed):
    pass


@dataclass(frozen=True, slots=True)
class Extensions:
    """What EHLO offered (RFC 5321 section 4.1.1.1); of the last EHLO only, because TLS changes the offer (RFC 3207)."""

    name: str = ""  # what the server calls itself
    keywords: frozenset[str] = frozenset()
    mechanisms: frozenset[str] = frozenset()
    size: int = 0  # the largest letter it takes, in octets; 0: it names none (RFC 1870)

    @classmethod
    def read(cls, reply: Reply) -> "Extensions":
        offers = [line.upper().replace("AUTH=", "AUTH ").split() for line in reply.lines[1:]]
        parameters = {words[0]: words[1:] for words in offers if words}
        size = "".join(parameters.get("SIZE", [])[:1])
        mechanisms = frozenset(word for words in offers if words[:1] == ["AUTH"] for word in words[1:])
        name = reply.lines[0].partition(" ")[0][:255]
        return cls(name, frozenset(parameters), mechanisms, int(size) if size.isascii() and size.isdigit() else 0)

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.keywords


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands outside the letter (RFC 5321 section 2.3.1). `envid`: its name in the reports that are asked for, where
    the server knows how (RFC 3461); empty: only failures are told, as always."""

    return_path: str
    recipients: tuple[str, ...]
    envid: str = ""


class Offer(NamedTuple):
    """How MAIL, RCPT and DATA went: one Outcome for each recipient, None where it is up to the letter's own reply."""

    outcomes: tuple[Outcome | None, ...]
    go_ahead: bool  # 354: the letter may follow


def greet(name: str) -> Dialogue[Extensions]:
    """From the silence after connecting to what the server offers. Raises SaidLater or SaidNo, or TryLater."""
    reply = yield from _ask(commands.LISTEN)
    if reply.kind != 2:
        raise _said(reply, "The server takes no mail from here.")
    return (yield from hello(name))


def hello(name: str) -> Dialogue[Extensions]:
    """EHLO, and HELO for a server that knows no EHLO (RFC 5321 section 3.2)."""
    reply = yield from _ask(commands.ehlo(name))
    if reply.kind == 2:
        return Extensions.read(reply)
    if reply.kind == 5:
        reply = yield from _ask(commands.helo(name))
    if reply.kind != 2:
        raise _said(reply, "The server does not return our greeting.")
    return Extensions.read(Reply(reply.code, reply.lines[:1]))


def start_tls(extensions: Extensions) -> Dialogue[None]:
    """To the point where the handshake begins. Raises Refused if it is not offered."""
    if "STARTTLS" not in extensions:
        raise Refused("The server does not offer STARTTLS, and nothing is sent without it.")
    reply = yield from _ask(commands.STARTTLS)
    if reply.kind != 2:
        raise _said(reply, "The server does not begin TLS.")


def sign_in(credentials: Credentials, extensions: Extensions) -> Dialogue[None]:
    """RFC 4954, where AUTH is offered at all; a server that wants it and hides it says so to MAIL. Raises SignInFailed."""
    if "AUTH" not in extensions:
        return
    way = sasl.choose(credentials, extensions.mechanisms)
    reply = yield from _ask(commands.auth(way.name, way.first()))
    for _ in range(MOST_CHALLENGES):
        if reply.code != 334:
            break
        try:
            answer = way.answer(commands.challenge(reply.text))
        except sasl.Impostor:
            yield from say(commands.AUTH_CANCEL)
            raise
        reply = yield from _ask(commands.auth_answer(answer))
    if reply.code in SIGN_IN:
        raise SaidNoToUs("The name or the password is not accepted.", reply)
    if reply.kind != 2:
        raise _said(reply, "Signing in did not work.")
    way.check()


def offer(envelope: Envelope, content: MailData, extensions: Extensions, *, submission: bool = False) -> Dialogue[Offer]:
    """MAIL, RCPT and DATA, in as few writes as the server allows (RFC 2920)."""
    if objection := _objection(envelope, content, extensions):
        return Offer((Outcome(Verdict.REFUSED, trouble=objection),) * len(envelope.recipients), go_ahead=False)
    lines = [_rcpt(address, envelope, extensions) for address in envelope.recipients]
    sayable = [line for line in lines if isinstance(line, Command)]
    heard = Heard(())
    if sayable:
        everything = (_mail(envelope, content, extensions), *sayable, commands.DATA)
        heard = yield from _say(everything, GROUP if "PIPELINING" in extensions else 1)
    outcomes = iter(_weigh(heard, len(sayable), submission))
    settled = tuple(next(outcomes) if isinstance(line, Command) else line for line in lines)
    go_ahead = len(heard.replies) == len(sayable) + 2 and heard.replies[-1].code == 354
    if go_ahead and None not in settled:
        yield (commands.DOT,)  # nobody takes it, so whatever the answer is, nobody has it (RFC 2920 section 3.1)
        go_ahead = False
    return Offer(settled, go_ahead)


def opening(envelope: Envelope, content: MailData, extensions: Extensions) -> tuple[Command, ...]:
    """What `offer` will say, if that is one breath and may follow the dot of the letter before; else nothing."""
    if "PIPELINING" not in extensions or len(envelope.recipients) + 2 > GROUP or _objection(envelope, content, extensions):
        return ()
    lines = [_rcpt(address, envelope, extensions) for address in envelope.recipients]
    sayable = [line for line in lines if isinstance(line, Command)]
    return (_mail(envelope, content, extensions), *sayable, commands.DATA) if sayable else ()


def ending(heard: Heard, *, submission: bool = False) -> Outcome:
    """What became of everybody who was accepted, by the reply to the final dot."""
    if not heard.replies:
        return lost(heard.lost, Phase.DOT)
    return Outcome(judge(heard.replies[0], Phase.DOT, submission=submission), heard.replies[0])


def say(command: Command) -> Dialogue[None]:
    """A command whose reply changes nothing: RSET, QUIT."""
    yield (command,)


def _ask(command: Command) -> Dialogue[Reply]:
    heard = yield (command,)
    if not heard.replies:
        raise TryLater(heard.lost)
    return heard.replies[0]


def _said(reply: Reply, sentence: str) -> Said:
    return SaidNo(sentence, reply) if reply.kind == 5 else SaidLater(sentence, reply)


def _objection(envelope: Envelope, content: MailData, extensions: Extensions) -> str:
    """Why this server cannot be offered the letter at all; empty: it can."""
    if commands.needs_utf8(envelope.return_path) and "SMTPUTF8" not in extensions:
        return "The receiving server takes only plain ASCII addresses, and the sender's is not one."
    if content.wide and "SMTPUTF8" not in extensions:
        return "The letter names an address that is not plain ASCII, and the receiving server takes no such letters."
    if 0 < extensions.size < content.size:
        return f"The letter has {content.size:,} bytes, and the receiving server takes at most {extensions.size:,}."
    return ""


def _mail(envelope: Envelope, content: MailData, extensions: Extensions) -> Command:
    parameters = []
    if "SIZE" in extensions:
        parameters.append(f"SIZE={content.size}")
    if content.eight_bit and "8BITMIME" in extensions:
        parameters.append("BODY=8BITMIME")
    addresses = (envelope.return_path, *envelope.recipients)
    if "SMTPUTF8" in extensions and (content.wide or any(map(commands.needs_utf8, addresses))):
        parameters.append("SMTPUTF8")
    if envelope.envid and "DSN" in extensions:
        parameters += ["RET=HDRS", f"ENVID={commands.xtext(envelope.envid)[:MOST_ENVID]}"]
    return commands.mail_from(envelope.return_path, *parameters)


def _rcpt(address: str, envelope: Envelope, extensions: Extensions) -> Command | Outcome:
    if commands.needs_utf8(address) and "SMTPUTF8" not in extensions:
        return Outcome(
            Verdict.REFUSED, trouble=f"The receiving server takes only plain ASCII addresses, and {address} is not one."
        )
    try:
        return commands.rcpt_to(address, *_asked(address) if envelope.envid and "DSN" in extensions else ())
    except commands.Unsayable as error:
        return Outcome(Verdict.REFUSED, trouble=str(error))


def _asked(address: str) -> tuple[str, ...]:
    """RFC 3461 section 4.2; an address beyond ASCII has another form there (RFC 6533), which is not worth a refusal."""
    original = f"ORCPT=rfc822;{commands.xtext(address)}"
    return ("NOTIFY=SUCCESS,FAILURE,DELAY", *([original] if address.isascii() else []))


def _say(everything: tuple[Command, ...], group: int) -> Dialogue[Heard]:
    """All of it in steps of that many, as long as there is a point in going on."""
    if len(everything) <= group:
        return (yield everything)
    replies: tuple[Reply, ...] = ()
    for start in range(0, len(everything), group):
        step = everything[start : start + group]
        if replies and _is_pointless(step, replies):
            break
        heard = yield step
        replies += heard.replies
        if heard.lost:
            return Heard(replies, heard.lost)
    return Heard(replies)


def _is_pointless(step: tuple[Command, ...], replies: tuple[Reply, ...]) -> bool:
    mail, *rcpts = replies
    return mail.kind != 2 or (step == (commands.DATA,) and all(reply.kind != 2 for reply in rcpts))


def _weigh(heard: Heard, count: int, submission: bool) -> Iterator[Outcome | None]:
    """For each of `count` RCPT commands what MAIL, itself or DATA decided; None: accepted, and 354."""
    mail, *rest = heard.replies or (None,)
    if mail is None or mail.kind != 2:
        outcome = _outcome(mail, Phase.MAIL, heard.lost, submission)
        yield from [outcome] * count
        return
    data = rest[count] if len(rest) > count else None
    decided = None if data and data.code == 354 else _outcome(data, Phase.DATA, heard.lost, submission)
    somebody = False
    for number in range(count):
        reply = rest[number] if number < len(rest) else None
        if reply and reply.kind == 2:
            somebody = True
            yield decided
        elif reply and somebody and is_overflow(reply):
            yield Outcome(Verdict.OVERFLOW, reply)
        else:
            yield _outcome(reply, Phase.RCPT, heard.lost, submission)


def _outcome(reply: Reply | None, phase: Phase, trouble: str, submission: bool) -> Outcome:
    return Outcome(judge(reply, phase, submission=submission), reply, at=phase) if reply else lost(trouble, phase)
