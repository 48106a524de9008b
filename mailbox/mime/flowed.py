"""format=flowed (RFC 3676): lines that were broken to travel become paragraphs again."""

from collections.abc import Iterator

_SIGNATURE = "-- "
_LONGEST = 2_000_000


def unflow(text: str, delsp: bool = False) -> str:
    """A line that ends in a blank goes on in the next one of the same quote depth; with `delsp` that blank was added.

    A text of more than two million characters stays as it is.
    """
    return "\n".join(_paragraphs(text, delsp)) if len(text) <= _LONGEST else text


def _paragraphs(text: str, delsp: bool) -> Iterator[str]:
    open_lines: list[str] = []
    open_depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")  # section 4.4: stuffed
        if open_lines and (depth != open_depth or content == _SIGNATURE):
            yield _quoted("".join(open_lines), open_depth)
            open_lines = []
        open_depth = depth
        if content.endswith(" ") and content != _SIGNATURE:
            open_lines.append(content[:-1] if delsp else content)
            continue
        yield _quoted("".join([*open_lines, content]), depth)
        open_lines = []
    if open_lines:
        yield _quoted("".join(open_lines), open_depth)


def _quoted(paragraph: str, depth: int) -> str:
    return f"{'>' * depth} {paragraph}" if depth else paragraph
