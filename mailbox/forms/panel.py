"""What operators type: a new mailbox, other servers, a duty, a limit. No password is ever asked for here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mailbox.forms.servers import DIRECT, OUTGOING, ServersForm, parts_of
from mailbox.mime.headers import is_address
from mailbox.models import Mailbox

GIGABYTE = 1_000_000_000
CHANGED = _("Somebody else has changed this meanwhile. Here is how it stands now; change it again if you still want to.")


class PanelServersForm(ServersForm):
    """Servers without a password: that is for the owner to enter."""

    password = None  # type: ignore[assignment]  # Django's way to take an inherited field out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outgoing = self.fields["outgoing_security"]
        assert isinstance(outgoing, forms.ChoiceField)
        outgoing.choices = [*OUTGOING, DIRECT]


class MakeForm(PanelServersForm):
    address = forms.CharField(max_length=254)
    owner = forms.EmailField(max_length=254)
    name = forms.CharField(max_length=150, required=False)

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if not is_address(address):
            raise forms.ValidationError(_("This is not an email address. Write it like name@example.com."))
        return address


class MoveForm(PanelServersForm):
    """Other servers for a mailbox; `seen` are those that the page showed."""

    seen = forms.CharField(max_length=900, required=False)

    def __init__(self, mailbox: Mailbox, data: Any = None) -> None:
        super().__init__(data, initial={**parts_of(mailbox.incoming, mailbox.outgoing), "seen": seen_of(mailbox)})
        self.mailbox = mailbox

    def clean(self) -> dict[str, Any]:
        if self.data.get("seen") != seen_of(self.mailbox):
            self.data = {**self.initial}
            raise forms.ValidationError(CHANGED)
        return super().clean()


def seen_of(mailbox: Mailbox) -> str:
    return f"{mailbox.incoming} {mailbox.outgoing}"


class HeirForm(forms.Form):
    person = forms.EmailField(max_length=254)

    def clean_person(self) -> User:
        found = User.objects.filter(email__iexact=self.cleaned_data["person"], is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here signs in with that address. Invite them first."))
        return found


class AmountForm(forms.Form):
    """How much somebody may hold. Empty: as much as they like. `seen`: what the page showed."""

    mailboxes = forms.IntegerField(min_value=0, max_value=1_000_000, required=False)
    gigabytes = forms.DecimalField(min_value=0, max_value=1_000_000, max_digits=10, decimal_places=3, required=False)

    def stored(self) -> int | None:
        given = self.cleaned_data["gigabytes"]
        return None if given is None else int(given * GIGABYTE)


class PersonForm(AmountForm):
    """A person's duty, the domains they keep, and their limits."""

    duty = forms.ChoiceField(choices=User.Duty.choices, required=False)
    wards = forms.CharField(max_length=5000, required=False)
    most_per_hour = forms.IntegerField(min_value=0, max_value=1_000_000, required=False)
    most_per_day = forms.IntegerField(min_value=0, max_value=10_000_000, required=False)
    is_active = forms.BooleanField(required=False)

    def clean_wards(self) -> list[str]:
        names = sorted({name.lower().strip(".") for name in self.cleaned_data["wards"].replace(",", " ").split()})
        for name in names:
            if not is_address(f"postmaster@{name}") or "." not in name:
                raise forms.ValidationError(_("%(name)s is not the name of a domain.") % {"name": name[:100]})
        return names
