"""Draws static/icons.svg, the one cached sprite of the icons that templates and views name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import lucide
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

IN_TEMPLATE = re.compile(r"""{% icon ["']([a-z0-9-]+)["']""")
HEAD = '<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence: https://lucide.dev/license -->\n'


IN_PYTHON = re.compile(r"""\bicon=["']([a-z0-9-]+)["']""")


def in_python(source: str) -> Iterator[str]:
    """Icons that Python names: icon="..." and the values of every dictionary whose name ends with ICONS."""
    yield from IN_PYTHON.findall(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and any(map(_names_icons, node.targets)):
            yield from (str(value.value) for value in node.value.values if isinstance(value, ast.Constant))


def _names_icons(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.endswith("ICONS")


def names() -> set[str]:
    """The icons in use."""
    root = Path(settings.BASE_DIR)
    found = {name for page in (root / "templates").rglob("*.html") for name in IN_TEMPLATE.findall(page.read_text())}
    for room in ("accounts", "mailbox"):
        for module in (root / room).rglob("*.py"):
            found.update(in_python(module.read_text()))
    return found


def sprite(wanted: set[str]) -> str:
    """One <symbol> an icon, in order; raises KeyError for a name that Lucide has not."""
    with ZipFile(Path(lucide.__file__).parent / "lucide.zip") as box:
        return HEAD + "\n".join(_symbol(name, box.read(f"{name}.svg").decode()) for name in sorted(wanted)) + "\n</svg>\n"


def _symbol(name: str, svg: str) -> str:
    shapes = re.sub(r">\s+<", "><", svg.partition(">")[2].rpartition("</svg>")[0].strip()).replace(" />", "/>")
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{shapes}</symbol>'


class Command(BaseCommand):
    help = "Draw static/icons.svg again from the icons in use."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drawn = sprite(names())
        except KeyError as missing:
            raise CommandError(f"Lucide has no icon {missing}.") from None
        (Path(settings.BASE_DIR) / "static" / "icons.svg").write_text(drawn)
