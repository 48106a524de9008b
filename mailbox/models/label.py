"""Label: a keyword that people give letters, as one Mailbox knows it."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from mailbox.imap.labels import name_of
from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox

LANGUAGES = ("en", "ko")


class LabelQuerySet(Gated["Label"]):
    def named(self, name: str) -> Self:
        """Of that name, in whatever language it is said."""
        called = " ".join(name.split())
        spoken = [
            Q(keyword__iexact=keyword) for keyword in SPOKEN if called.casefold() in map(str.casefold, in_languages(keyword))
        ]
        return self.filter(reduce(or_, spoken, Q(name__iexact=called)))


class Label(models.Model):
    """The letters carry the `keyword` (Placement.keywords); this row knows that there is such a label, also before any
    letter has it."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="labels", db_index=False)  # by its keywords
    keyword = models.CharField(max_length=200)  # as on the wire
    name = models.CharField(max_length=200)  # as a person reads it

    objects = LabelQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "keyword"], name="one_label_per_keyword")]

    def __str__(self) -> str:
        return self.name


SPOKEN = {
    "$label1": _("Important"),
    "$label2": pgettext_lazy("label", "Work"),
    "$label3": _("Personal"),
    "$label4": _("To do"),
    "$label5": pgettext_lazy("label", "Later"),
}


def shown(keyword: str) -> str:
    """For people; the five that Thunderbird is delivered with in their language."""
    return str(SPOKEN.get(keyword.lower()) or name_of(keyword))


def in_languages(keyword: str) -> Iterator[str]:
    """For people of every language."""
    for language in LANGUAGES:
        with override(language):
            yield shown(keyword)
