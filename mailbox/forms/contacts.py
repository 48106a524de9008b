"""Somebody in the address book, as typed."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mailbox.mime.headers import is_address
from mailbox.mime.words import one_line
from mailbox.models import Contact

if TYPE_CHECKING:
    RowForm = forms.ModelForm[Contact]  # generic in the stubs only
else:
    RowForm = forms.ModelForm


class ContactForm(RowForm):
    class Meta:
        model = Contact
        fields = ("name", "address")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.user = user

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_address(self) -> str:
        """In lower case, as those that were written to are kept."""
        address: str = self.cleaned_data["address"].lower()
        if not is_address(address):
            raise forms.ValidationError(_("This is no e-mail address. One looks like name@example.org."))
        if Contact.objects.of(self.instance.user).filter(address=address).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This address is among your contacts already."))
        return address
