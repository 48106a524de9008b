"""What has run out is cleared away: sessions that ended, and links that lead nowhere any more."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import OneTimeLink

REMEMBERED = timedelta(days=7)  # a spent link is told from one that never was


def clear() -> None:
    """Twice is once."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.filter(~Exists(Session.objects.filter(session_key=OuterRef("session_key")))).delete()
    before = now - REMEMBERED
    OneTimeLink.objects.filter(Q(expires_at__lt=before) | Q(used_at__lt=before)).delete()
