"""Bring mailboxes up to date from the terminal, or compare them with their servers."""

import sys
import time
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from mailbox.management.bar import Bar
from mailbox.models import Folder, Mailbox
from mailbox.sync import mirror, recounting, verifying
from mailbox.sync.maildrop import Maildrop
from mailbox.sync.session import SECONDS, Session
from mailbox.sync.work import RESTING, WAITING, work

SLICE = 5.0  # seconds of one pass: so often the bar moves
State = Mailbox.State


class Command(BaseCommand):
    help = "Bring the mirror up to date now: of ADDRESS, or of every mailbox."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="?", default="", metavar="ADDRESS")
        parser.add_argument("--folder", default="", metavar="NAME", help="only this folder")
        parser.add_argument("--wait", action="store_true", help="until all is here; else the workers do what is left after 30 s")
        parser.add_argument(
            "--verify", action="store_true", help="change nothing: print every difference, exit 1 if there is one"
        )
        parser.add_argument("--bytes", action="store_true", help="with --verify: compare every byte of every letter too")

    def handle(self, *args: Any, **options: Any) -> None:
        mailboxes = _mailboxes(options["address"], options["folder"])
        if options["verify"]:
            results = [self._verify(mailbox, octets=options["bytes"]) for mailbox in mailboxes]
        else:
            results = [self._bring_up(mailbox, options["folder"], wait=options["wait"]) for mailbox in mailboxes]
        if not all(results):
            sys.exit(1)

    def _bring_up(self, mailbox: Mailbox, folder: str, *, wait: bool) -> bool:
        """Whether it went well. A worker that is at it already is waited for."""
        began, end = timezone.now(), time.monotonic() + SECONDS
        bar = Bar(sys.stderr, mailbox.address)
        left = True
        while left and (wait or time.monotonic() < end):
            left = mirror.bring_up(mailbox.pk, only=folder, seconds=SLICE)
            mailbox.refresh_from_db()
            bar.show(*_progress(mailbox, folder))
            passed = mailbox.last_good_pass and mailbox.last_good_pass >= began
            busy = mailbox.lease_until and mailbox.lease_until > timezone.now()
            if not left and not passed and busy:
                left = True
                time.sleep(0.2)
        bar.end()
        return self._report(mailbox, folder, left=left)

    def _report(self, mailbox: Mailbox, folder: str, *, left: bool) -> bool:
        if mailbox.state in (*RESTING, *WAITING):
            self.stderr.write(f"{mailbox.address}: {mailbox.trouble or mailbox.get_state_display()}")
            return False
        here, there = _progress(mailbox, folder)
        words = _("%(address)s: %(here)d of %(there)d letters are here; the rest goes on in the background.")
        words = words if left else _("%(address)s: up to date, %(here)d letters.")
        self.stdout.write(words % {"address": mailbox.address, "here": here, "there": there})
        return True

    def _verify(self, mailbox: Mailbox, *, octets: bool) -> bool:
        """Whether nothing differs."""
        found: list[str] = []

        def show(differences: Iterable[str]) -> bool:
            for difference in differences:
                found.append(difference)
                self.stdout.write(f"{mailbox.address}: {difference}")
            return True

        def compare(session: Session) -> bool:
            return show(verifying.differences(session, octets=octets))

        def recount(drop: Maildrop) -> bool:
            return show(recounting.differences(drop, octets=octets))

        if not work(mailbox.pk, compare, recount, seconds=0):
            mailbox.refresh_from_db()
            trouble = mailbox.trouble or _("Another worker is at it; try again in a moment.")
            self.stderr.write(f"{mailbox.address}: {trouble}")
            return False
        if not found:
            self.stdout.write(_("%(address)s: mirror and server are the same.") % {"address": mailbox.address})
        return not found


def _mailboxes(address: str, folder: str) -> list[Mailbox]:
    chosen = Mailbox.objects.exclude(state=State.PAUSED).order_by("pk")
    chosen = chosen.filter(address__iexact=address) if address else chosen
    if address and not chosen:
        raise CommandError(_("There is no mailbox %(address)s here.") % {"address": address})
    if folder and not Folder.objects.filter(mailbox__in=chosen, name=folder).exists():
        raise CommandError(_("There is no folder %(folder)s.") % {"folder": folder})
    return list(chosen)


def _progress(mailbox: Mailbox, folder: str) -> tuple[int, int]:
    """Letters that are here whole, letters there."""
    folders = Folder.objects.filter(mailbox=mailbox, selectable=True)
    folders = folders.filter(name=folder) if folder else folders
    sums = folders.aggregate(here=Sum("mirrored", default=0), there=Sum("server_messages", default=0))
    left = 0 if folder else mailbox.letters_left
    return max(0, sums["here"] - left), sums["there"]
