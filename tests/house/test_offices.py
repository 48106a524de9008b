"""The demonstration post offices: letters lie there, arrive there by SMTP, are heard of by IDLE, and stay over a restart."""

import imaplib
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from mailbox.management.ground import Ground
from mailbox.management.offices import facts as keeping
from mailbox.management.offices.doors import Door, Imap, Smtp, office_folder
from mailbox.management.offices.facts import HOST, Facts
from mailbox.management.offices.maildirs import lay, open_office
from mailbox.management.seeds import seeds
from tests.servers import temporary_ground

DOMAIN = "crepes.fr"
LETTER = b"From: bob@hamburger.edu\r\nSubject: hello\r\n\r\n.\r\nEnd\r\n"


@pytest.fixture
def ground() -> Iterator[Ground]:
    with temporary_ground() as ground:
        yield ground


@pytest.fixture
def facts(ground: Ground) -> Facts:
    facts = keeping.load(ground.data / "demo.json")
    open_office(office_folder(ground, DOMAIN), DOMAIN, facts)
    lay(office_folder(ground, DOMAIN) / "alice", seeds("alice", datetime.now(UTC)))
    return facts


@contextmanager
def open_doors(ground: Ground, facts: Facts) -> Iterator[list[Door]]:
    doors: list[Door] = [kind(ground, DOMAIN, facts) for kind in (Imap, Smtp)]
    try:
        for door in doors:
            door.start()
        for door in doors:
            door.wait()
        yield doors
    finally:
        for door in doors:
            door.stop()


def sign_in(facts: Facts) -> imaplib.IMAP4:
    line = imaplib.IMAP4(HOST, facts.ports[f"imap {DOMAIN}"], timeout=10)
    line.login("alice@crepes.fr", facts.secrets["alice@crepes.fr"])
    return line


def post(facts: Facts, recipient: str) -> None:
    with smtplib.SMTP(HOST, facts.ports[f"smtp {DOMAIN}"], "mx.hamburger.edu", timeout=10) as line:
        line.sendmail("bob@hamburger.edu", [recipient], LETTER)


def test_a_delivered_letter_is_heard_of_at_once_and_kept(ground: Ground, facts: Facts) -> None:
    with open_doors(ground, facts), sign_in(facts) as line:
        before = int(line.select("INBOX")[1][0] or b"0")
        line.send(b"x IDLE\r\n")
        assert line.readline().startswith(b"+")
        post(facts, "alice@crepes.fr")
        assert line.readline() == b"* %d EXISTS\r\n" % (before + 1)
        line.send(b"DONE\r\n")
        while not line.readline().startswith(b"x OK"):
            pass
    with open_doors(ground, facts), sign_in(facts) as line:
        line.select("INBOX")
        [(_, raw), *_] = line.fetch(str(before + 1), "(BODY.PEEK[])")[1]
        shown = raw.replace(b"\r\n", b"\n")  # pymap gives lines as its host writes them
        assert shown.endswith(LETTER.replace(b"\r\n", b"\n"))
        assert shown.startswith(b"Return-Path: <bob@hamburger.edu>\nReceived: from mx.hamburger.edu")


def test_nobody_of_that_name_is_refused(ground: Ground, facts: Facts) -> None:
    with open_doors(ground, facts), pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        post(facts, "camile@crepes.fr")
    assert refused.value.recipients["camile@crepes.fr"] == (550, b"5.1.1 There is no mailbox called camile@crepes.fr here")


def test_uids_follow_the_dates_of_the_first_letters(ground: Ground, facts: Facts) -> None:
    with open_doors(ground, facts), sign_in(facts) as line:
        count = int(line.select("INBOX", readonly=True)[1][0] or b"0")
        answers = line.uid("FETCH", "1:*", "(INTERNALDATE)")[1]
    dates = [imaplib.Internaldate2tuple(answer) for answer in answers]
    assert count == len(dates) > 20
    assert dates == sorted(dates)


def test_what_was_decided_once_stays(ground: Ground) -> None:
    first = keeping.load(ground.data / "demo.json")
    assert keeping.load(ground.data / "demo.json") == first
    assert (ground.data / "demo.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("owner", ["alice", "bob"])
def test_there_are_some_forty_letters_of_every_kind(owner: str) -> None:
    now = datetime.now(UTC)
    letters = list(seeds(owner, now))
    assert 38 <= len(letters) <= 50
    assert all(letter.date <= now for letter in letters)
    everything = b"".join(letter.raw for letter in letters)
    for kind in (b"text/html", b"charset=utf-8", b"charset=euc-kr", b"image/png", b"text/csv", b"application/pdf"):
        assert kind in everything
    assert {"INBOX", "Sent", "Archive", "Drafts", "Junk"} <= {letter.folder for letter in letters}
