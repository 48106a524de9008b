"""A filter as typed: which letters, as soon as they come, and what is done with them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailbox.housekeeping.sifting import wish_of
from mailbox.imap.errors import BadArgument
from mailbox.imap.labels import checked
from mailbox.models import Filter, Folder, Mailbox
from mailbox.search.query import parse

if TYPE_CHECKING:
    RowForm = forms.ModelForm[Filter]  # generic in the stubs only
else:
    RowForm = forms.ModelForm

TEXTS = ("sender", "to", "subject", "words")
AWAY = (Folder.Role.INBOX, Folder.Role.SENT, Folder.Role.DRAFTS, Folder.Role.ALL)


class FilterForm(RowForm):
    """`old`: the letters that are in the inbox already are treated too."""

    old = forms.BooleanField(required=False)

    class Meta:
        model = Filter
        fields = ("sender", "to", "subject", "words", "has_file", "do", "folder", "label", "read", "star")

    def __init__(self, mailbox: Mailbox, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.mailbox = mailbox
        folders = self.fields["folder"]
        assert isinstance(folders, forms.ModelChoiceField)
        folders.queryset = Folder.objects.filter(mailbox=mailbox, selectable=True, leaving=False).exclude(role__in=AWAY)
        folders.required = False

    def clean_label(self) -> str:
        try:
            return checked(self.cleaned_data["label"]) if self.cleaned_data["label"] else ""
        except BadArgument:
            raise forms.ValidationError(_("A label needs a name of 1 to 40 plain characters.")) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in TEXTS:
            if parse(data.get(name, "")).trouble[0]:
                self.add_error(name, _("This cannot be read. Write words, “a phrase”, a OR b, or -not."))
        if data.get("do") == Filter.Do.MOVE and not data.get("folder"):
            self.add_error("folder", _("Choose the folder that the letters go to."))
        if data.get("do") == Filter.Do.STAY and not (data.get("read") or data.get("star") or data.get("label")):
            self.add_error("do", _("Say what is to be done with the letters."))
        return data

    def _post_clean(self) -> None:
        """Once the row has what was typed: a filter that asks nothing would catch every letter."""
        super()._post_clean()  # type: ignore[misc]  # Django's own step between cleaning and validating
        if not self.errors and wish_of(self.instance) is None:
            self.add_error("sender", _("Say what the letters have in common."))
