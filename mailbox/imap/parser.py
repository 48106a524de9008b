"""A response becomes a tree of values: lists of octet strings, NIL as None. One regular expression does the work."""

import re

from mailbox.imap.errors import Malformed
from mailbox.imap.limits import Limits
from mailbox.imap.uids import TOP_UID

Value = bytes | None | list["Value"]

TOP_NUMBER = 2**63 - 1  # mod-sequences and sizes (RFC 9051 section 9, number64)

# In this order: a parenthesis; the name of a fetched section, which holds blanks; an atom, a number or NIL; a quoted
# string; the announcement of a literal. Whatever is none of them swallows the rest, so that garbage costs one look,
# and nothing is looked at twice: the time is linear in the line.
_TOKEN = re.compile(
    rb"""[()]|[Bb](?i:ODY|INARY)[^\s()"{\[]*\[[^\]\[]*\](?:<\d+>)?|[^ ()"{\x00-\x1f]+|"[^"\\]*(?:\\.[^"\\]*)*+\""""
    rb"""|\{\d+\+?\}|[^\s].*""",
    re.DOTALL,
)
_QUOTED = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*+"', re.DOTALL)
_OPEN, _CLOSE, _QUOTE = b'()"'
_SPECIAL = frozenset([*range(0x21), *b'()"{'])  # no atom begins with one
_NIL = (b"NIL", b"nil")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def parse(pieces: list[bytes], limits: Limits, start: int = 0) -> list[Value]:
    """The values after `start` in a response as the lexer cut it. Raises Malformed."""
    top: list[Value] = []
    stack = [top]
    tokens_left = limits.tokens
    for index in range(0, len(pieces), 2):
        tokens = _TOKEN.findall(pieces[index], start)
        start = 0
        tokens_left -= len(tokens)
        if tokens_left < 0:
            raise Malformed(f"a response of more than {limits.tokens} words")
        if index + 1 < len(pieces):
            tokens.pop()  # the announcement of the literal
        top = _grow(top, stack, tokens, limits.depth)
        if index + 1 < len(pieces):
            top.append(pieces[index + 1])
    if len(stack) > 1:
        raise Malformed("a list without its end")
    return top


def _grow(top: list[Value], stack: list[list[Value]], tokens: list[bytes], depth: int) -> list[Value]:
    """Hangs the tokens into the tree; returns the list that is open afterwards."""
    for token in tokens:
        start = token[0]
        if start not in _SPECIAL:
            top.append(None if token in _NIL else token)
        elif start == _OPEN:
            deeper: list[Value] = []
            top.append(deeper)
            stack.append(deeper)
            top = deeper
            if len(stack) > depth:
                raise Malformed(f"lists nested more than {depth} deep")
        elif start == _CLOSE:
            stack.pop()
            if not stack:
                raise Malformed("a list ends that never began")
            top = stack[-1]
        elif start == _QUOTE:
            top.append(_unquote(token))
        else:
            raise Malformed("characters that belong to nothing")
    return top


def _unquote(token: bytes) -> bytes:
    if not _QUOTED.fullmatch(token):
        raise Malformed("a quoted string without its end")
    text = token[1:-1]
    return _ESCAPED.sub(rb"\1", text) if b"\\" in text else text


def number(value: Value, top: int = TOP_UID) -> int:
    """A number from 0 to `top`; raises Malformed for anything else."""
    if isinstance(value, bytes) and len(value) < 20 and value.isdigit():
        figure = int(value)
        if figure <= top:
            return figure
    raise Malformed(f"{value[:30] if isinstance(value, bytes) else 'a list'!r} where a number should be")


def octets(value: Value) -> bytes:
    """A string; an atom that happens to be spelt NIL counts as one. Raises Malformed for a list."""
    if isinstance(value, list):
        raise Malformed("a list where a string should be")
    return b"NIL" if value is None else value


def text(value: Value) -> str:
    """What a table can hold: without NUL, whatever a literal brought."""
    return octets(value).decode("utf-8", "replace").replace("\0", "\ufffd")


def items(value: Value) -> list[Value]:
    """A list; NIL counts as an empty one. Raises Malformed for a string."""
    if isinstance(value, bytes):
        raise Malformed("a string where a list should be")
    return value or []
