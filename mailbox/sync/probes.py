"""A page asks whether two servers let a person in; a worker goes and sees, because the web process opens no outside line."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.vault import CannotOpen
from mailbox import bell, live
from mailbox.imap.client import ImapClient
from mailbox.imap.limits import Timeouts as ImapTimeouts
from mailbox.models import Probe
from mailbox.pop3.client import Pop3Client
from mailbox.pop3.limits import Timeouts as PopTimeouts
from mailbox.smtp.client import SmtpClient
from mailbox.smtp.phase import Timeouts as SmtpTimeouts
from mailbox.sync.session import sentence
from mailbox.wire import Credentials, Endpoint, Guard, WireError

SECONDS = 20.0  # a person waits for each answer
LATE = timedelta(seconds=10)  # a bell that nobody heard for so long is rung again
KEPT = timedelta(hours=1)
State = Probe.State


def answer(probe_id: int) -> None:
    """Try both servers, write one plain sentence for each that failed, tell the page. Twice is once."""
    if not Probe.objects.filter(pk=probe_id, state=State.WAITING).update(state=State.RUNNING):
        return
    probe = Probe.objects.get(pk=probe_id)
    live.tell([probe.user_id], "probe", probe.pk)
    try:
        password = probe.password()
    except CannotOpen as error:
        probe.incoming_trouble = str(error)
    else:
        probe.incoming_trouble = trouble(try_incoming, Endpoint.parse(probe.incoming), probe.address, password)
        probe.outgoing_trouble = trouble(try_outgoing, Endpoint.parse(probe.outgoing), probe.address, password)
    _settle(probe)


def try_incoming(endpoint: Endpoint, credentials: Credentials) -> None:
    """Sign in and out. Raises what is wrong, a WireError with one plain sentence."""
    guard = Guard(tuple(settings.ALLOW_PRIVATE_HOSTS))
    if endpoint.protocol == "pop3":
        patience = PopTimeouts(connect=SECONDS, reply=SECONDS)
        Pop3Client.connect(endpoint, credentials, guard, timeouts=patience).logout()
        return
    limits = ImapTimeouts(connect=SECONDS, greeting=SECONDS, reply=SECONDS)
    with ImapClient.connect(endpoint, credentials, guard, timeouts=limits) as client:
        client.list_folders()


def try_outgoing(endpoint: Endpoint, credentials: Credentials) -> None:
    """As `try_incoming`. Letters that go straight to their receivers need no server of ours."""
    if endpoint.scheme != "direct":
        guard = Guard(tuple(settings.ALLOW_PRIVATE_HOSTS))
        limits = SmtpTimeouts(connect=SECONDS, greeting=SECONDS, ehlo=SECONDS, starttls=SECONDS, auth=SECONDS)
        SmtpClient.connect(endpoint, guard, name=settings.EHLO_NAME, credentials=credentials, timeouts=limits).quit()


def sweep() -> None:
    """Ring again for those that nobody heard of, and wipe the passwords of those that were kept for an hour."""
    now = timezone.now()
    Probe.objects.filter(created_at__lt=now - KEPT).exclude(secret=b"").update(secret=b"")
    for probe_id in Probe.objects.filter(state=State.WAITING, created_at__range=(now - KEPT, now - LATE)).values_list(
        "pk", flat=True
    ):
        bell.ring("mirror.probe", probe_id)


def trouble(attempt: Callable[[Endpoint, Credentials], None], endpoint: Endpoint, address: str, password: str) -> str:
    """What is wrong there in one plain sentence, or ""."""
    try:
        attempt(endpoint, Credentials(endpoint.user or address, password))
    except WireError as error:
        return sentence(error)
    return ""


@transaction.atomic
def _settle(probe: Probe) -> None:
    """The password of servers that do not let it in is of no use to anybody."""
    probe.state = State.BAD if probe.incoming_trouble or probe.outgoing_trouble else State.GOOD
    probe.secret = probe.secret if probe.state == State.GOOD else b""
    probe.save(update_fields=["state", "secret", "incoming_trouble", "outgoing_trouble"])
    live.tell([probe.user_id], "probe", probe.pk)
