"""Where the page finds the HTML of a letter: here, or on LETTER_HOST with a key, because no cookie of ours goes there."""

from datetime import timedelta

from django import template
from django.conf import settings
from django.core import signing
from django.template import Context
from django.urls import reverse

from mailbox.models import Message

register = template.Library()

SALT = "mailbox.letter"
GOOD_FOR = timedelta(days=1)


@register.simple_tag(takes_context=True)
def frame_url(context: Context, message: Message) -> str:
    """The address of the letter's own HTML, for this person."""
    path = reverse("letter_body", args=[message.pk])
    if not settings.LETTER_HOST:
        return path
    return f"https://{settings.LETTER_HOST}{path}?key={signing.dumps([context['user'].pk, message.pk], salt=SALT)}"


def bearer_of(key: str, message_id: int) -> int:
    """Whose key it is, for that letter. Raises signing.BadSignature for every other."""
    user_id, letter_id = signing.loads(key, salt=SALT, max_age=GOOD_FOR)
    if letter_id != message_id:
        raise signing.BadSignature("This key is another letter's.")
    return int(user_id)
