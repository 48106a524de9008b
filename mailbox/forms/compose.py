"""The letter as typed: `DraftForm` keeps anything, `LetterForm` says what stands in the way of sending it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mailbox.mime import authored
from mailbox.mime.headers import is_address, read_addresses
from mailbox.mime.letter import Address
from mailbox.models import Draft, Identity, Message
from mailbox.outbox.drafts import Written
from mailbox.outbox.freezing import MOST_ADDRESSEES

TEXT_MAX = 5_000_000  # characters
ADDRESSES_MAX = 200_000  # more than as many addresses have as a letter can go to
NO_ADDRESS = _("“%(typed)s” is not an email address. Write it like name@example.com.")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
WORD_WITH_AT = re.compile(r"[^\s,;]+@[^\s,;]+")


class Lines(forms.CharField):
    """Text in which a line ends with one \\n, whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class Addresses(forms.CharField):
    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > ADDRESSES_MAX:
            raise forms.ValidationError(gettext("A letter can go to %(most)d addresses at most.") % {"most": MOST_ADDRESSEES})


class DraftForm(forms.Form):
    """Everything the page holds. `key`, `tab` and `revision` say which page it is; nothing here is required."""

    identity = forms.ModelChoiceField(
        Identity.objects.none(),
        required=False,
        empty_label=None,
        error_messages={"invalid_choice": _("You cannot write as that address. Choose another one.")},
    )
    to = Addresses(required=False)
    cc = Addresses(required=False)
    bcc = Addresses(required=False)
    subject = forms.CharField(required=False, max_length=5000)
    text = Lines(required=False, strip=False, max_length=TEXT_MAX)
    html = forms.CharField(required=False, strip=False, max_length=TEXT_MAX)
    notify = forms.BooleanField(required=False)
    revision = forms.IntegerField(required=False, min_value=0)
    tab = forms.UUIDField(required=False)
    kind = forms.ChoiceField(choices=Draft.Kind.choices, required=False)
    about = forms.ModelChoiceField(Message.objects.none(), required=False)
    carry = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "c-%s", **kwargs})
        self._field("identity").queryset = Identity.objects.writable(user).select_related("mailbox").order_by("mailbox", "pk")
        if not self.is_bound or self.data.get("about"):
            self._field("about").queryset = Message.objects.of(user)

    def _field(self, name: str) -> "forms.ModelChoiceField[Any]":
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        return field

    def clean(self) -> dict[str, Any]:
        """What the editor holds is the letter; without formatting it is a plain one, and no HTML is kept or sent."""
        data = self.cleaned_data
        if markup := authored.clean(data.get("html", "")):
            data |= {"text": authored.to_text(markup), "html": markup if authored.is_formatted(markup) else ""}
        return data

    def addressees(self) -> list[Address]:
        """To before Cc before Bcc, each once."""
        first: dict[str, Address] = {}
        for one in read_addresses(*(self.cleaned_data.get(name, "") for name in ("to", "cc", "bcc"))):
            first.setdefault(one.address.lower(), one)
        return list(first.values())

    def written(self) -> Written:
        """What to keep; of a form that has been checked."""
        data = self.cleaned_data
        texts = {name: data.get(name, "") for name in Written.FIELDS}
        return Written(
            data.get("identity"),
            **texts,
            notify=bool(data.get("notify")),
            revision=data.get("revision") or 0,
            tab=data.get("tab"),
            kind=data.get("kind") or Draft.Kind.NEW,
            about=data.get("about"),
            carry=tuple(data.get("carry") or ()),
        )


class LetterForm(DraftForm):
    """The same before it is sent: somebody to send it to, addresses that can be addresses, a subject of one line.

    `refused`: the field with an address that has refused letters before; there the page offers to send `anyway`."""

    anyway = forms.BooleanField(required=False)
    refused = ""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["identity"].required = True
        self.fields["identity"].error_messages["required"] = _("Choose the address to write from.")

    def clean_to(self) -> str:
        return self._addresses("to")

    def clean_cc(self) -> str:
        return self._addresses("cc")

    def clean_bcc(self) -> str:
        return self._addresses("bcc")

    def clean_subject(self) -> str:
        subject: str = self.cleaned_data["subject"]
        if len(subject.splitlines()) > 1:
            raise forms.ValidationError(_("A subject is one line. Take the line break out."))
        return subject

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not any(data.get(name) for name in ("to", "cc", "bcc")) and not {"to", "cc", "bcc"} & set(self.errors):
            self.add_error("to", gettext("Write at least one address."))
        return data

    def _addresses(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        if len(typed.splitlines()) > 1:
            raise forms.ValidationError(_("Addresses stand on one line, with commas between them."))
        people = read_addresses(typed)
        for person in people:
            if not is_address(person.address):
                raise forms.ValidationError(NO_ADDRESS, params={"typed": (person.address or person.name or typed)[:80]})
        missed = {word.strip("<>()") for word in WORD_WITH_AT.findall(QUOTED.sub("", typed))} - {one.address for one in people}
        if missed:
            raise forms.ValidationError(
                _("Put commas between the addresses, before and after “%(typed)s”."), params={"typed": min(missed)[:80]}
            )
        return typed
