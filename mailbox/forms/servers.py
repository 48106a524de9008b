"""The servers of a mailbox as people write them, and the names they sign with."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mailbox.mime.headers import is_address
from mailbox.models import Identity, Mailbox
from mailbox.sync import providers
from mailbox.wire import SCHEMES, Endpoint

IMAP = [("imaps", _("TLS")), ("imap+starttls", _("STARTTLS")), ("imap+plain", _("Not protected"))]
POP3 = [("pop3s", _("POP3 with TLS")), ("pop3+starttls", _("POP3 with STARTTLS")), ("pop3+plain", _("POP3, not protected"))]
INCOMING = [*IMAP, *POP3]
OUTGOING = [("submissions", _("TLS")), ("submission", _("STARTTLS")), ("smtp+plain", _("Not protected"))]
DIRECT = ("direct", _("Straight to the recipients"))
STAYS = [
    ("", _("Leave them there")),
    ("30", _("Delete there after 30 days")),
    ("7", _("Delete there after 7 days")),
    ("0", _("Delete there as soon as they are safely here")),
]
WRITE_IT = _("Write the password. It is kept sealed and never shown again.")
DEPTHS = [
    ("0", _("All letters")),
    ("36", _("The letters of the last 3 years")),
    ("12", _("The letters of the last 12 months")),
    ("3", _("The letters of the last 3 months")),
]
SIDES = ("incoming", "outgoing")


class ServersForm(forms.Form):
    """Both endpoints, a field a part. The password is never shown again once it was typed."""

    password = forms.CharField(required=False, strip=False, max_length=1000, widget=forms.PasswordInput)
    incoming_security = forms.ChoiceField(choices=INCOMING, initial="imaps")
    incoming_host = forms.CharField(required=False, max_length=253)
    incoming_port = forms.IntegerField(required=False, min_value=1, max_value=65535)
    incoming_user = forms.CharField(required=False, max_length=254)
    outgoing_security = forms.ChoiceField(choices=OUTGOING, initial="submissions")
    outgoing_host = forms.CharField(required=False, max_length=253)
    outgoing_port = forms.IntegerField(required=False, min_value=1, max_value=65535)
    outgoing_user = forms.CharField(required=False, max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "s-%s", **kwargs})
        for name, field in self.fields.items():
            if name.endswith("_port"):
                field.error_messages |= dict.fromkeys(
                    ("invalid", "min_value", "max_value"), _("A port is a number from 1 to 65535.")
                )

    def endpoint(self, side: str) -> Endpoint:
        """What the fields of that side say; of a form that has been checked."""
        data = self.cleaned_data
        scheme = data[f"{side}_security"]
        if scheme == DIRECT[0]:
            return Endpoint(scheme)
        return Endpoint(scheme, data[f"{side}_host"], data[f"{side}_port"] or SCHEMES[scheme][2], data[f"{side}_user"])

    def clean_incoming_host(self) -> str:
        return _host(self.cleaned_data["incoming_host"])

    def clean_outgoing_host(self) -> str:
        return _host(self.cleaned_data["outgoing_host"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("incoming_host") and "incoming_host" not in self.errors:
            self.add_error("incoming_host", gettext("Write the name of the server that holds your mail."))
        sends_itself = data.get("outgoing_security") == DIRECT[0]
        if not data.get("outgoing_host") and not sends_itself and "outgoing_host" not in self.errors:
            self.add_error("outgoing_host", gettext("Write the name of the server that takes your letters."))
        return data


class AddForm(ServersForm):
    """A new mailbox. Servers left empty are filled in, if the provider is one that many people have."""

    address = forms.CharField(max_length=254)
    field_order = ("address", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].error_messages["required"] = _("Write the address of the mailbox.")
        self.fields["password"].required = True
        self.fields["password"].error_messages["required"] = WRITE_IT
        self.provider: providers.Provider | None = None
        if self.is_bound and not any(self.data.get(f"{side}_host") for side in SIDES):
            self._fill_in()

    def _fill_in(self) -> None:
        self.provider = providers.guess(self.data.get("address", ""))
        if self.provider:
            self.data = {**dict(self.data.items()), **parts_of(self.provider.incoming, self.provider.outgoing)}

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if not is_address(address):
            raise forms.ValidationError(_("This is not an email address. Write it like name@example.com."))
        return address

    @property
    def needs_servers(self) -> bool:
        """Whether the person has to name the servers, and has not been asked yet."""
        return self.is_bound and not any(self.data.get(f"{side}_host") for side in SIDES)


class ChangeForm(ServersForm):
    """The servers of a Mailbox that is here. An empty password stays as it is, unless a host is another one."""

    def __init__(self, mailbox: Mailbox, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=parts_of(mailbox.incoming, mailbox.outgoing), **kwargs)
        self.mailbox = mailbox
        cast(forms.ChoiceField, self.fields["incoming_security"]).choices = POP3 if mailbox.is_collected else IMAP
        if mailbox.outgoing_endpoint.scheme == DIRECT[0]:
            cast(forms.ChoiceField, self.fields["outgoing_security"]).choices = [*OUTGOING, DIRECT]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("password") and not self.errors and self._is_elsewhere():
            self.add_error("password", gettext("The saved password is not given to another server. Write it again."))
        return data

    def _is_elsewhere(self) -> bool:
        known = {self.mailbox.incoming_endpoint.host, self.mailbox.outgoing_endpoint.host, ""}
        return any(self.endpoint(side).host not in known for side in SIDES)


class StayForm(forms.Form):
    """How long a letter stays in the maildrop after it was collected."""

    keep_days = forms.TypedChoiceField(
        choices=STAYS, required=False, coerce=int, empty_value=None, widget=forms.Select(attrs={"class": "input"})
    )

    def __init__(self, mailbox: Mailbox, data: Any = None) -> None:
        super().__init__(data, initial={"keep_days": "" if mailbox.keep_days is None else mailbox.keep_days})
        days = mailbox.keep_days
        if days is not None and str(days) not in {value for value, _name in STAYS}:  # given on the command line
            name = ngettext("Delete there after %(days)d day", "Delete there after %(days)d days", days) % {"days": days}
            cast(forms.ChoiceField, self.fields["keep_days"]).choices = [*STAYS, (str(days), name)]


class PasswordForm(forms.Form):
    """Another password for the servers that a Mailbox has."""

    password = forms.CharField(
        strip=False,
        max_length=1000,
        error_messages={"required": WRITE_IT},
    )


class DepthForm(forms.Form):
    """Of which letters every byte is kept here; of older ones what the lists show, and the rest when they are opened."""

    months = forms.TypedChoiceField(choices=DEPTHS, coerce=int, widget=forms.Select(attrs={"class": "input"}))

    def __init__(self, mailbox: Mailbox, data: Any = None) -> None:
        super().__init__(data, initial={"months": mailbox.depth_months})


class IdentityForm(forms.Form):
    """The name and the signature of one address."""

    name = forms.CharField(required=False, max_length=150)
    signature = forms.CharField(required=False, strip=False, max_length=10_000)

    def __init__(self, identity: Identity, data: Any = None) -> None:
        super().__init__(data, initial={"name": identity.name, "signature": identity.signature})
        self.identity = identity

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if len(name.splitlines()) > 1:
            raise forms.ValidationError(_("A name is one line. Take the line break out."))
        return name

    def clean_signature(self) -> str:
        return "\n".join(self.cleaned_data["signature"].splitlines())

    def save(self) -> None:
        self.identity.name, self.identity.signature = self.cleaned_data["name"], self.cleaned_data["signature"]
        self.identity.save(update_fields=["name", "signature"])


def parts_of(incoming: str, outgoing: str) -> dict[str, str]:
    """Two endpoints as the fields of the form have them."""
    parts: dict[str, str] = {}
    for side, written in zip(SIDES, (incoming, outgoing), strict=True):
        endpoint = Endpoint.parse(written)
        parts |= {
            f"{side}_security": endpoint.scheme,
            f"{side}_host": endpoint.host,
            f"{side}_port": str(endpoint.port or ""),
            f"{side}_user": endpoint.user,
        }
    return parts


def _host(typed: str) -> str:
    """A host name or an IP address as typed. Raises ValidationError for what can be neither, before anything connects."""
    host = typed.strip().strip("[]").rstrip(".").lower()
    if host and (any(char.isspace() or char in "/@\\?#" for char in host) or (":" in host and host.count(":") < 2)):
        raise forms.ValidationError(_("Write only the name of the server, like imap.example.com. The port has its own field."))
    return host
