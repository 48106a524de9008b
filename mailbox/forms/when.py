"""When a letter shall leave: what is offered, and what a person picks, both in the person's own zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

PICKED = "%Y-%m-%dT%H:%M"  # as <input type="datetime-local"> writes it
MORNING, NOON, EVENING = 8, 13, 18  # o'clock
MONDAY = 0
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Offer:
    label: str
    at: datetime  # in the person's zone

    @property
    def value(self) -> str:
        return self.at.strftime(PICKED)


def offers(here: datetime) -> list[Offer]:
    """Times that people choose; `here` is now, in the person's zone."""
    tomorrow = here + timedelta(days=1)
    monday = here + timedelta(days=(MONDAY - here.weekday()) % 7 or 7)
    found = [
        Offer(gettext("Tomorrow morning"), _at(tomorrow, MORNING)),
        Offer(gettext("Tomorrow afternoon"), _at(tomorrow, NOON)),
    ]
    if here.hour < EVENING - 1:
        found.insert(0, Offer(gettext("This evening"), _at(here, EVENING)))
    if monday.date() != tomorrow.date():
        found.append(Offer(gettext("Monday morning"), _at(monday, MORNING)))
    return found


def picked(moment: datetime) -> str:
    """For the field, as it was picked before; nothing if that time has passed."""
    return timezone.localtime(moment).strftime(PICKED) if moment > timezone.now() else ""


def _at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


class WhenForm(forms.Form):
    """`at` comes from an offer's button, `when` from the field beside them."""

    at = forms.CharField(required=False, max_length=30)
    when = forms.CharField(required=False, max_length=30)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["not_before"] = self._moment(data.get("at") or data.get("when") or "")
        return data

    def _moment(self, typed: str) -> datetime:
        field = forms.DateTimeField(
            input_formats=[PICKED, f"{PICKED}:%S"],
            error_messages={"required": _("Choose a day and a time."), "invalid": _("That is not a time of your zone.")},
        )
        moment: datetime = field.clean(typed)
        if moment <= timezone.now():
            raise forms.ValidationError(gettext("That time has passed. Choose a later one."))
        if moment > timezone.now() + FARTHEST:
            raise forms.ValidationError(gettext("That is more than a year away. Choose an earlier time."))
        return moment

    @property
    def sentence(self) -> str:
        """What is wrong."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)
