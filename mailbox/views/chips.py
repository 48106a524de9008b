"""Labels as the eye sees them: the chips of rows and letters, and the lines of the menu that gives and takes them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from mailbox.imap.labels import is_label
from mailbox.models import Placement
from mailbox.models.label import shown
from mailbox.templatetags.look import hue
from mailbox.views.places import label_url
from mailbox.views.shell import Side

SHOWN = 2
CHIP = '<span class="chip" data-hue="{}">{}</span>'


@dataclass(frozen=True, slots=True)
class Chip:
    name: str
    hue: int

    @property
    def url(self) -> str:
        return label_url(self.name)


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the menu; `on`: every letter in view has it, and a press takes it away."""

    name: str
    hue: int
    on: bool = False


def chips(keywords: Iterable[str]) -> list[Chip]:
    """Each label once, by name."""
    names = sorted({shown(keyword) for keyword in keywords if is_label(keyword)}, key=str.casefold)
    return [Chip(name, hue(name)) for name in names]


def drawn(some: list[Chip]) -> SafeString:
    """The first of them as a row has them, and how many there are besides."""
    first = [*some[:SHOWN], *([Chip(f"+{len(some) - SHOWN}", 0)] if len(some) > SHOWN else [])]
    return format_html(CHIP * len(first), *(value for chip in first for value in (chip.hue, chip.name)))


def choices(side: Side, carried: Iterable[str] = ()) -> list[Choice]:
    """Every label of the person; `carried`: the names of those that are on."""
    on = {name.casefold() for name in carried}
    return [Choice(name, hue(name), name.casefold() in on) for name in side.labels]


def carried(placements: Iterable[Placement]) -> list[str]:
    """The names of the labels that every one of these letters has."""
    sets = [{chip.name for chip in chips(place.keywords)} for place in placements]
    return sorted(set.intersection(*sets)) if sets else []
