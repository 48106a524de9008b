"""Post a letter from a file, by the same way as the Send button; prints its number in the message queue."""

import re
import sys
from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError

from mailbox.models import Mailbox
from mailbox.outbox import posting

LONGEST_KEY = 64


class Command(BaseCommand):
    help = "Post a letter (stdin) as that mailbox to those recipients, and print its number in the queue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the mailbox to write from; the letter's From must be one of its addresses")
        parser.add_argument(
            "recipients", nargs="+", metavar="recipient", help="who gets it; whom its header does not name is a blind copy"
        )
        parser.add_argument("--key", default="", help="posted twice under the same key, it is sent once")

    def handle(self, *, address: str, recipients: list[str], key: str, **options: Any) -> None:
        if len(key) > LONGEST_KEY:
            raise CommandError(f"A key has at most {LONGEST_KEY} characters.")
        raw = crlf(sys.stdin.buffer.read())
        if not raw.strip():
            raise CommandError("There is no letter on stdin.")
        try:
            outgoing = posting.post_raw(mailbox_of(address), raw, recipients, key or uuid4().hex)
        except posting.CannotPost as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(str(outgoing.pk))


def mailbox_of(address: str) -> Mailbox:
    found = list(Mailbox.objects.filter(address__iexact=address)[:2])
    if len(found) != 1:
        raise CommandError(f"There is {'more than one' if found else 'no'} mailbox {address} here.")
    return found[0]


def crlf(text: bytes) -> bytes:
    """A text file's lines, however they end, as a letter's."""
    return re.sub(rb"\r\n|\r|\n", b"\r\n", text)
