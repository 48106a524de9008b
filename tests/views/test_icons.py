"""The sprite of icons."""

from pathlib import Path

from django.conf import settings

from mailbox.management.commands.icons import names, sprite


def test_it_holds_the_icons_in_use_and_no_other() -> None:
    drawn = (Path(settings.BASE_DIR) / "static" / "icons.svg").read_text()
    assert drawn == sprite(names()), "run `python manage.py icons`"
