"""Bytes of a letter become characters, whatever their label says."""

import re
from collections.abc import Callable

from mailbox.mime.labels import CODECS

_SQUEEZED = {re.sub(r"[^a-z0-9]", "", label): codec for label, codec in CODECS.items()}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BEGIN_OF_BOM = b"\xef\xff\xfe"
# A Hangul syllable of KS X 1001: in Latin text two such letters hardly ever stand side by side.
_HANGUL_PAIR = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
_HANGUL = re.compile("[가-힣]")
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")
_SAMPLE = 64 * 1024
_LONG = 1_000_000  # octets: what is longer is read by the codec alone, which knows no vendors' characters
_SHIFT_OUT = re.compile(rb"\x0e([^\x0f\r\n]*+)\x0f?")
_JIS = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([BHIJ])([^\x1b]*+)")
_HIGH = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))


def codec_of(label: str) -> str:
    """Python's codec for a charset label of any case and spelling, or '' if nobody knows it."""
    lower = label.lower()
    return CODECS.get(lower) or _SQUEEZED.get(re.sub(r"[^a-z0-9]", "", lower), "")


def decode(content: bytes, label: str = "") -> str:
    """The text of a body or an encoded word. Never raises; holds no NUL and no lone surrogate.

    The ladder: byte order mark, the declared charset, UTF-8, CP949 if it looks Korean, windows-1252.
    """
    codec = codec_of(label)
    if codec in _NOT_ASCII:
        return _printable(_NOT_ASCII[codec](content))
    if content.isascii():
        return _printable(_seven_bit(content))
    if content[0] in _BEGIN_OF_BOM:
        for mark, marked in _BOMS:
            if content.startswith(mark):
                return _printable(content[len(mark) :].decode(marked, "replace"))
    return _printable(_declared(content, codec) or _guess(content, codec))


def decode_as(content: bytes, label: str) -> str:
    """In the charset that a person has chosen, whatever does not fit."""
    codec = codec_of(label) or "utf-8"
    return _printable(_NOT_ASCII[codec](content) if codec in _NOT_ASCII else content.decode(codec, "replace"))


def decode_raw(content: bytes, hint: str = "") -> str:
    """A header field with bytes above 127 in it, where no label is (RFC 6532 says UTF-8; `hint`: the body's charset)."""
    if content.isascii():
        return _printable(_seven_bit(content))
    codec = codec_of(hint)
    codec = "" if codec in _NOT_ASCII else codec  # a header is ASCII between its odd bytes, so it is in none of these
    return _printable(_strictly(content, "utf-8") or _declared(content, codec) or _guess(content, codec))


def _declared(content: bytes, codec: str) -> str:
    # us-ascii and iso-8859-1 stand in front of everything by mistake, and every byte string is windows-1252.
    if not codec or codec == "cp1252":
        return ""
    return _strictly(content, codec) or (_japanese_euc(content) if codec == "euc-jp" and len(content) <= _LONG else "")


def _guess(content: bytes, codec: str) -> str:
    if codec != "utf-8" and (text := _strictly(content, "utf-8")):
        return text
    if _looks_korean(content):
        return content.decode("cp949", "replace")
    if codec == "utf-8":
        return _damaged_utf8(content)
    return content.decode(codec or "cp1252", "replace")


def _strictly(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return ""


def _damaged_utf8(content: bytes) -> str:
    """A letter cut within a character keeps UTF-8; one that is rather Latin-1 is read as windows-1252."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - broken
    return text if sound >= broken else content.decode("cp1252", "replace")


def _looks_korean(content: bytes) -> bool:
    """Most of what is not ASCII are pairs that make Hangul, and not even a quarter of them makes something else.

    Western text fails the first, Chinese in GB 2312 the second.
    """
    sample = content[:_SAMPLE]
    if 4 * len(_HANGUL_PAIR.findall(sample)) < len(_EIGHT_BIT.findall(sample)):
        return False
    text = sample.decode("cp949", "replace")
    return 4 * len(_HANGUL.findall(text)) >= 3 * (len(text) - len(text.encode("ascii", "ignore")))


def _seven_bit(content: bytes) -> str:
    if b"\x1b$" not in content:
        return content.decode("ascii")
    return _iso_2022_kr(content) if b"\x1b$)C" in content else _iso_2022_jp(content)


def _iso_2022_kr(content: bytes) -> str:
    """RFC 1557: SO and SI switch to KS X 1001 and back, within one line; read as CP949, and without its designator too."""
    if len(content) > _LONG:
        return content.decode("iso2022_kr", "replace")
    plain = content.replace(b"\x1b$)C", b"")
    return _SHIFT_OUT.sub(lambda shifted: shifted[1].translate(_HIGH), plain).replace(b"\x0f", b"").decode("cp949", "replace")


def _iso_2022_jp(content: bytes) -> str:
    """RFC 1468, with the circled digits and the like that vendors put into row 13."""
    if len(content) > _LONG:
        return content.decode("iso2022_jp_ext", "replace")
    return _strictly(content, "iso2022_jp_ext") or _JIS.sub(_shift_jis, content).decode("cp932", "replace")


def _shift_jis(segment: re.Match[bytes]) -> bytes:
    charset, text = segment.groups()
    if charset.startswith(b"$"):
        return _pairs_to_shift_jis(text)
    return text.translate(_HIGH) if charset == b"(I" else text


def _japanese_euc(content: bytes) -> str:
    """EUC-JP with vendors' rows: the same pairs as in ISO-2022-JP, eighth bit set."""
    runs = re.sub(rb"(?:[\xa1-\xfe]{2})+", lambda run: _pairs_to_shift_jis(bytes(byte & 0x7F for byte in run[0])), content)
    return _strictly(runs.replace(b"\x8e", b""), "cp932")


def _pairs_to_shift_jis(text: bytes) -> bytes:
    """Pairs of JIS X 0208 as Shift_JIS; bytes that are no pair (a line break) stay."""
    return re.sub(rb"[\x21-\x7e]{2}", lambda pair: bytes(_shift_jis_pair(*pair[0])), text)


def _shift_jis_pair(row: int, cell: int) -> tuple[int, int]:
    lead = ((row - 0x21) >> 1) + 0x81
    lead += 0x40 if lead > 0x9F else 0
    if row % 2 == 0:
        return lead, cell + 0x7E
    return lead, cell + (0x1F if cell < 0x60 else 0x20)


def _utf_16(content: bytes, codec: str) -> str:
    for mark, marked in _BOMS[1:]:
        if content.startswith(mark):
            return content[2:].decode(marked, "replace")
    if b"\0" not in content and (text := _strictly(content, "utf-8")):
        return text  # labelled so by a mailer that meant "Unicode": real UTF-16 has a space or a line break in it
    return content.decode(codec, "replace")


def _utf_7(content: bytes) -> str:
    text = content.decode("utf-7", "replace")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _printable(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


# Charsets in which bytes below 128 are not always ASCII.
_NOT_ASCII: dict[str, Callable[[bytes], str]] = {
    "utf-7": _utf_7,
    "utf-16-le": lambda content: _utf_16(content, "utf-16-le"),
    "utf-16-be": lambda content: _utf_16(content, "utf-16-be"),
    "utf-32": lambda content: content.decode("utf-32", "replace"),
    "hz": lambda content: content.decode("hz", "replace"),
    "iso-2022-kr": _iso_2022_kr,
    "iso-2022-jp": _iso_2022_jp,
}
