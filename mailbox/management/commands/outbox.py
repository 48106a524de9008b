"""The message queue, for operators: what waits, what happened to a letter, and the two things that can be done about it."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from mailbox.models import Access, Outgoing, Recipient
from mailbox.outbox import posting
from mailbox.outbox.fate import Destination, Try, fate, line_of


class Command(BaseCommand):
    help = "The message queue: list what has not come to an end, show one letter, try it now, or stop trying."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", title="actions")
        lister = actions.add_parser("list", help="the letters that have not come to an end")
        lister.add_argument("--all", action="store_true", help="the others too")
        for name, words in (
            ("show", "where a letter is, and every dialogue"),
            ("retry", "try it now"),
            ("cancel", "try no more"),
        ):
            actions.add_parser(name, help=words).add_argument("id", type=int)

    def handle(self, *, action: str | None, **options: Any) -> None:
        if action in {None, "list"}:
            self.list(everything=options.get("all", False))
            return
        outgoing = Outgoing.objects.select_related("mailbox").filter(pk=options["id"]).first()
        if outgoing is None:
            raise CommandError(f"There is no letter {options['id']} in the queue.")
        {"show": self.show, "retry": self.retry, "cancel": self.cancel}[str(action)](outgoing)

    def list(self, *, everything: bool) -> None:
        letters = Outgoing.objects.select_related("mailbox").order_by("pk")
        if not everything:
            letters = letters.filter(recipients__in=Recipient.objects.exclude(state__in=Recipient.FINAL)).distinct()
        for outgoing in letters.iterator(chunk_size=200):
            facts = (
                f"{outgoing.pk:>7}",
                when(outgoing.created_at),
                str(outgoing.mailbox),
                line_of(outgoing),
                one_line(outgoing.subject),
            )
            self.stdout.write("  ".join(facts))

    def show(self, outgoing: Outgoing) -> None:
        self.stdout.write(f"{outgoing.pk}  {one_line(outgoing.subject)}")
        self.stdout.write(f"from {outgoing.return_path}, {outgoing.size:,} bytes, Message-ID {outgoing.message_id}")
        shown: set[datetime] = set()
        for destination in fate(outgoing).destinations:
            for line in destination_lines(destination):
                self.stdout.write(line)
            for one in destination.tries:
                if one.started_at not in shown:
                    shown.add(one.started_at)
                    self.stdout.write("\n".join(try_lines(one)))

    def retry(self, outgoing: Outgoing) -> None:
        if not posting.retry(outgoing, owner_of(outgoing)):
            raise CommandError("Nobody is waiting for this letter, or it is being sent now.")
        self.stdout.write("It is tried now.")

    def cancel(self, outgoing: Outgoing) -> None:
        if not posting.cancel(outgoing, owner_of(outgoing)):
            raise CommandError("Too late: it has come to its end, or it is being sent now.")
        self.stdout.write("It is tried no more.")


def owner_of(outgoing: Outgoing) -> User:
    """The person in whose name an operator acts."""
    access = Access.objects.filter(mailbox=outgoing.mailbox_id, role=Access.Role.OWNER).select_related("user").first()
    if access is None:
        raise CommandError(f"The mailbox {outgoing.mailbox} has no owner.")
    return access.user


def destination_lines(one: Destination) -> Iterator[str]:
    next_time = f", next try {when(one.next_at)}" if one.next_at else ""
    yield f"\n{one.address} ({one.kind}): {one.label}{f' {when(one.at)}' if one.at else ''}{next_time}"
    yield f"    {one.sentence}"
    yield from (f"    {line}" for line in one.reply.splitlines())


def try_lines(one: Try) -> Iterator[str]:
    yield f"    {when(one.started_at)}  {one.host or 'no server'} {one.address} {one.tls}".rstrip()
    yield from (f"    {line.seconds:9.3f} {line.who} {line.text}" for line in one.dialogue)


def when(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"


def one_line(text: str) -> str:
    return " ".join(text.split())[:80] or "(no subject)"
