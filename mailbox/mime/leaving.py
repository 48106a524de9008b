"""How to leave a mailing list, as its letters say it: List-Unsubscribe (RFC 2369) and one-click (RFC 8058)."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from mailbox.mime.headers import is_address
from mailbox.mime.letter import Letter
from mailbox.mime.words import one_line

_ADDRESS = re.compile(r"<([^<>]{1,2000})>")
_ONE_CLICK = "list-unsubscribe=one-click"
_MOST = 10


@dataclass(frozen=True, slots=True)
class Leaving:
    """`one_click`: an address that takes a POST, without a question; `page`: one to be opened in a browser; `to`: one to
    write to, with that subject and text. Each may be empty."""

    one_click: str = ""
    page: str = ""
    to: str = ""
    subject: str = ""
    text: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.page or self.one_click).hostname or ""


def leaving_of(letter: Letter) -> Leaving | None:
    """None for a letter of no list, or of one that does not say. Never raises."""
    addresses = ["".join(found.split()) for found in _ADDRESS.findall(letter.header("list-unsubscribe"))[:_MOST]]
    https = next((one for one in addresses if _is_web(one, "https")), "")
    page = https or next((one for one in addresses if _is_web(one, "http")), "")
    promised = "".join(letter.header("list-unsubscribe-post").split()).lower() == _ONE_CLICK
    to, subject, text = next((found for one in addresses if (found := _mailto(one))), ("", "", ""))
    if not (page or to):
        return None
    return Leaving(https if promised else "", page, to, subject, text)


def _is_web(address: str, scheme: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == scheme and bool(parts.hostname) and parts.username is None and address.isprintable()
    except ValueError:
        return False


def _mailto(address: str) -> tuple[str, str, str] | None:
    """RFC 6068: one receiver; of its fields only the subject and the body."""
    if address[:7].lower() != "mailto:":
        return None
    to, _, query = address[7:].partition("?")
    fields = {name.lower(): values[0] for name, values in parse_qs(query, max_num_fields=None).items()}
    to = unquote(to)
    subject = one_line(fields.get("subject", ""))[:500]
    return (to, subject or "unsubscribe", fields.get("body", "")[:2000]) if is_address(to) else None
