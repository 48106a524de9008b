"""The message queue, for operators: what waits, what happened to a letter, and what can be done about it."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Min
from django.utils import timezone

from accounts.models import User
from mailbox.models import Access, Outgoing, Recipient
from mailbox.outbox import posting
from mailbox.outbox.fate import Destination, Try, fate

State = Recipient.State
LATER = {State.SCHEDULED, State.DEFERRED}
TOO_LATE = "Too late: it has left, or is leaving; or it was no page's draft."


class Command(BaseCommand):
    help = "The message queue: list what has not come to an end, show one letter, and what can be done about it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", title="actions")
        lister = actions.add_parser("list", help="the letters that have not come to an end")
        lister.add_argument("--all", action="store_true", help="the others too")
        for name, words in (
            ("show", "where a letter is, and every dialogue"),
            ("retry", "try it now"),
            ("cancel", "try no more"),
            ("undo", "take it back: it is a draft again"),
            ("now", "let a scheduled letter leave at once"),
        ):
            actions.add_parser(name, help=words).add_argument("id", type=int)
        scheduler = actions.add_parser("schedule", help="let a letter that has not left leave at another time")
        scheduler.add_argument("id", type=int)
        scheduler.add_argument("time", type=time_of, help="such as 2026-03-19T08:00, in the time of this house")

    def handle(self, *, action: str | None, **options: Any) -> None:
        if action in {None, "list"}:
            self.list(everything=options.get("all", False))
            return
        outgoing = Outgoing.objects.select_related("mailbox").filter(pk=options["id"]).first()
        if outgoing is None:
            raise CommandError(f"There is no letter {options['id']} in the queue.")
        deed = getattr(self, str(action))
        deed(outgoing, options["time"]) if action == "schedule" else deed(outgoing)

    def list(self, *, everything: bool) -> None:
        letters = Outgoing.objects.select_related("mailbox").order_by("pk")
        if not everything:
            letters = letters.filter(recipients__in=Recipient.objects.exclude(state__in=Recipient.FINAL)).distinct()
        for outgoing in letters.iterator(chunk_size=200):
            facts = (
                f"{outgoing.pk:>7}",
                when(outgoing.created_at),
                str(outgoing.mailbox),
                states_of(outgoing),
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

    def undo(self, outgoing: Outgoing) -> None:
        try:
            posting.undo(outgoing, owner_of(outgoing))
        except posting.TooLate:
            raise CommandError(TOO_LATE) from None
        self.stdout.write("It is a draft again.")

    def now(self, outgoing: Outgoing) -> None:
        self.schedule(outgoing, None)

    def schedule(self, outgoing: Outgoing, time: datetime | None) -> None:
        try:
            fresh = posting.reschedule(outgoing, owner_of(outgoing), time)
        except posting.TooLate:
            raise CommandError(TOO_LATE) from None
        except posting.CannotPost as problem:
            raise CommandError(problem.sentence) from problem
        self.stdout.write(f"It leaves {when(fresh.not_before)} as letter {fresh.pk}.")


def states_of(outgoing: Outgoing) -> str:
    """Such as "1 delivered, 2 trying again from 2026-03-19 08:00:00"."""
    found = outgoing.recipients.values_list("state").annotate(number=Count("pk"), first=Min("next_at"))
    numbers = {state: (number, first) for state, number, first in found}
    return ", ".join(
        f"{numbers[state][0]} {state.label.lower()}" + (f" from {when(numbers[state][1])}" if state in LATER else "")
        for state in State
        if state in numbers
    )


def time_of(text: str) -> datetime:
    """Raises ArgumentTypeError (exit 2) for what is no time, or one that has passed."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is not a time; write it like 2026-03-19T08:00") from None
    moment = moment if moment.tzinfo else timezone.make_aware(moment)
    if moment <= timezone.now():
        raise ArgumentTypeError(f"{text} has passed")
    return moment


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
