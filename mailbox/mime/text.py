"""Text for people: an HTML letter as plain text, the preview in a list, a plain letter as paragraphs, a quote to answer to."""

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

from mailbox.mime.letter import Letter
from mailbox.mime.visible import DEEPER, SHALLOWER, visible_text

_PREVIEW = 200
_LOOKED_AT = 8 * 1024  # characters of a letter in which its preview is sought
_DEEPEST = 12  # quote levels that are drawn: towers of thousands froze other readers
_SIGNATURE = "-- "
_FORWARDED = re.compile(
    r"(?<!-)-{2,}+\s?(?:original message|forwarded message|원본 ?메일|원본 ?메시지|전달된 ?메일)\s?-{2,}", re.IGNORECASE
)
_LINE = re.compile(r"([^\r\n]*)([\r\n]|\Z)")
_QUOTE_MARKS = re.compile(rf"(?:> ?){{1,{_DEEPEST}}}")
# Newsletters fill their preview with characters that take no room.
_NO_WIDTH = dict.fromkeys([0xAD, 0x34F, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2800, 0xFEFF])
_PUNCTUATION = ".,;:!?'"
_LINK = re.compile(
    r"(?P<url>\b(?:https?://|www\.)[^\s<>\"`\\^{|}]{1,2000}+)|(?<![\w.+-])(?P<mail>[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++)",
    re.IGNORECASE,
)


def html_to_text(html: str, enough: int = 0) -> str:
    """What a person would read, lines as the blocks fall, quotes behind "> "; hidden text is dropped. Linear.

    Stops soon after `enough` characters if that is not 0.
    """
    pieces: list[str] = []
    size = 0
    for piece in visible_text(html.replace("\0", "\ufffd")):
        pieces.append(piece)
        size += len(piece) - piece.isspace()
        if enough and size > enough:
            break
    return "\n".join(_laid_out("".join(pieces)))


def _laid_out(text: str) -> Iterator[str]:
    """Lines without blanks at their ends, never two empty ones in a row, none at the beginning."""
    depth = before = 0
    gap: bool | None = None  # None: nothing was said yet
    for line, end in _LINE.findall(text):
        if line in (DEEPER, SHALLOWER):
            depth = max(0, depth + (1 if line == DEEPER else -1))
            gap = gap is not None
        elif words := " ".join(line.split()):
            if gap:
                yield _marks(min(before, depth)).rstrip()
            yield _marks(depth) + words
            gap, before = False, depth
        elif end == "\n":
            gap = gap is not None


def _marks(depth: int) -> str:
    return "> " * min(depth, _DEEPEST)


def snippet(letter: Letter) -> str:
    """The first words that the sender wrote, at most 200 characters, one line; quotes only if there is nothing else."""
    text = letter.text[:_LOOKED_AT] if letter.text.strip() else html_to_text(letter.html, 5 * _PREVIEW)
    fresh, quoted = split_quote(text)
    words = _own_words(fresh).split() or _own_words(text.replace(">", " ")).split() or quoted.split()
    return " ".join(words)[: 4 * _PREVIEW].translate(_NO_WIDTH).strip()[:_PREVIEW].rstrip()


def _own_words(text: str) -> str:
    lines = text.partition(f"\n{_SIGNATURE}\n")[0].split("\n")
    return "\n".join(line for line in lines if not line.startswith(">"))


def split_quote(text: str) -> tuple[str, str]:
    """A plain letter as (what was written, the quote at its end with the line that introduces it)."""
    if forwarded := _FORWARDED.search(text):
        return text[: forwarded.start()].rstrip(), text[forwarded.start() :]
    lines = text.split("\n")
    begin = len(lines)
    while begin and (not lines[begin - 1].strip() or lines[begin - 1].startswith(">")):
        begin -= 1
    if not any(line.startswith(">") for line in lines[begin:]):
        return text, ""
    begin = _introduction(lines, begin)
    return "\n".join(lines[:begin]).rstrip(), "\n".join(lines[begin:]).strip("\n")


def _introduction(lines: list[str], begin: int) -> int:
    """Where "On Monday Alice wrote:" begins, which may take two lines."""
    if not begin or not lines[begin - 1].rstrip().endswith(":"):
        return begin
    two_lines = begin > 1 and lines[begin - 2].strip() and (begin == 2 or not lines[begin - 3].strip())
    return begin - 2 if two_lines else begin - 1


def plain_to_html(text: str, *, links: bool = True) -> str:
    """Escaped paragraphs, line breaks, links and quote levels, for the reading pane. Linear; nothing of it is markup."""
    return "".join(_blocks(text, _linked if links else escape))


def _blocks(text: str, line_to_html: Callable[[str], str]) -> Iterator[str]:
    depth = 0
    for (level, is_empty), group in groupby(map(_level, text.split("\n")), key=lambda line: (line[0], not line[1].strip())):
        yield "<blockquote>" * (level - depth) + "</blockquote>" * (depth - level)
        depth = level
        if not is_empty:
            yield f"<p>{'<br>'.join(line_to_html(line) for _, line in group)}</p>"
    yield "</blockquote>" * depth


def _level(line: str) -> tuple[int, str]:
    marks = _QUOTE_MARKS.match(line) if line.startswith(">") else None
    return (marks[0].count(">"), line[marks.end() :]) if marks else (0, line)


def _linked(line: str) -> str:
    pieces, position = [], 0
    for found in _LINK.finditer(line):
        target = _without_punctuation(found[0])
        href = f"mailto:{target}" if found["mail"] else target if "://" in target[:8] else f"http://{target}"
        pieces.append(escape(line[position : found.start()]))
        pieces.append(f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer nofollow">{escape(target)}</a>')
        position = found.start() + len(target)
    return "".join([*pieces, escape(line[position:])])


def _without_punctuation(target: str) -> str:
    """What ends a sentence does not belong to the address in it; a bracket does if it was opened in it."""
    kept = target.rstrip(_PUNCTUATION)
    surplus = sum(map(kept.count, ")]")) - sum(map(kept.count, "(["))
    while surplus > 0 and kept.endswith((")", "]")):
        kept = kept[:-1].rstrip(_PUNCTUATION)
        surplus -= 1
    return kept


def quote(letter: Letter, introduction: str = "") -> str:
    """The letter's text behind "> ", without its signature, after a line that says who wrote it and when."""
    text = letter.text or html_to_text(letter.html)
    lines = text.partition(f"\n{_SIGNATURE}\n")[0].strip("\n").split("\n")
    quoted = "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines)
    return f"{introduction}\n{quoted}\n" if introduction else f"{quoted}\n"
