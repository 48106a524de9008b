"""What looks like something else: a domain like one that is known, a link whose words name another host than it leads to."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urlsplit

# What a quick eye takes for a Latin letter (Unicode TR 39, of its table what phishers use).
_LIKE = str.maketrans("аеорсухіјѕԁһոԛԝкмтвɡαοειρυνκϲı015l", "aeopcyxijsdhoqwkmtbgaoeipuvkcioisi")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_HOST = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?:[/?#:]\S*)?", re.IGNORECASE)
_SECOND_LEVEL = frozenset(["ac", "co", "com", "edu", "gov", "go", "ne", "net", "or", "org", "re"])  # of co.kr, com.br, ac.uk ...
SHORTEST = 9  # characters of a domain that is told apart by more than one letter
MOST = 200  # links that are looked at


def resembles(domain: str, known: Iterable[str]) -> str:
    """The known domain that this one, which is none of them, could be taken for; "" if there is none."""
    ours = {one.lower() for one in known if one}
    domain = _shown(domain)
    if domain in ours or site_of(domain) in map(site_of, ours):
        return ""
    return next((one for one in sorted(ours) if _skeleton(one) == _skeleton(domain) or _is_slip(one, domain)), "")


def is_mixed(domain: str) -> bool:
    """Whether one name in it is written in letters of several scripts."""
    return any(len(set(_scripts(label))) > 1 for label in _shown(domain).split("."))


def site_of(host: str) -> str:
    """The part that somebody owns, as far as that can be told without a list: shop.example.co.kr gives example.co.kr."""
    labels = host.lower().rstrip(".").split(".")
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if deep else -2 :])


def misleading_links(clean: str) -> list[tuple[str, str]]:
    """(the host that the words name, the host that the link leads to), each once; `clean` comes from the sanitizer."""
    found: dict[tuple[str, str], None] = {}
    for number, link in enumerate(_LINK.finditer(clean)):
        if number >= MOST:
            break
        words = _HOST.fullmatch(unescape(_TAG.sub("", link[2])).strip())
        host = _host_of(unescape(link[1]))
        if words and host and site_of(words[1]) != site_of(host):
            found[words[1].lower(), host] = None
    return list(found)


def _host_of(address: str) -> str:
    try:
        parts = urlsplit(address)
        return (parts.hostname or "") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _shown(domain: str) -> str:
    """In letters, where it is written in A-labels (RFC 5891)."""
    try:
        return domain.lower().encode().decode("idna") if "xn--" in domain.lower() else domain.lower()
    except UnicodeError:
        return domain.lower()


def _skeleton(domain: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFKD", domain) if not unicodedata.combining(char)).translate(_LIKE)
    for pair, like in _PAIRS:
        plain = plain.replace(pair, like)
    return plain.replace("-", "")


def _is_slip(one: str, other: str) -> bool:
    """One letter more, less, another, or two in each other's place, in names that are long enough."""
    if min(len(one), len(other)) < SHORTEST or abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _scripts(label: str) -> Iterator[str]:
    """By the first word of a letter's name; Han, Kana and Hangul are written together."""
    for char in label:
        if char.isalpha():
            script = unicodedata.name(char, "?").partition(" ")[0]
            yield "CJK" if script in {"HIRAGANA", "KATAKANA", "HANGUL", "CJK"} else script
