"""Make the search index anew from the letters that are here, or prove that it is as they are."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from mailbox.ingest import reindexing
from mailbox.management.bar import Bar
from mailbox.models import Mailbox


class Command(BaseCommand):
    help = "Make the search index anew, of ADDRESS or of every mailbox; searching goes on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", nargs="?", default="", metavar="ADDRESS")
        parser.add_argument("--check", action="store_true", help="change nothing: say what is wrong, exit 1 if anything is")

    def handle(self, *args: Any, **options: Any) -> None:
        mailboxes = Mailbox.objects.order_by("pk")
        if options["address"]:
            mailboxes = mailboxes.filter(address__iexact=options["address"])
            if not mailboxes:
                raise CommandError(_("There is no mailbox %(address)s.") % options)
        right = [self._walk(mailbox, check=options["check"]) for mailbox in mailboxes]
        if options["check"] and not all(right):
            sys.exit(1)

    def _walk(self, mailbox: Mailbox, *, check: bool) -> bool:
        """Whether every entry was right."""
        bar, of = Bar(sys.stderr, mailbox.address), mailbox.messages.count()
        letters = missing = different = 0
        for step in reindexing.reindex(mailbox.pk, check=check):
            letters, missing, different = letters + step.letters, missing + len(step.missing), different + len(step.different)
            bar.show(letters, of)
        bar.end()
        known = {"address": mailbox.address, "letters": f"{letters:,}", "missing": missing, "different": different}
        if check:
            words = _("%(address)s: %(letters)s letters, %(missing)d not in the index, %(different)d otherwise than in the index")
        else:
            words = _("%(address)s: %(letters)s letters, %(missing)d added to the index, %(different)d put right")
        self.stdout.write(words % known)
        return not missing and not different
