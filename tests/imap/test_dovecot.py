"""What only Dovecot offers of the kinds that we test with: mod-sequences, VANISHED, LIST-STATUS."""

import pytest

from mailbox.imap.client import ImapClient
from mailbox.imap.errors import NotOffered
from mailbox.imap.events import SEEN, Expunged, Fetched, Vanished
from mailbox.imap.items import Items
from mailbox.imap.limits import Limits
from mailbox.imap.uids import UidSet
from tests.fakes.imap_script import SIGNED_IN, client_of
from tests.imap.conftest import Connect, Office, subjects
from tests.real import Dovecot, Postfix


@pytest.fixture
def client(rich: Office, connect_rich: Connect) -> ImapClient:
    rich.fill(5)
    client = connect_rich()
    client.select("INBOX", readonly=False)
    return client


def test_a_folder_has_a_mod_sequence(client: ImapClient) -> None:
    folder = client.select("INBOX", readonly=False)
    assert folder.highestmodseq
    assert folder.keeps("anything")
    assert client.enabled >= {"CONDSTORE", "QRESYNC"}


def test_only_what_changed_is_told(client: ImapClient) -> None:
    since = client.select("INBOX", readonly=False).highestmodseq or 0
    client.store([2, 4], flags=("\\Seen",), on=True)
    changed = list(client.fetch_changed(since))
    assert [(letter.uid, letter.flags) for letter in changed] == [(2, SEEN), (4, SEEN)]
    assert all(letter.modseq and letter.modseq > since for letter in changed)


def test_what_vanished_meanwhile_is_told(client: ImapClient, connect_rich: Connect) -> None:
    since = client.select("INBOX", readonly=False).highestmodseq or 0
    client.store([2, 3], flags=("\\Deleted",), on=True)
    client.expunge([2, 3])
    other = connect_rich()
    other.select("INBOX")
    assert list(other.fetch_changed(since)) == []
    assert Vanished(UidSet.of([2, 3]), earlier=True) in other.take_untagged()


def test_what_vanishes_now_is_told_with_any_command(client: ImapClient, connect_rich: Connect) -> None:
    other = connect_rich()
    other.select("INBOX")
    client.store([5], flags=("\\Deleted",), on=True)
    client.expunge([5])
    assert list(other.fetch([1], Items(size=True)))
    other.noop()
    assert Vanished(UidSet.of([5]), earlier=False) in other.take_untagged()


def test_without_qresync_what_goes_is_a_number(rich: Office, client: ImapClient) -> None:
    with rich.lacking("QRESYNC").connect() as other:
        other.select("INBOX")
        client.store([5], flags=("\\Deleted",), on=True)
        client.expunge([5])
        other.noop()
        assert Expunged(5) in other.take_untagged()


def test_flags_that_change_elsewhere_are_told(client: ImapClient, connect_rich: Connect) -> None:
    other = connect_rich()
    other.select("INBOX")
    client.store([3], flags=("\\Seen",), on=True)
    other.noop()
    (news,) = other.take_untagged()
    assert isinstance(news, Fetched)
    assert (news.uid, news.flags) == (3, SEEN)


def test_changes_need_condstore() -> None:
    with client_of(SIGNED_IN) as client, pytest.raises(NotOffered):
        client.fetch_changed(1)


def test_all_figures_in_one_round_trip(client: ImapClient) -> None:
    figures = {status.wire_name: status for status in client.list_with_figures()[1]}
    assert (figures["INBOX"].messages, figures["Sent"].messages) == (5, 0)
    assert figures["INBOX"].highestmodseq


def test_long_sets_go_in_pieces(rich: Office) -> None:
    rich.fill(5)
    with rich.connect(limits=Limits(uid_set=4)) as client:
        client.select("INBOX", readonly=False)
        odd = UidSet.of([1, 3, 5])
        client.store(odd, flags=("\\Flagged",), on=True)
        told = client.move(odd, "Archive")
        assert [there for there, _ in told.pairs] == [1, 3, 5] if told else False
        assert [letter.uid for letter in client.fetch(range(1, 9), Items())] == [2, 4]


def test_what_the_world_sends_arrives(dovecot: Dovecot, postfix: Postfix, rich: Office, connect_rich: Connect) -> None:
    postfix.submit("someone@example.org", rich.address, b"Subject: Pickles by post\r\n\r\nhello\r\n")
    client = connect_rich()
    dovecot.wait_for_letters(rich.address, 1)
    client.select("INBOX")
    assert subjects(client) == ["Pickles by post"]
