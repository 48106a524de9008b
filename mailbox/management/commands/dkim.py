"""Make a domain's DKIM keys, once, and print the DNS records that publish them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mailbox.outbox import domains


class Command(BaseCommand):
    help = "Print the DNS records of DOMAIN's DKIM keys; they are made if there are none, and sign the letters that go direct."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("domain", metavar="DOMAIN")
        parser.add_argument(
            "--new", action="store_true", help="make new keys beside the old ones; all sign until those are dropped"
        )
        parser.add_argument("--drop", metavar="SELECTOR", help="forget a key; take its record out of DNS some days later")
        parser.add_argument(
            "--tags", choices=["on", "off"], help="whether name+anything@DOMAIN reaches name: bounces are then sure"
        )

    def handle(self, *args: Any, domain: str, new: bool, drop: str | None, tags: str | None, **options: Any) -> None:
        try:
            found = domains.keep(domain)
            if tags:
                domains.tag(found, on=tags == "on")
            if drop:
                domains.drop_key(found, drop)
            keys = domains.keys(found, fresh=new)
        except domains.CannotKeep as error:
            raise CommandError(str(error)) from error
        for key in keys:
            self.stdout.write(domains.record_of(key).line)
