"""Where the page finds the HTML of a letter: here, or on LETTER_HOST with a key, because no cookie of ours goes there."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.conf import settings
from django.core import signing
from django.template import Context
from django.urls import reverse

from mailbox.mime.authentication import Trust
from mailbox.mime.leaving import Leaving
from mailbox.mime.letter import Invitation
from mailbox.models import Farewell, Message, RemotePicture, Welcome
from mailbox.outbox import invited
from mailbox.sync.pictures import host_of

register = template.Library()

SALT = "mailbox.letter"
GOOD_FOR = timedelta(days=1)
SPIES = 3  # hosts that are named
State = RemotePicture.State


@register.simple_tag(takes_context=True)
def frame_url(context: Context, message: Message, part: str = "") -> str:
    """The address of the letter's own HTML, or of that of a letter within it, for this person."""
    path = reverse("letter_body", args=[message.pk])
    inner = f"part={part}" if part else ""
    if not settings.LETTER_HOST:
        return f"{path}?{inner}" if inner else path
    key = signing.dumps([context["user"].pk, message.pk], salt=SALT)
    return f"https://{settings.LETTER_HOST}{path}?key={key}{inner and f'&{inner}'}"


def bearer_of(key: str, message_id: int) -> int:
    """Whose key it is, for that letter. Raises signing.BadSignature for every other."""
    user_id, letter_id = signing.loads(key, salt=SALT, max_age=GOOD_FOR)
    if letter_id != message_id:
        raise signing.BadSignature("This key is another letter's.")
    return int(user_id)


@register.inclusion_tag("mailbox/_rsvp.html", takes_context=True)
def rsvp(context: Context, message: Message, invitation: Invitation, said: str) -> dict[str, object]:
    """Yes, perhaps, no: for who is invited and may write; the last answer is pressed."""
    can = invited.can_answer(invitation, invited.guest_of(context["user"], message, invitation))
    return {"message": message, "can": can, "said": said, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("mailbox/_leaving.html", takes_context=True)
def leaving(context: Context, message: Message, leaving: Leaving, trust: Trust) -> dict[str, object]:
    """How to leave the mailing list, and whether it was done."""
    farewell = Farewell.objects.filter(pk=message.pk).first()
    return {
        "message": message,
        "leaving": leaving,
        "one_click": leaving.one_click and trust.signed_by,
        "state": farewell.state if farewell else "",
        "sender": message.from_name or message.from_address,
        "csrf_token": context.get("csrf_token"),
    }


@dataclass(frozen=True, slots=True)
class Pictures:
    """How it stands with the pictures that a letter names at other hosts."""

    message: Message
    blocked: int
    waiting: int
    here: int
    failed: int
    pixels: int
    spies: str  # the hosts of pictures that are too small to be seen
    welcome: bool  # this person always wants those of this sender
    can_welcome: bool

    @property
    def sender(self) -> str:
        return self.message.from_name or self.message.from_address


@register.inclusion_tag("mailbox/_pictures.html", takes_context=True)
def pictures(context: Context, message: Message, blocked: int, trust: Trust) -> dict[str, object]:
    """The notice above a letter that has some, and what can be done."""
    rows = list(message.pictures.values_list("state", "url"))
    count = Counter(state for state, _ in rows)
    spies = sorted({host_of(url) for state, url in rows if state == State.PIXEL})
    wanted = Welcome.objects.filter(user=context["user"], address=message.from_address.lower())
    found = Pictures(
        message=message,
        blocked=blocked,
        waiting=count[State.WAITING],
        here=count[State.HERE],
        failed=count[State.FAILED],
        pixels=count[State.PIXEL],
        spies=", ".join(spies[:SPIES]),
        welcome=trust.verdict == "pass" and wanted.exists(),
        can_welcome=trust.verdict == "pass",
    )
    return {"pictures": found, "message": message, "csrf_token": context.get("csrf_token")}
