"""Mailbox: one address at one provider, and who may use it."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.vault import open_sealed, seal
from mailbox.models.gate import Gated
from mailbox.wire import Credentials, Endpoint

COLLECTED = "pop3"  # begins the incoming endpoint of a Mailbox that is collected from a maildrop

MONTH = timedelta(days=30.44)


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def of(self, user: User) -> Self:
        """The Mailboxes that this person has a role in."""
        return self.filter(access__user=user)

    def collected(self) -> Self:
        """Those fed by POP3: their folders live only here."""
        return self.filter(incoming__startswith=COLLECTED)


# The host of an endpoint as written, without the user before it and the port behind it.
_HOST = models.Value(r"^[a-z0-9+]+://(?:[^/@]*@)?(\[[^]]*\]|[^:/?]+)")
_NAME = models.CharField(max_length=400, null=True)
_HOST_OF_INCOMING = Lower(models.Func(models.F("incoming"), _HOST, function="SUBSTRING", output_field=_NAME))


class Mailbox(models.Model):
    class State(models.TextChoices):
        NEW = "new", _("Connecting for the first time")
        IMPORTING = "importing", _("Fetching your mail")
        OK = "ok", _("Up to date")
        SIGN_IN = "sign_in", _("Sign in again")
        SLOWED = "slowed", _("The provider slows us down")
        TROUBLE = "trouble", _("Cannot reach the server")
        PAUSED = "paused", _("Paused")
        FULL = "full", _("No room left")

    address = models.CharField(max_length=254)
    domain = models.GeneratedField(
        expression=Lower(models.Func("address", models.Value("@"), models.Value(-1), function="split_part")),
        output_field=models.CharField(max_length=254),
        db_persist=True,
    )
    incoming = models.CharField(max_length=400)  # an Endpoint as written: imaps://user@host:993
    host = models.GeneratedField(expression=_HOST_OF_INCOMING, output_field=_NAME, db_persist=True)
    outgoing = models.CharField(max_length=400)  # an Endpoint as written, or direct:
    secret = models.BinaryField(default=b"")  # sealed; see set_password
    keep_days = models.PositiveSmallIntegerField(null=True)  # that a letter stays in the maildrop once it is here; null: for ever
    profile = models.CharField(max_length=40, blank=True)
    spike_at = models.DateTimeField(null=True)  # when a mailing of it was held because too many refused
    most_per_hour = models.PositiveIntegerField(null=True)  # addressees that may be posted to; None: SEND_PER_HOUR
    most_per_day = models.PositiveIntegerField(null=True)  # None: SEND_PER_DAY
    depth_months = models.PositiveSmallIntegerField(default=0)  # whose letters are kept here whole; 0: of all times
    letters_left = models.PositiveIntegerField(default=0)  # of those, listed and not yet whole; counted anew by each pass
    state = models.CharField(max_length=12, choices=State, default=State.NEW)
    trouble = models.TextField(blank=True)  # what is wrong, in plain words
    trouble_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # passes that failed since the last good one
    last_good_pass = models.DateTimeField(null=True)
    dirty_at = models.DateTimeField(null=True)  # something is known to have changed there
    next_poll_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)  # one pass at a time; the token fences a late one off
    lease_token = models.BigIntegerField(default=0)
    watch_until = models.DateTimeField(null=True)  # the watcher process that holds the IDLE line
    watcher = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)  # when one of its people was last here
    created_at = models.DateTimeField(auto_now_add=True)
    letters = models.PositiveIntegerField(default=0)  # as the clock counted them last
    stored = models.BigIntegerField(default=0)  # bytes of them
    counted_at = models.DateTimeField(null=True)
    octets = models.BigIntegerField(default=0, db_default=0)  # that came from its server
    octets_on = models.DateField(null=True)  # on that day
    sifted_to = models.BigIntegerField(default=0)  # filters have seen the letters up to this Message,
    sifted_at = models.DateTimeField(null=True)  # the last time then
    leaving_at = models.DateTimeField(null=True)  # an operator removes it then, unless somebody keeps it
    heir = models.ForeignKey(  # whose it becomes when they prove that they know its password
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="inheriting"
    )

    SEALED = ("secret",)
    objects = MailboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_poll_at"], name="mailbox_next_poll"),
            models.Index(fields=["domain", "state"], name="mailbox_by_domain", include=["stored", "letters"]),
            models.Index(fields=["leaving_at"], name="mailbox_leaving", condition=models.Q(leaving_at__isnull=False)),
            models.Index(fields=["host"], name="mailbox_by_host"),
        ]
        constraints = [models.UniqueConstraint(fields=["address", "incoming"], name="one_mailbox_per_address_and_server")]

    def __str__(self) -> str:
        return self.address

    @property
    def horizon(self) -> datetime | None:
        """Letters from then on are kept here whole, of older ones only what the lists show; None: all are."""
        return timezone.now() - MONTH * self.depth_months if self.depth_months else None

    @property
    def incoming_endpoint(self) -> Endpoint:
        return Endpoint.parse(self.incoming)

    @property
    def is_collected(self) -> bool:
        """Fed by POP3: its folders live only here, and no server is told what is done in them."""
        return self.incoming.startswith(COLLECTED)

    @property
    def outgoing_endpoint(self) -> Endpoint:
        return Endpoint.parse(self.outgoing)

    def set_password(self, password: str) -> None:
        """Seal the password to this row; the row must have been saved once, because its id is bound in."""
        self.secret = seal(password.encode(), f"mailbox:{self.pk}")

    def credentials(self, endpoint: Endpoint) -> Credentials:
        """Who we are to that server. Raises accounts.vault.CannotOpen if no key opens the secret."""
        password = open_sealed(bytes(self.secret), f"mailbox:{self.pk}").decode()
        return Credentials(endpoint.user or self.address, password)


class Access(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        FULL = "full", _("Everything but the settings")
        SEND = "send", _("Read and send")
        READ = "read", _("Read")

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="access")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="access")
    role = models.CharField(max_length=5, choices=Role, default=Role.OWNER)

    CHANGES: ClassVar[set[str]] = {Role.OWNER, Role.FULL}
    SENDS: ClassVar[set[str]] = {Role.OWNER, Role.FULL, Role.SEND}

    class Meta:
        verbose_name_plural = "access"
        constraints = [models.UniqueConstraint(fields=["mailbox", "user"], name="one_role_per_person_and_mailbox")]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.mailbox}"


class IdentityQuerySet(Gated["Identity"]):
    def writable(self, user: User) -> Self:
        """Those that this person may send as."""
        return self.filter(mailbox__access__user=user, mailbox__access__role__in=Access.SENDS)


class Identity(models.Model):
    """A name and an address that a person may write as."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="identities")
    name = models.CharField(max_length=150, blank=True)
    address = models.CharField(max_length=254)
    signature = models.TextField(blank=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "address"], name="one_identity_per_address")]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address
