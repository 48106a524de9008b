"""What Bob typed becomes a tree. Pure, linear, and it never raises: what cannot be read is searched as plain words.

query    = *group                    all of them
group    = item *("OR" item)         any of them: OR binds tighter than standing side by side, as people know it
item     = *"-" (operator ":" value / value)
value    = word / quoted phrase / "(" query ")"
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbox.search.operators import FIELDS, OPERATORS, OR, Unreadable, folded, leaf, written
from mailbox.search.tree import And, Field, Node, Not, Or, Text

LONGEST = 1000  # characters that are read
DEEPEST = 12  # groups within groups
MOST = 60  # leaves

_TOKEN = re.compile(r'\s*(?:(?P<phrase>"[^"]*"?)|(?P<bracket>[()])|(?P<dashes>-+(?=[^\s)]))|(?P<word>[^\s()"]+))')
_OPERATOR = re.compile(r"([^\W\d]\w*):")
_WORD = re.compile(r'[^\s()"]+')


@dataclass(frozen=True, slots=True)
class Query:
    """`trouble` is why it was not read as it stands: (what kind, which piece); empty if it was."""

    tree: Node
    trouble: tuple[str, str] = ("", "")


def parse(typed: str) -> Query:
    """The tree of what was typed; of a query that cannot be read one of its words."""
    text = typed[:LONGEST]
    try:
        tree = _Reader(text).whole()
    except Unreadable as error:
        return Query(_words(text), (error.kind, error.piece))
    return Query(tree, ("long", "") if len(typed.strip()) > LONGEST else ("", ""))


def _words(text: str) -> Node:
    return _all([Text(word.strip("-")) for word in _WORD.findall(text)[:MOST] if word.strip("-")])


class _Reader:
    """Reads a list of tokens from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._leaves = 0

    def whole(self) -> Node:
        tree = self._query("", 0)
        if self._at < len(self._tokens):
            raise Unreadable("bracket", ")")
        return tree

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _query(self, field: Field, depth: int) -> Node:
        if depth > DEEPEST:
            raise Unreadable("deep", "")
        groups = []
        while self._peek() not in ("", ")"):
            groups.append(self._group(field, depth))
        return _all(groups)

    def _group(self, field: Field, depth: int) -> Node:
        items = [self._item(field, depth)]
        while self._peek() in OR:
            self._next()
            if self._peek() not in ("", ")"):  # an OR at the end waits for its other side
                items.append(self._item(field, depth))
        return _any(items)

    def _item(self, field: Field, depth: int) -> Node:
        negative = False
        while self._peek().startswith("-"):
            negative ^= len(self._next()) % 2 == 1
        node = self._value(field, depth) if self._peek() not in ("", ")") else And()
        return _not(node) if negative else node

    def _value(self, field: Field, depth: int) -> Node:
        piece = self._next()
        if piece == "(":
            return self._bracket(field, depth)
        if piece.startswith('"'):
            return self._leaf(Text(piece.strip('"').strip(), field, phrase=True))
        found = _OPERATOR.match(piece)
        operator = OPERATORS.get(folded(found[1])) if found else None
        if found and operator:
            return self._asked(operator, piece[found.end() :], depth)
        return And() if piece in OR else self._leaf(Text(piece, field))

    def _bracket(self, field: Field, depth: int) -> Node:
        tree = self._query(field, depth + 1)
        if self._peek() != ")":
            raise Unreadable("bracket", "(")
        self._next()
        return tree

    def _asked(self, operator: str, value: str, depth: int) -> Node:
        """An operator with its value, which may stand in quotes or brackets behind it."""
        quoted = not value and self._peek().startswith('"')
        if not value and self._peek() == "(" and operator in FIELDS:
            self._next()
            return self._bracket(FIELDS[operator], depth)
        value = self._next().strip('"').strip() if quoted else value
        return self._leaf(leaf(operator, value, quoted=quoted)) if value else And()

    def _leaf(self, node: Node) -> Node:
        self._leaves += 1
        if self._leaves > MOST:
            raise Unreadable("many", "")
        return And() if isinstance(node, Text) and not node.text else node


def _tokens(text: str) -> list[str]:
    return [found[0].strip() for found in _TOKEN.finditer(text)]


def _all(nodes: Sequence[Node]) -> Node:
    flat = [leaf for node in nodes for leaf in (node.of if isinstance(node, And) else (node,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def _any(nodes: Sequence[Node]) -> Node:
    flat = [leaf for node in nodes if node != And() for leaf in (node.of if isinstance(node, Or) else (node,))]
    return And() if not flat else flat[0] if len(flat) == 1 else Or(tuple(flat))


def _not(node: Node) -> Node:
    return node if node == And() else node.of if isinstance(node, Not) else Not(node)


def write(node: Node) -> str:
    """The query of a tree: read again it is the same tree."""
    match node:
        case And(of):
            return " ".join(f"({write(one)})" if isinstance(one, Or) else write(one) for one in of)
        case Or(of):
            return " OR ".join(f"({write(one)})" if isinstance(one, And) else write(one) for one in of)
        case Not(of):
            return f"-({write(of)})" if isinstance(of, And | Or) else f"-{write(of)}"
        case _:
            return written(node)
