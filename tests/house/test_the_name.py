"""Our package is called mailbox, and so is one of the standard library's: ours must win, and a mistake must fail."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

import mailbox


def test_the_package_is_ours() -> None:
    assert all(Path(path).is_relative_to(settings.BASE_DIR) for path in mailbox.__path__)


def test_the_app_is_listed_in_full() -> None:
    assert "mailbox.apps.MailboxConfig" in settings.INSTALLED_APPS
    assert "mailbox" not in settings.INSTALLED_APPS


def test_it_loads_after_a_library_that_wants_the_other_one() -> None:
    code = "import aiosmtpd.handlers, django; django.setup(); import mailbox.models"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=settings.BASE_DIR, timeout=60)


def test_it_forwards_nothing() -> None:
    assert not hasattr(mailbox, "Maildir")
