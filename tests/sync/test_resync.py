"""A server with QRESYNC tells what changed as the folder is opened (RFC 7162 section 3.2.5); nothing of it is lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.imap.events import Event, Fetched
from mailbox.imap.limits import LIMITS
from mailbox.imap.link import Link
from mailbox.models import Flag, Folder, Mailbox, Placement
from mailbox.sync import bodies, changes, fetching, push, visiting
from mailbox.sync import session as sessions
from mailbox.sync.session import Session
from tests.sync.conftest import Phone, bring_up, folder, here, place, without
from tests.sync.letters import raw


@pytest.fixture
def uids(guest: Mailbox, phone: Phone) -> list[int]:
    """Three letters that are mirrored."""
    uids = [phone.add("INBOX", raw(name, subject=name)) for name in ("a", "b", "c")]
    bring_up(guest)
    return uids


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The commands of every line from now on."""
    said: list[bytes] = []
    send = Link._send
    monkeypatch.setattr(Link, "_send", lambda link, chunk: said.append(b"".join(chunk or [])) or send(link, chunk))
    return said


def test_the_opening_tells_it_all(guest: Mailbox, phone: Phone, uids: list[int], said: list[bytes]) -> None:
    phone.flag("INBOX", uids[0], "\\Seen")
    phone.expunge("INBOX", uids[1])
    said.clear()
    bring_up(guest)
    assert (here(guest, "INBOX"), place(guest, "a").flags) == (["a", "c"], Flag.SEEN)
    assert any(b"(QRESYNC (" in one for one in said)
    assert not any(b"CHANGEDSINCE" in one or b"SEARCH" in one for one in said)


def test_what_the_opening_told_outlives_its_line(
    guest: Mailbox, phone: Phone, uids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter breaks the line; the next one knows nothing of what was told."""
    bring_in = fetching.bring_in
    monkeypatch.setattr(
        fetching, "bring_in", lambda session, one, *a, **k: session.again(one) and bring_in(session, one, *a, **k)
    )
    phone.flag("INBOX", uids[0], "\\Seen")
    phone.expunge("INBOX", uids[1])
    phone.add("INBOX", raw("d", subject="d"))
    bring_up(guest)
    assert (here(guest, "INBOX"), place(guest, "a").flags) == (["a", "c", "d"], Flag.SEEN)


def test_flags_are_heard_while_the_first_letters_are_read(
    guest: Mailbox, phone: Phone, uids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def noted(name: str, deed: Callable[..., object]) -> Callable[..., object]:
        return lambda *args, **more: (order.append(name), deed(*args, **more))[1]

    for room, name in ((bodies, "ask"), (visiting, "_hear"), (fetching, "_place")):
        monkeypatch.setattr(room, name, noted(name, getattr(room, name)))
    phone.flag("INBOX", uids[0], "\\Seen")
    phone.add("INBOX", raw("d", subject="d"))
    bring_up(guest)
    assert order[:3] == ["ask", "_hear", "_place"]
    assert (here(guest, "INBOX"), place(guest, "a").flags) == (["a", "b", "c", "d"], Flag.SEEN)


def test_more_changes_than_an_opening_may_tell(
    guest: Mailbox, phone: Phone, uids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "LIMITS", replace(LIMITS, news=2))
    for uid in uids:
        phone.flag("INBOX", uid, "\\Seen")
    bring_up(guest)
    assert folder(guest, "INBOX").unread == 0


def test_a_flag_on_a_letter_that_we_filed_ourselves(guest: Mailbox, owner: User, phone: Phone, uids: list[int]) -> None:
    """It lies beyond the UIDNEXT that the last pass saw."""
    phone.add("Archive", raw("z", subject="z"))
    bring_up(guest)
    changes.move(owner, Placement.objects.filter(pk=place(guest, "a").pk), folder(guest, "Archive"))
    push.push_changes(guest.pk)
    phone.flag("Archive", 2, "\\Flagged")
    bring_up(guest)
    assert place(guest, "a").flags == Flag.FLAGGED


def test_a_mod_sequence_that_fell_is_followed_by_a_comparison(
    guest: Mailbox, phone: Phone, uids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of a server restored from its backup: it tells no change since a time that it does not know."""
    phone.flag("INBOX", uids[0], "\\Seen")
    select = Session.select
    monkeypatch.setattr(Session, "select", lambda *a, **more: replace(select(*a), highestmodseq=2, resynced=True))
    monkeypatch.setattr(ImapClient, "take_untagged", lambda client: ())
    bring_up(guest)
    assert place(guest, "a").flags == Flag.SEEN


def test_flags_that_nobody_asked_for_count(
    guest: Mailbox, phone: Phone, uids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "QRESYNC", "CONDSTORE")
    told: list[Event] = [Fetched(1, uids[0], Flag.FLAGGED)]
    take: Callable[[ImapClient], tuple[Event, ...]] = ImapClient.take_untagged
    phone.add("INBOX", raw("d", subject="d"))
    monkeypatch.setattr(ImapClient, "fetch_changed", lambda *args: pytest.fail("asked for changes"))
    monkeypatch.setattr(ImapClient, "take_untagged", lambda client: (*take(client), *([told.pop()] if told else [])))
    monkeypatch.setattr("mailbox.sync.visiting._flags", lambda *args: False)
    bring_up(guest)
    assert place(guest, "a").flags == Flag.FLAGGED


def test_t06_without_a_mod_sequence_nobody_asks_for_all_changes(
    guest: Mailbox, phone: Phone, uids: list[int], said: list[bytes]
) -> None:
    """As of a folder that was walked before the server kept any."""
    Folder.objects.update(highestmodseq=0)
    phone.flag("INBOX", uids[0], "\\Seen")
    bring_up(guest)
    assert not any(b"CHANGEDSINCE" in one or b"(QRESYNC (" in one for one in said)
    assert (place(guest, "a").flags, folder(guest, "INBOX").highestmodseq > 0) == (Flag.SEEN, True)
