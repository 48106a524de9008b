"""A letter that tells that another did not arrive: reports (RFC 3464), and what is written where there is no report. Pure.

More than four in ten bounces have no part for machines. Of those every address in the text is a candidate: whoever knows to
whom the letter went will know which of them is meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailbox.mime.headers import read_addresses
from mailbox.mime.letter import Letter, ReportedFate
from mailbox.mime.text import html_to_text

FAILED, DELAYED = "failed", "delayed"
OUR_HEADER = "X-Relish-Letter"
MOST_CANDIDATES = 200
MOST_TEXT = 100_000  # characters that are looked at

_DAEMON = re.compile(
    r"(mailer-?daemon|mail-?daemon|postmaster|mdaemon|mail.?delivery|double-bounce|mailsystem|smtp-?daemon)", re.I
)
_SUBJECT = re.compile(
    r"undeliver|not be delivered|non.?delivery|deliver(y|ed)?.{0,20}(fail|problem|error|delay|status|report|notif|unsuccess)"
    r"|fail(ed|ure)?.{0,20}(deliver|notice|mail|recipient)|returned? (mail|to sender|message)|mail (error|system|delivery)"
    r"|delayed|could not send|warning: message|undelivered|^failure$|bounce|반송|배달 ?(실패|지연|불가)|전송 ?실패|배달되지"
    r"|수신 ?실패|발송 ?실패|配信(エラー|不能)|退信|unzustellbar|non remis|no se pudo entregar|niet worden bezorgd",
    re.I,
)
_ANSWERING = re.compile(
    r"^\s*(re: ?)?(auto(matic|mated)?[ -]?(reply|response|answer|matische antwort)|out of (the )?office|vacation"
    r"|away from|absence|abwesen|réponse automatique|부재 ?중|자동 ?(응답|회신)|自動(応答|返信))",
    re.I,
)
_DELAY = re.compile(
    r"\bdelay(ed)?\b|still (being )?retr|will (continue|keep|be retried|try again|retry)|not yet been|continue trying"
    r"|could not send (message|your mail) for past|do not need to resend|warning: message still|지연|다시 시도(합니다|할 예정)",
    re.I,
)
_GAVE_UP = re.compile(
    r"giving up|gave up|will not (be retried|retry)|no longer (try|retr)|permanent(ly)? (error|fail)|i'm not going to try", re.I
)
# What stands between a bounce's own words and the letter that it returns.
_RETURNED = re.compile(
    r"^[ \t>*]*(-+ ?)?(below this line is a copy|this is a copy of (the|your) message|original message( follows| headers)?\b"
    r"|the header of the original|returned message|message header|unsent message below|원본 메(일|시지)|--- enclosed are)",
    re.I | re.M,
)
_ADDRESS = re.compile(r"[^\s<>()\[\]{},;:'\"“”*|=]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_CODE = re.compile(r"\b([45][0-5]\d)[ -]+(?:([45]\.\d{1,3}\.\d{1,3})\b)?|[#( ]([45]\.\d{1,3}\.\d{1,3})\b")
_MESSAGE_ID = re.compile(r"^[ \t>]*message-id:\s*<([^<>\s]{3,900})>", re.I | re.M)
_OURS = re.compile(rf"^[ \t>]*{OUR_HEADER}:\s*([!-~]{{3,900}})", re.I | re.M)
_RETURNED_TYPES = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial"}
_OTHER_REPORTS = {"message/disposition-notification", "message/feedback-report"}


@dataclass(frozen=True, slots=True)
class Bounce:
    """`fates` are candidates: some may be no addressee at all. `message_ids`: what the letter may have been called, the
    likeliest first; `ours`: what our own header calls it. `arrived_at`: the addresses that the bounce was sent to."""

    fates: tuple[ReportedFate, ...]
    message_ids: tuple[str, ...]
    ours: str
    arrived_at: tuple[str, ...]


def is_bounce(letter: Letter) -> bool:
    """Cheap, asked of every letter that arrives. Read receipts, complaints and answering machines are none."""
    if any(part.content_type in _OTHER_REPORTS for part in letter.parts):
        return False
    says = {name.lower(): value for name, value in reversed(letter.fields)}  # of each name the first
    if letter.report or says.get("x-failed-recipients"):
        return True
    if says.get("x-autoreply") or says.get("x-autorespond") or not _is_from_a_machine(letter, says.get("return-path", "")):
        return False
    return bool(_SUBJECT.search(letter.subject)) and not _ANSWERING.search(letter.subject)


def read_bounce(letter: Letter) -> Bounce | None:
    if not is_bounce(letter):
        return None
    body = (letter.text or html_to_text(letter.html))[:MOST_TEXT]
    cut = _RETURNED.search(body)
    words = body[: cut.start()] if cut else body
    fates = _reported(letter) or tuple(_read_words(letter, words))
    returned = "\n".join([*_returned(letter), body])
    ours = _OURS.search(returned)
    return Bounce(fates, tuple(dict.fromkeys(_ids(letter, returned))), ours[1] if ours else "", tuple(_arrived_at(letter)))


def _is_from_a_machine(letter: Letter, return_path: str) -> bool:
    sender = letter.senders[0] if letter.senders else None
    if return_path.strip() == "<>":
        return True
    return sender is not None and bool(_DAEMON.search(sender.address.partition("@")[0]) or _DAEMON.search(sender.name))


def _reported(letter: Letter) -> tuple[ReportedFate, ...]:
    """What the part for machines says, if it names anybody; programs write "expired" for failed, and worse."""
    return letter.report.fates if letter.report and any(fate.recipient for fate in letter.report.fates) else ()


def _read_words(letter: Letter, words: str) -> Iterator[ReportedFate]:
    """A fate for every address in the text, with the code and the words that follow it."""
    action = _action(letter.subject, words)
    named = {one.address.lower() for one in read_addresses(letter.header("X-Failed-Recipients"))}
    found = {match[0].rstrip(".").lower(): match.end() for match in reversed(list(_ADDRESS.finditer(words)))}
    for address in list(dict.fromkeys([*named, *reversed(found)]))[:MOST_CANDIDATES]:
        yield _fate(address, action, words[found.get(address, 0) :])


def _fate(address: str, action: str, after: str) -> ReportedFate:
    code = _CODE.search(after)
    if not code:
        said = next((line.strip() for line in after.splitlines()[1:] if line.strip()), "")
        return ReportedFate(address, action=action, diagnostic=said[:500])
    said = " ".join(after[code.start() :].partition("\n\n")[0].split())
    return ReportedFate(address, action=action, status=code[2] or code[3] or "", diagnostic=said.lstrip("#( ")[:500])


def _action(subject: str, words: str) -> str:
    text = f"{subject}\n{words}"
    return DELAYED if _DELAY.search(text) and not _GAVE_UP.search(text) else FAILED


def _returned(letter: Letter) -> Iterator[str]:
    """The head of every part that may be the letter that came back."""
    for part in letter.parts:
        if part.content_type in _RETURNED_TYPES or part.is_attachment:
            yield part.content[:65536].replace(b"\r\n", b"\n").decode("utf-8", "replace")


def _ids(letter: Letter, returned: str) -> Iterator[str]:
    if letter.report and letter.report.message_id:
        yield letter.report.message_id
    yield from (match[1] for match in _MESSAGE_ID.finditer(returned))
    yield from (*letter.in_reply_to, *reversed(letter.references))


def _arrived_at(letter: Letter) -> Iterator[str]:
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To"):
        yield from (person.address for person in read_addresses(letter.header(name)))
