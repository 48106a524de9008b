"""Who shares a transaction."""

from mailbox.models import Recipient
from mailbox.outbox.plan import talks


def people(*named: str) -> list[Recipient]:
    """Addressees written "kind address"."""
    return [Recipient(kind=kind, address=address) for kind, address in (one.split() for one in named)]


def planned(*named: str, direct: bool, most: int = 100) -> list[list[str]]:
    return [[one.address for one in talk] for talk in talks(people(*named), direct=direct, most=most)]


def test_to_our_own_server_everybody_at_once() -> None:
    assert planned("to a@x.example", "cc b@y.example", direct=False) == [["a@x.example", "b@y.example"]]


def test_straight_to_the_world_one_domain_at_a_time() -> None:
    assert planned("to a@x.example", "to b@y.example", "cc c@X.example", direct=True) == [["a@x.example", "c@X.example"]]


def test_a_blind_copy_is_always_alone() -> None:
    assert planned("to a@x.example", "bcc b@x.example", "bcc c@x.example", direct=False) == [
        ["a@x.example"],
        ["b@x.example"],
        ["c@x.example"],
    ]


def test_a_long_list_is_cut_where_servers_may_stop() -> None:
    assert [len(talk) for talk in talks(people(*(f"to a{n}@x.example" for n in range(250))), direct=False, most=100)] == [
        100,
        100,
        50,
    ]


def test_nobody_needs_no_talk() -> None:
    assert planned(direct=True) == []
