"""The answer to an invitation reads back as what was said, whatever the invitation held."""

from datetime import UTC, date, datetime

import pytest

from mailbox.mime.calendars import read_invitation
from mailbox.mime.itip import ANSWERS, reply
from mailbox.mime.letter import Address, Invitation

NOON = datetime(2026, 3, 19, 12, tzinfo=UTC)
BOB = Address("Bob", "bob@hamburger.edu")


def invitation(**more: object) -> Invitation:
    facts = {"uid": "1@hamburger.edu", "sequence": 3, "summary": "Pickles, twice; 장아찌", "start": NOON, "organizer": BOB}
    return Invitation(method="REQUEST", **facts | more)  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", ANSWERS)
def test_it_is_read_back(answer: str) -> None:
    found = read_invitation(reply(invitation(), Address("Alice", "alice@crepes.fr"), answer, NOON))
    assert found
    assert (found.method, found.uid, found.sequence, found.summary) == ("REPLY", "1@hamburger.edu", 3, "Pickles, twice; 장아찌")
    assert found.organizer == Address("", "bob@hamburger.edu")
    assert found.attendees == ((Address("Alice", "alice@crepes.fr"), answer),)
    assert found.start == NOON


def test_a_whole_day_stays_one() -> None:
    found = read_invitation(reply(invitation(start=date(2026, 3, 19)), BOB, "declined", NOON))
    assert found
    assert found.start == date(2026, 3, 19)


def test_c152_a_line_break_in_a_value_makes_no_property() -> None:
    evil = invitation(uid="1\r\nATTENDEE:mailto:x@x", summary="a\nSTATUS:CANCELLED")
    text = reply(evil, Address('A"B\r\nX', "alice@crepes.fr"), "accepted", NOON)
    assert [line for line in text.split("\r\n") if line.startswith(("ATTENDEE", "STATUS", "X"))] == [
        'ATTENDEE;PARTSTAT=ACCEPTED;CN="A\'B  X":mailto:alice@crepes.fr'
    ]


def test_lines_are_short_and_no_character_is_cut() -> None:
    text = reply(invitation(summary="장아찌" * 40), BOB, "accepted", NOON)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "장아찌" * 40 in text.replace("\r\n ", "")
