"""Is everything well? Looks at each part that a letter needs on its way, and says in plain words what is not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from mailbox.management.checkup import CHECKS, Finding


class Command(BaseCommand):
    help = "Check the settings, the database, the broker, the clock, the workers, the vault, DNS and the disk."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        findings = [finding for check in CHECKS for finding in check()]
        for finding in findings:
            self.stdout.write(str(finding))
        if bad := [finding for finding in findings if not finding.good]:
            self.stderr.write(summary(bad))
            sys.exit(1)


def summary(bad: list[Finding]) -> str:
    return "One thing needs attention." if len(bad) == 1 else f"{len(bad)} things need attention."
