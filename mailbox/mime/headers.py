"""What stands in a header for programs: people and Message-IDs (RFC 5322 sections 3.4 and 3.6.4)."""

import re
from collections.abc import Iterator
from itertools import islice

import idna

from mailbox.mime.letter import Address
from mailbox.mime.limits import Limits
from mailbox.mime.words import decode_words, one_line

_ADDRESS = r"(?!=\?)([^\s<>@\"\\,:;()\[\]]++@[^\s<>@\"\\,:;()\[\]]++)"
# One person, and the comma, as nine mailers of ten write them.
_USUAL = re.compile(rf'\s*+(?:(?:"([^"\\]*+)"\s*+|([^"\\<>@,:;()\[\]]*+))<{_ADDRESS}>|{_ADDRESS})\s*+(?:,|\Z)')
# Everything else. A backslash always takes the next character with it, so no quote is looked at twice.
_TOKEN = re.compile(
    r"""=\?[^?\s\\]*+\?[bBqQ]\?[^?\s\\]*+\?=                  # an encoded word, whatever is in it
      | "(?:[^"\\]|\\.)*+"                                      # quoted
      | \((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\)             # a comment, and one within it
      | <(?:[^<>"\\]|\\.|"(?:[^"\\]|\\.)*+")++>?                # the address of a named person
      | \[[^\[\]\s\\]*+\]                                       # a domain that is a number
      | [,;:] | \s++ | \\. | [^\s"(),:;<>\[\\]++ | .""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"\([^()]*+\)")
_ROUTE = re.compile(r"@[^:]*+:")  # RFC 5322 section 4.4: "<@a,@b:c@d>" once named the way
_PLAUSIBLE = re.compile(r'(?:[^\s<>"(),:;\\@]++|"(?:[^"\\]|\\.)*+")@[^\s<>"(),;\\@]++')
_IN_BRACKETS = re.compile(r"<([^<>]++)>")
_LONGEST_ID = 640  # characters: more than any mailer writes, less than a database index refuses
_DOT_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_LOCAL = re.compile(rf'{_DOT_ATOM}|"(?:[ !#-\[\]-~]|\\[ -~])*"', re.ASCII)
# RFC 6531 section 3.3 adds every other character; those that nobody sees would make two addresses look like one.
_UNSEEN = (
    r"\x80-\xa0\xad\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\ud800-\uf8ff"
)
_WIDE_ATOM = rf"(?:[\w!#$%&'*+/=?^`{{|}}~-]|(?![{_UNSEEN}\s])[^\x00-\x7f])+"
_WIDE_LOCAL = re.compile(rf"{_WIDE_ATOM}(?:\.{_WIDE_ATOM})*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE | re.ASCII)
_LITERAL = re.compile(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-fA-F:.]{2,45})\]")


def read_addresses(*texts: str, limit: int = Limits().addresses) -> tuple[Address, ...]:
    """The people in a header as received, or in lines as typed: names decoded, groups opened, of each at most `limit`. What is
    not closed in one line swallows nothing of the next.

    Only what stands in angle brackets or alone is an address; a name that looks like one stays a name. Linear, never raises.
    """
    return tuple(person for text in texts if text for person in islice(_people(text), limit))


def _people(text: str) -> Iterator[Address]:
    start = 0
    while start < len(text) and (usual := _USUAL.match(text, start)):
        quoted, plain, named, alone = usual.groups()
        yield _person(decode_words(quoted or plain), named) if named else Address("", alone)
        start = usual.end()
    if start < len(text):
        yield from _odd_people(text[start:])


def _odd_people(text: str) -> Iterator[Address]:
    chunks: list[list[str]] = [[]]  # tokens between blanks
    angle = ""
    comments: list[str] = []
    for piece in _TOKEN.findall(text):
        if piece in ",;" or (piece[0] == "<" and angle):
            yield from _finished(chunks, angle, comments)
            chunks, angle, comments = [[]], "", []
        if piece[0] == "<":
            angle = piece if len(piece) > 1 else angle
        elif piece == ":":  # what stood before is the name of a group
            chunks = [[]]
        elif piece[0] == "(" and len(piece) > 1:
            comments.append(piece[1:-1])
        elif piece.isspace():
            chunks.append([])
        elif piece not in ",;>":
            chunks[-1].append(piece)
    yield from _finished(chunks, angle, comments)


def _finished(chunks: list[list[str]], angle: str, comments: list[str]) -> Iterator[Address]:
    words = [word for chunk in chunks if (word := "".join(chunk))]
    address = _bare(angle)
    if angle and not address:
        words = words or [word for word in [angle.strip("<> ")] if word]
    elif not angle:
        naked = [word for word in words if _PLAUSIBLE.fullmatch(word) and not word.startswith("=?")]
        if len(naked) == len(words) > 1:  # a list whose commas were forgotten
            yield from (Address("", one_line(word)) for word in naked)
            return
        if naked:
            address = naked[-1]
            words.remove(address)
    name = decode_words(" ".join(map(_unquoted, words)) or (" ".join(comments) if address else ""))
    if name or address:
        yield _person(name, address)


def _person(name: str, address: str) -> Address:
    address = one_line(address)
    return Address("" if name == address else name, address)


def _bare(angle: str) -> str:
    """local@domain of what stands in angle brackets, or '' if that is no address."""
    if "@" not in angle or "=?" in angle:
        return ""
    inside = (_COMMENT.sub("", angle) if "(" in angle else angle).strip("<> \t")
    if inside.startswith("@"):
        inside = _ROUTE.sub("", inside, count=1)
    if inside[:7].lower() == "mailto:":
        inside = inside[7:]
    local, _, domain = inside.rpartition("@")
    local = local if local.endswith('"') else ".".join(part.strip() for part in local.split("."))
    domain = ".".join(part.strip() for part in domain.split("."))
    return f"{local}@{domain}" if _PLAUSIBLE.fullmatch(f"{local}@{domain}") else ""


def _unquoted(word: str) -> str:
    if word[0] != '"':
        return word
    return re.sub(r"\\(.)", r"\1", word[1:-1] if word.endswith('"') and len(word) > 1 else word[1:])


def is_address(text: str) -> bool:
    """A Mailbox as RFC 5321 section 4.1.2 has it; either part may be international (IDNA, RFC 6531)."""
    local, _, domain = text.rpartition("@")
    if not 0 < len(local.encode(errors="replace")) <= 64 or len(text) > 254:
        return False
    if not _LOCAL.fullmatch(local) and (local.isascii() or not _WIDE_LOCAL.fullmatch(local)):
        return False
    try:
        ascii_domain(domain)
    except ValueError:
        return False
    return True


def ascii_domain(domain: str) -> str:
    """The domain with A-labels (RFC 5890), as it goes over the wire. Raises ValueError if it is none."""
    if _LITERAL.fullmatch(domain):
        return domain
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode("ascii")  # IDNAError is a ValueError
    if not 0 < len(domain) <= 253 or not all(map(_LABEL.fullmatch, domain.split("."))):
        raise ValueError(f"{domain!r} is no domain")
    return domain


def read_ids(text: str, limit: int = Limits().references) -> tuple[str, ...]:
    """Message-IDs without their brackets; of more than `limit` the first, which began the conversation, and the last."""
    if not text:
        return ()
    ids = [_id(found) for found in _IN_BRACKETS.findall(text)] or [_id(word) for word in text.split() if "@" in word]
    ids = [found for found in ids if found]
    return tuple(ids if len(ids) <= limit else ids[:1] + ids[1 - limit :])


def read_id(text: str) -> str:
    """The Message-ID of the letter itself, brackets or not."""
    return next(iter(read_ids(text)), "") or _id(text)


def _id(text: str) -> str:
    return one_line("".join(text.split()))[:_LONGEST_ID]
