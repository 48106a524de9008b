"""What must not stand anywhere in the tree, and why."""

import re
from collections.abc import Iterable
from pathlib import Path

from tests.house.tree import files, modules, text

SANITIZED = {"mailbox/templatetags/look.py", "mailbox/views/letters.py"}  # they carry the sanitizer's output, and nothing else
FRAME = "letter_body.html"  # a letter, in its own frame under its own content policy, which allows no script
BINARY = {".png", ".ico", ".woff2", ".gz", ".zip", ".eml", ".mo"}
REGISTRIES = re.compile(r"files\.pythonhosted|pypi\.org|--(extra-)?index-url|--find-links|registry\.npmjs|/simple/")
MACHINES = re.compile(r"(?<![\w.])/(work|root|home)/\w")


def where(pattern: str | re.Pattern[str], paths: Iterable[Path]) -> list[str]:
    found = []
    for path in paths:
        lines = text(path).splitlines()
        found += [f"{path}:{number}: {line.strip()[:100]}" for number, line in enumerate(lines, 1) if re.search(pattern, line)]
    return found


def readable() -> list[Path]:
    """Every text but this one, which names what it forbids, and the letters of others."""
    return [path for path in files() if path.suffix not in BINARY and path != Path("tests/house/test_forbidden.py")]


def templates() -> list[Path]:
    return [path for path in files() if path.parts[0] == "templates" and path.suffix == ".html"]


def test_only_the_sanitizers_output_is_marked_safe() -> None:
    unmarked = [path for path in modules() if str(path) not in SANITIZED]
    assert not where(r"mark_safe|SafeString\(|format_html_join|autoescape off", unmarked)
    assert not where(r"\|\s*safe(seq)?\b|autoescape off", templates())


def test_t52_nothing_that_people_wait_for_rides_on_a_countdown() -> None:
    assert not where(r"\b(eta|countdown)\s*=", modules())


def test_t51_t53_hints_are_acknowledged_before_they_are_heeded() -> None:
    """So no visibility timeout, of ours or of another application on the same broker, brings one back."""
    assert not where(r"acks_late|ACKS_LATE|visibility_timeout", modules())


def test_t77_no_commit_waits_for_a_notification() -> None:
    assert not where(r"\bNOTIFY\b.*(execute|cursor)|execute\(.*\b(NOTIFY|LISTEN)\b|pg_notify", modules())


def test_no_letter_and_no_form_reaches_code() -> None:
    assert not where(r"(import|from) pickle|yaml\.load\(|\beval\(|\bexec\(|shell=True|\.extra\(|RawSQL", modules())


def test_no_script_or_style_stands_in_a_page() -> None:
    pages = [path for path in templates() if path.name != FRAME]
    assert not where(r"<style|\sstyle=|\son[a-z]+=|javascript:", pages)


def test_nothing_is_loaded_from_elsewhere() -> None:
    pages = [path for path in readable() if path.parts[0] in {"templates", "static"}]
    assert not where(r"""(src|href)=["']https?://|@import\s+["']?https?:|url\(["']?https?:""", pages)


def test_no_registry_is_named() -> None:
    assert not where(REGISTRIES, [path for path in readable() if path.name not in {"lock"}])


def test_no_machine_is_named() -> None:
    assert not where(MACHINES, readable())


def test_t25_t26_t27_the_wires_are_our_own() -> None:
    """What the libraries cost, lose and cannot bear; in the tests they are asked what they think."""
    assert not where(
        r"^\s*(import|from) (imapclient|imaplib|aioimaplib|imap_tools|poplib|smtplib)", modules("mailbox/", "accounts/")
    )


def test_t29_no_line_is_held_by_asyncio() -> None:
    """It keeps a buffer of a quarter of a megabyte for every TLS line."""
    assert not where(r"^\s*(import|from) asyncio", modules("mailbox/imap", "mailbox/pop3", "mailbox/smtp", "mailbox/sync"))
