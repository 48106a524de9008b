"""Who shares a transaction."""

import pytest

from mailbox.models import Mailbox, Recipient
from mailbox.outbox.plan import site_of, talks


def people(*named: str) -> list[Recipient]:
    """Addressees written "kind address", of one letter; or "letter kind address"."""
    words = [one.split() for one in named]
    return [Recipient(outgoing_id=int(letter[0]) if letter else 1, kind=k, address=a) for *letter, k, a in words]


def planned(*named: str, most: int = 100) -> list[list[str]]:
    return [[one.address for one in talk] for talk in talks(people(*named), most=most)]


def test_everybody_of_a_site_at_once() -> None:
    assert planned("to a@x.example", "cc b@y.example") == [["a@x.example", "b@y.example"]]


def test_letter_by_letter_in_their_order() -> None:
    assert planned("2 to a@x.example", "1 to b@x.example", "2 to c@x.example") == [
        ["a@x.example", "c@x.example"],
        ["b@x.example"],
    ]


def test_a_blind_copy_is_always_alone() -> None:
    assert planned("bcc b@x.example", "to a@x.example", "bcc c@x.example") == [["a@x.example"], ["b@x.example"], ["c@x.example"]]


def test_a_long_list_is_cut_where_servers_may_stop() -> None:
    many = people(*(f"to a{number}@x.example" for number in range(250)))
    assert [len(talk) for talk in talks(many, most=100)] == [100, 100, 50]


def test_nobody_needs_no_talk() -> None:
    assert planned() == []


@pytest.mark.parametrize(
    ("outgoing", "site"),
    [("direct:", "hamburger.edu"), ("submissions://alice@smtp.crepes.fr:465", "smtp.crepes.fr/7")],
)
def test_a_letter_goes_to_its_domain_or_by_the_mailbox_s_own_server(outgoing: str, site: str) -> None:
    assert site_of(Mailbox(pk=7, outgoing=outgoing), "Bob@Hamburger.EDU") == site
