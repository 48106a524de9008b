"""Whether it is really the sender who wrote: Authentication-Results (RFC 8601), as the receiver's own server said it.

Anybody can write such a field into a letter. Only those that name the person's own server count, because that server takes
out forged ones that name it (section 5); which name it uses (its authserv-id) is for the caller to know.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from mailbox.mime.headers import ascii_domain
from mailbox.mime.letter import Letter
from mailbox.mime.limits import SEVERAL_SENDERS

_LONGEST = 20_000
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*+\)")
_METHOD = re.compile(r"([\w-]+)(?:/\d+)?\s*=\s*(\w+)")
_PROPERTY = re.compile(r"\b(smtp|header|body|policy)\.([\w-]+)\s*=\s*([^\s;]+)")
_DEPTH = 5  # comments within comments

Known = Callable[[str], bool]  # whether that authserv-id is the person's own server


@dataclass(frozen=True, slots=True)
class Result:
    """One method: dkim, spf, dmarc, ... and what it concerns, such as {"header.d": "hamburger.edu"}."""

    method: str
    result: str
    about: dict[str, str]


@dataclass(frozen=True, slots=True)
class Trust:
    """`verdict` "pass": DMARC passed for the domain of the one who is shown as the sender, and a signature or a server of
    that domain proves it. "fail": that domain says that it was not sent by it. "": nobody knows."""

    verdict: Literal["pass", "fail", ""] = ""
    domain: str = ""
    signed_by: str = ""  # the domain of an aligned DKIM signature
    sent_by: str = ""  # the domain whose server it is, if SPF passed and is aligned


def trust_of(letter: Letter, is_own: Known) -> Trust:
    """Never raises. A letter with several senders is nobody's."""
    sender = letter.senders[0].address if len(letter.senders) == 1 else ""
    domain = _domain(sender.rpartition("@")[2])
    if not domain or SEVERAL_SENDERS in letter.damage:
        return Trust()
    fields = (value for name, value in letter.fields if name.lower() == "authentication-results")
    results = [result for value in fields for result in _results(value, is_own)]
    verdicts = {one.result for one in results if one.method == "dmarc" and _concerns(one, domain)}
    if "fail" in verdicts:
        return Trust("fail", domain)
    passed = [one for one in results if one.result == "pass"]
    signed = next((name for one in passed if one.method == "dkim" and (name := _aligned(one, "header.d", domain))), "")
    signed = signed or next((name for one in passed if one.method == "dkim" and (name := _aligned(one, "header.i", domain))), "")
    sent = next((name for one in passed if one.method == "spf" and (name := _aligned(one, "smtp.mailfrom", domain))), "")
    if verdicts != {"pass"} or not (signed or sent):
        return Trust()
    return Trust("pass", domain, signed, sent)


def _results(value: str, is_own: Known) -> Iterator[Result]:
    server, *stated = _bare(value[:_LONGEST]).split(";")
    words = server.split()
    if not words or not is_own(words[0].lower()):
        return
    for one in stated:
        if method := _METHOD.match(one.strip()):
            about = {f"{kind}.{name}".lower(): text.lower() for kind, name, text in _PROPERTY.findall(one)}
            yield Result(method[1].lower(), method[2].lower(), about)


def _bare(value: str) -> str:
    """Without comments and quoted texts: no result that counts stands in one."""
    value = _QUOTED.sub(" ", value)
    for _ in range(_DEPTH):
        value, changed = _COMMENT.subn(" ", value)
        if not changed:
            break
    return value


def _concerns(dmarc: Result, domain: str) -> bool:
    return _domain(dmarc.about.get("header.from", domain)) == domain


def _aligned(one: Result, name: str, domain: str) -> str:
    """The domain that was proved, if it is the sender's or one is a part of the other (RFC 7489 section 3.1)."""
    proved = _domain(one.about.get(name, "").rpartition("@")[2])
    related = proved == domain or proved.endswith(f".{domain}") or domain.endswith(f".{proved}")
    return proved if proved and "." in proved and related else ""


def _domain(text: str) -> str:
    try:
        return ascii_domain(text.strip(".")).lower()
    except ValueError:
        return ""
