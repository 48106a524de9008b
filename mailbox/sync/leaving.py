"""One click and a person has left a mailing list: a worker says it for them, to an address that was really the sender's."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from mailbox import bell, ingest, live, web
from mailbox.mime.authentication import trust_of
from mailbox.mime.leaving import leaving_of
from mailbox.models import Farewell, Message
from mailbox.sync.vouchers import own_server
from mailbox.wire import WEB_PORTS, Guard, WireError

GUARD = Guard(ports=WEB_PORTS)
LIMITS = web.Limits(seconds=15, octets=1 << 20)
FORM = b"List-Unsubscribe=One-Click"
LATE = timedelta(seconds=30)
State = Farewell.State


def one_click(message: Message) -> str:
    """The address that takes it; empty where there is none, or where no valid signature of the sender vouches for it."""
    letter = ingest.letter_of(message)
    leaving = leaving_of(letter)
    return leaving.one_click if leaving and trust_of(letter, own_server(message.mailbox)).signed_by else ""


def leave(message: Message) -> None:
    """Ask a worker to say it. Once said it is said."""
    with transaction.atomic():
        farewell, _ = Farewell.objects.get_or_create(message=message)
        if farewell.state != State.SAID:
            Farewell.objects.filter(pk=message.pk).update(state=State.WAITING, wanted_at=timezone.now())
            bell.ring("mirror.leave", message.pk)


def say(message_id: int) -> None:
    """The POST, without a cookie and without following where it leads."""
    waiting = Farewell.objects.filter(pk=message_id, state=State.WAITING)
    farewell = waiting.select_related("message__raw", "message__mailbox").first()
    if farewell is None:
        return
    address = one_click(farewell.message)
    try:
        said = bool(address) and web.post(address, FORM, GUARD, limits=LIMITS).status < 400
    except WireError:
        said = False
    waiting.update(state=State.SAID if said else State.FAILED)
    live.tell_of(farewell.message.mailbox_id, "letter", message_id)


def sweep() -> None:
    """Ring again for those that nobody heard of, and give up on those that nobody can say."""
    now = timezone.now()
    waiting = Farewell.objects.filter(state=State.WAITING, wanted_at__lt=now - LATE)
    waiting.filter(wanted_at__lt=now - 20 * LATE).update(state=State.FAILED)
    for message_id in waiting.values_list("pk", flat=True)[:100]:
        bell.ring("mirror.leave", message_id)
