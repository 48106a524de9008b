"""A person, whose e-mail address is the login; the one-time link that lets them choose a password; what was done when."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person; without a password nobody can sign in until a one-time link has set one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, duty=User.Duty.OPERATOR, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    class Duty(models.TextChoices):
        """What a person does for the house, beside their own mail; each needs a second factor (is_staff)."""

        NONE = "", _("None")
        HELPER = "helper", _("Helper")  # sees how everything is, changes nothing
        KEEPER = "keeper", _("Domain keeper")  # looks after the domains given to them
        OPERATOR = "operator", _("Operator")

    class Theme(models.TextChoices):
        AUTO = "auto", _("Follow the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    class TextSize(models.TextChoices):
        SMALL = "small", _("Small")
        MEDIUM = "medium", _("Medium")
        LARGE = "large", _("Large")

    class Undo(models.IntegerChoices):
        NONE = 0, _("None: it leaves at once")
        FIVE = 5, _("5 seconds")
        TEN = 10, _("10 seconds")
        TWENTY = 20, _("20 seconds")
        THIRTY = 30, _("30 seconds")

    email = models.EmailField(_("Email address"), max_length=254, unique=True)
    name = models.CharField(_("Name"), max_length=150, blank=True)
    language = models.CharField(_("Language"), max_length=10, blank=True)  # empty: as the browser asks
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)  # empty: as the browser says
    theme = models.CharField(_("Theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    density = models.CharField(_("Density"), max_length=11, choices=Density, default=Density.COMFORTABLE)
    text_size = models.CharField(_("Text size"), max_length=6, choices=TextSize, default=TextSize.MEDIUM)
    reading_pane = models.BooleanField(_("Reading pane"), default=True)
    conversations = models.BooleanField(_("Conversations"), default=True, db_default=True)  # else each letter is a row
    keys = models.BooleanField(_("Single-key shortcuts"), default=True)  # WCAG 2.1.4
    undo_seconds = models.PositiveSmallIntegerField(_("Time to take a letter back"), choices=Undo, default=Undo.TEN)
    most_per_hour = models.PositiveIntegerField(null=True)  # addressees that may be written to; None: SEND_PER_HOUR
    most_per_day = models.PositiveIntegerField(null=True)  # None: SEND_PER_DAY
    duty = models.CharField(_("Duty"), max_length=8, choices=Duty, default=Duty.NONE, blank=True)
    is_staff = models.BooleanField(default=False)  # has a duty
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    password_at = models.DateTimeField(null=True)  # when the password was last set

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_address")]

    def __str__(self) -> str:
        return self.email

    def get_short_name(self) -> str:
        return self.name or self.email.partition("@")[0]

    def take_duty(self, duty: str) -> None:
        self.duty, self.is_staff, self.is_superuser = duty, bool(duty), duty == self.Duty.OPERATOR
        self.save(update_fields=["duty", "is_staff", "is_superuser"])

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_at = timezone.now() if raw_password else None


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    def open(self) -> Self:
        """The links that still lead somewhere."""
        return self.filter(used_at=None, expires_at__gt=timezone.now(), user__is_active=True)

    def of_token(self, token: str) -> Self:
        return self.filter(digest=OneTimeLink.digest_of(token))


class OneTimeLink(models.Model):
    """A link that lets its bearer choose this person's password, once. Only a digest of its token is kept."""

    class Purpose(models.TextChoices):
        RESET = "reset"
        INVITE = "invite"

    LIFE: ClassVar[dict[str, timedelta]] = {Purpose.RESET: timedelta(minutes=30), Purpose.INVITE: timedelta(days=7)}

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=6, choices=Purpose)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = OneTimeLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.purpose} for {self.user}"

    @classmethod
    def make(cls, user: User, purpose: str) -> str:
        """A fresh token; the person's earlier unused links end."""
        token = secrets.token_urlsafe(32)
        cls.objects.filter(user=user, used_at=None).delete()
        cls.objects.create(user=user, purpose=purpose, digest=cls.digest_of(token), expires_at=timezone.now() + cls.LIFE[purpose])
        return token

    @staticmethod
    def digest_of(token: str) -> str:
        """A plain digest is enough: the token is 256 random bits."""
        return hashlib.sha256(token.encode()).hexdigest()


class Pace(models.Model):
    """How often a person did something in the minute (since 1970) of the last time; see pace.py."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    action = models.CharField(max_length=20)
    minute = models.PositiveIntegerField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "action"], name="one_pace_per_action")]

    def __str__(self) -> str:
        return f"{self.user} {self.action} {self.number}"


class AuditEvent(models.Model):
    """Something that was done, or tried. Rows are only ever added: the database refuses to change or delete one. Names
    stand here as they were, without links to rows that may go."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=40)
    good = models.BooleanField(default=True)  # False: it was refused, or went wrong
    actor_id = models.BigIntegerField(null=True)  # who did it; null: the house itself, or a stranger
    actor = models.CharField(max_length=254, blank=True)
    about = models.CharField(max_length=254, blank=True)  # the address, domain or other thing it was done to
    mailbox_id = models.BigIntegerField(null=True)
    domain = models.CharField(max_length=253, blank=True)
    address = models.GenericIPAddressField(null=True)  # where it came from
    facts = models.JSONField(default=dict)  # what the sentence about it names

    class Meta:
        indexes = [
            models.Index(fields=["mailbox_id", "-id"], name="audit_of_mailbox", condition=models.Q(mailbox_id__isnull=False)),
            models.Index(fields=["domain", "-id"], name="audit_of_domain"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What happened is not changed afterwards.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("What happened is not forgotten.")
