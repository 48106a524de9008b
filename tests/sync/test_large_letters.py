"""Letters that are not fetched in one go, and those that are never whole in memory."""

import os

import pytest
from pytest_django.fixtures import Settings

from mailbox import ingest
from mailbox.models import Mailbox, Message
from mailbox.sync import bodies
from tests.sync.conftest import Phone, bring_up
from tests.sync.letters import raw

LARGE = raw("large") + os.urandom(150_000).hex().encode()


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SLICE", 64 << 10)
    monkeypatch.setattr(bodies, "BODIES", bodies.Items(flags=False, body=True, body_max=64 << 10))


def fetched(mailbox: Mailbox, phone: Phone, letter: bytes) -> Message:
    phone.add("INBOX", raw("small", subject="small"))
    phone.add("INBOX", letter)
    bring_up(mailbox)
    return Message.objects.get(mailbox=mailbox, message_id="large@hamburger.edu")


def test_one_beyond_a_slice_is_whole(guest: Mailbox, phone: Phone) -> None:
    message = fetched(guest, phone, LARGE)
    assert (message.reader_version, message.chunks.count(), message.size) == (1, 0, len(LARGE))
    assert b"".join(ingest.source_of(message)) == LARGE


def test_of_one_beyond_the_limit_the_headers_are_read(guest: Mailbox, phone: Phone, settings: Settings) -> None:
    settings.LETTER_MAX = 200_000
    message = fetched(guest, phone, LARGE)
    assert (message.reader_version, message.subject) == (0, "Ketchup")
    assert ingest.letter_of(message).subject == "Ketchup"
    assert len(bytes(message.raw.data)) < 1000


def test_and_its_bytes_are_there_in_pieces(guest: Mailbox, phone: Phone, settings: Settings) -> None:
    settings.LETTER_MAX = 200_000
    message = fetched(guest, phone, LARGE)
    pieces = list(ingest.source_of(message))
    assert b"".join(pieces) == LARGE
    assert max(map(len, pieces)) <= 64 << 10


def test_a_letter_of_exactly_one_slice(guest: Mailbox, phone: Phone) -> None:
    letter = raw("large") + b"x" * ((64 << 10) - len(raw("large")))
    assert b"".join(ingest.source_of(fetched(guest, phone, letter))) == letter


def test_t35_a_size_that_the_server_only_guesses(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    from mailbox.sync import fetching

    arrival = fetching._arrival
    monkeypatch.setattr(fetching, "_arrival", lambda *args, **more: bodies.replace(arrival(*args, **more), size=10))
    assert b"".join(ingest.source_of(fetched(guest, phone, LARGE))) == LARGE


def test_an_empty_letter(guest: Mailbox, phone: Phone) -> None:
    phone.add("INBOX", b"\r\n")
    bring_up(guest)
    assert Message.objects.get(mailbox=guest).subject == ""
