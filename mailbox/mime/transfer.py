"""Content-Transfer-Encoding (RFC 2045 section 6): the bytes of a part as they were before they were made fit to travel."""

import binascii
import re

_PROSE = re.compile(rb"\s*+[A-Za-z']++,? ++[A-Za-z']++,? ++[A-Za-z']++")  # three words: that is no base64
_SOFT_BREAK_WITH_BLANKS = re.compile(rb"=[ \t]++(?=\r?\n)")
_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NO_DIGITS = bytes(set(range(256)) - set(_DIGITS))
_MANY_RUNS = 200_000
_TAIL = 8  # padding stands at the end, perhaps before a line break or two


def decode_transfer(content: bytes, encoding: str) -> bytes:
    """Undo "base64" or "quoted-printable"; any other encoding leaves the bytes alone. Never raises."""
    if encoding == "base64":
        return decode_base64(content)
    if encoding == "quoted-printable":
        return decode_quoted_printable(content)
    return content


def decoded_size(raw: bytes, start: int, stop: int, encoding: str) -> int:
    """How many bytes `raw[start:stop]` will be when it is decoded; of base64 reckoned from its length and its lines."""
    if encoding == "quoted-printable":
        return len(decode_quoted_printable(raw[start:stop]))
    if encoding != "base64":
        return stop - start
    tail = raw[max(start, stop - _TAIL) : stop]
    stop -= len(tail) - len(tail.rstrip(b"= \t\r\n"))
    return (stop - start - _line_breaks(raw, start, stop)) * 3 // 4


def _line_breaks(raw: bytes, start: int, stop: int) -> int:
    """Octets of all line breaks. Encoders make lines of one length: if the last ends where it should, so do all."""
    line = raw.find(b"\n", start, stop) + 1 - start
    if line <= 0:
        return 0
    lines = (stop - start) // line
    if raw[start + lines * line - 1] == ord("\n"):
        return lines * (2 if raw[start + line - 2 : start + line] == b"\r\n" else 1)
    return raw.count(b"\n", start, stop) + raw.count(b"\r", start, stop)


def decode_base64(content: bytes) -> bytes:
    """What is no base64 digit is skipped. Some mailers pad every run of lines, some forget the padding, some only say base64."""
    if _PROSE.match(content):
        return content
    padding = content.find(b"=")
    if padding >= 0 and _more_base64(content[padding:]) and content.count(b"=") < _MANY_RUNS:
        return _runs(content)
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        return _runs(content)


def _more_base64(rest: bytes) -> bool:
    """Digits follow the padding, and not the footer that a mailing list added."""
    return bool(rest.strip(b"= \t\r\n")) and not rest.translate(None, _DIGITS + b"= \t\r\n")


def _runs(content: bytes) -> bytes:
    return b"".join(_run(run.translate(None, _NO_DIGITS)) for run in content.split(b"="))


def _run(digits: bytes) -> bytes:
    whole = len(digits) - (len(digits) % 4 == 1)  # a digit alone is six bits and no byte
    return binascii.a2b_base64(digits[:whole] + b"=" * (-whole % 4))


def decode_quoted_printable(content: bytes) -> bytes:
    """RFC 2045 section 6.7: blanks before a line's end were added on the way, so "=" and blanks are a soft break too."""
    if b"= " in content or b"=\t" in content:
        content = _SOFT_BREAK_WITH_BLANKS.sub(b"=", content)
    return binascii.a2b_qp(content)
