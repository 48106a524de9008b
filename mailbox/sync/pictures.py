"""Pictures at other hosts: a person asks, a worker fetches, the page shows our copy. Their host learns no more than that.

waiting --an honest picture--> here     one that is too small to be seen, and so only counts openings: pixel
   |-----nothing of the kind-> failed
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from mailbox import bell, ingest, live, web
from mailbox.mime.pictures import look
from mailbox.mime.sanitize import remote_pictures
from mailbox.models import Message, RemotePicture
from mailbox.wire import WEB_PORTS, Guard, WireError

GUARD = Guard(ports=WEB_PORTS)  # no private network, whatever the operator allows for mail
LIMITS = web.Limits(seconds=5, octets=10 << 20)
ACCEPT = "image/webp,image/png,image/jpeg,image/gif"
MOST = 100  # pictures of one letter
OCTETS = 40 << 20  # of all of them together
AT_ONCE = 4
LATE = timedelta(seconds=15)  # a bell that nobody heard for so long is rung again
KEPT = timedelta(days=30)
State = RemotePicture.State


def want(message: Message) -> None:
    """Ask a worker for the pictures of this letter; those that failed before are tried again."""
    urls = remote_pictures(ingest.letter_of(message).html)[:MOST]
    with transaction.atomic():
        Message.objects.select_for_update().get(pk=message.pk)
        message.pictures.filter(state=State.FAILED).update(state=State.WAITING, wanted_at=timezone.now())
        if not message.pictures.exists():
            RemotePicture.objects.bulk_create(
                RemotePicture(message=message, number=number, url=url) for number, url in enumerate(urls, 1)
            )
        bell.ring("mirror.pictures", message.pk)


def fetch(message_id: int) -> None:
    """Twice is once: what is here is not asked for again."""
    waiting = list(RemotePicture.objects.filter(message=message_id, state=State.WAITING).select_related("message"))
    if not waiting:
        return
    room = OCTETS
    with ThreadPoolExecutor(AT_ONCE) as hands:  # they touch no table
        for picture, content in zip(waiting, hands.map(_content, [one.url for one in waiting]), strict=True):
            room -= len(content)
            _settle(picture, content if room >= 0 else b"")
    live.tell_of(waiting[0].message.mailbox_id, "letter", message_id)


def _content(url: str) -> bytes:
    try:
        answer = web.get(url, GUARD, accept=ACCEPT, limits=LIMITS)
    except WireError:
        return b""
    return answer.body if answer.status == 200 else b""


def _settle(picture: RemotePicture, content: bytes) -> None:
    """What it is, its own first bytes say. A drawing that may hold a script (SVG) is none of ours."""
    seen = look(content)
    if seen is None or not seen.is_showable:
        picture.state = State.FAILED
    elif seen.is_pixel:
        picture.state = State.PIXEL
    else:
        picture.state, picture.content_type, picture.data = State.HERE, seen.content_type, content
    RemotePicture.objects.filter(pk=picture.pk, state=State.WAITING).update(
        state=picture.state, content_type=picture.content_type, data=picture.data
    )


def sweep() -> None:
    """Ring again for those that nobody heard of, give up on those that nobody can fetch, forget the old."""
    now = timezone.now()
    waiting = RemotePicture.objects.filter(state=State.WAITING)
    waiting.filter(wanted_at__lt=now - 20 * LATE).update(state=State.FAILED)
    for message_id in set(waiting.filter(wanted_at__lt=now - LATE).values_list("message_id", flat=True)[:MOST]):
        bell.ring("mirror.pictures", message_id)
    old = RemotePicture.objects.filter(wanted_at__lt=now - KEPT).values_list("pk", flat=True)[:MOST]
    RemotePicture.objects.filter(pk__in=list(old)).delete()


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
