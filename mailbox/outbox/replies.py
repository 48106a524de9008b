"""Before Send: to whom an answer goes, as whom, and under which subject. Pure: a Letter in, values out."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mailbox.mime.letter import Address, Letter

# "Re" as mail programs of other languages write it, perhaps counted ("Re[2]:"), with an ASCII or a full-width colon.
ANSWERED = re.compile(r"^\s*(re|aw|sv|antw|vs|odp|답장|回复|回覆|返信)\s*(\[\d+\])?\s*[:：]", re.IGNORECASE)
FORWARDED = re.compile(r"^\s*(fwd?|wg|tr|전달|转发|轉寄|転送)\s*[:：]", re.IGNORECASE)

PLAIN_NAME = re.compile(r"[\w '’-]*")  # needs no quotes in an address list (RFC 5322 section 3.2.3, and letters of every script)


@dataclass(frozen=True, slots=True)
class Recipients:
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()


def reply_recipients(letter: Letter, mine: Collection[str], *, everyone: bool = False) -> Recipients:
    """Whom an answer to that letter is for (RFC 5322 section 3.6.3): its author, or who the author named in Reply-To;
    with `everyone` the other addressees in Cc. Of a letter that I wrote, its addressees again, never its Bcc. I am not
    among them, under any of `mine` and with any "+tag", unless there is nobody else."""
    me = Me(mine)
    if any(me.is_me(author) for author in letter.senders):
        to = me.others(letter.to) or me.others(letter.cc) or letter.to
        cc: Iterable[Address] = me.others(letter.cc) if everyone else ()
    else:
        to = me.others(letter.reply_to) or _written(letter.senders)
        cc = me.others((*letter.to, *letter.cc)) if everyone else ()
    to = _distinct(to)
    return Recipients(to, _distinct(cc, without=to))


def answering_address(letter: Letter, mine: Collection[str]) -> str:
    """Which of `mine` that letter was written to (or, if I wrote it, from); '' if it names none of them."""
    me = Me(mine)
    delivered = (Address("", letter.header(name).strip("<> ")) for name in ("Delivered-To", "X-Original-To"))
    named = (*letter.senders, *letter.to, *letter.cc, *letter.bcc, *delivered)
    return next((known for known in map(me.known, named) if known), "")


def reply_subject(subject: str) -> str:
    return subject.strip() if ANSWERED.match(subject) else f"Re: {subject.strip()}".rstrip()


def forward_subject(subject: str) -> str:
    return subject.strip() if FORWARDED.match(subject) else f"Fwd: {subject.strip()}".rstrip()


def as_typed(people: Iterable[Address]) -> str:
    """An address list as a person would type it into To."""
    return ", ".join(map(_one_as_typed, people))


def _one_as_typed(person: Address) -> str:
    if not person.name or person.name == person.address:
        return person.address
    if PLAIN_NAME.fullmatch(person.name):
        return f"{person.name} <{person.address}>"
    escaped = person.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{person.address}>'


class Me:
    """The addresses that are mine, in any case and with any "+tag" (RFC 5233) behind the name."""

    def __init__(self, mine: Collection[str]) -> None:
        self._as_written = {_folded(address): address for address in reversed(list(mine))}

    def known(self, person: Address) -> str:
        """Which of mine this person is, as it was given; '' if somebody else."""
        address = _folded(person.address)
        return self._as_written.get(address) or self._as_written.get(_without_tag(address), "")

    def is_me(self, person: Address) -> bool:
        return bool(self.known(person))

    def others(self, people: Iterable[Address]) -> tuple[Address, ...]:
        return tuple(person for person in _written(people) if not self.is_me(person))


def _written(people: Iterable[Address]) -> tuple[Address, ...]:
    """Those with an address: "undisclosed recipients:;" names nobody."""
    return tuple(person for person in people if person.address)


def _distinct(people: Iterable[Address], without: Iterable[Address] = ()) -> tuple[Address, ...]:
    seen = {_folded(person.address) for person in without}
    kept = []
    for person in people:
        if (folded := _folded(person.address)) not in seen:
            seen.add(folded)
            kept.append(person)
    return tuple(kept)


def _folded(address: str) -> str:
    return address.strip().casefold()


def _without_tag(address: str) -> str:
    name, at, domain = address.rpartition("@")
    return f"{name.partition('+')[0]}{at}{domain}"
