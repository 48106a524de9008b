"""The dialects of providers, whole passes: in, news, clicks, and at the end mirror and server are the same."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from accounts.models import User
from mailbox.models import Flag, Folder, Mailbox, Placement
from mailbox.sync import changes, push
from mailbox.sync.verifying import differences
from mailbox.sync.work import work
from tests.fakes.imap_desk import imap_office
from tests.fakes.imap_office import Dialect, Office
from tests.sync.conftest import bring_up, here
from tests.sync.letters import raw
from tests.sync.test_trouble import at, quick

__all__ = ["quick"]

KOREAN = {"INBOX": "", "&vPSwuNO4ycDVaA-": "", "&x4TC3Lz0rQDVaA-": "", "&1zTJwNG1-": "", "&wqTTONO4ycDVaA-": "", "Archive": ""}
NAVER = Dialect(offers="IDLE UIDPLUS MOVE ID", folders=KOREAN)
DIALECTS = {
    # No CONDSTORE, no ESEARCH; the first set of COPYUID is missing; takes no keyword of ours.
    "exchange": Dialect(offers="MOVE UIDPLUS IDLE LITERAL+ ID", bad_copyuid=True, keeps=""),
    # Offers QRESYNC; who enables it loses letters, so this house knows no such word.
    "icloud": Dialect(offers="CONDSTORE QRESYNC ENABLE UIDPLUS ESEARCH IDLE SPECIAL-USE LIST-EXTENDED"),
    "yahoo": Dialect(offers="OBJECTID MOVE UIDPLUS IDLE ID ESEARCH SPECIAL-USE LIST-EXTENDED", longest=1000),
    # No SPECIAL-USE: what a folder is for is said by its Korean name alone.
    "naver": NAVER,
    "daum": replace(NAVER, offers="IDLE UIDPLUS"),
    "netease": Dialect(offers="ID IDLE", wants_id=True, uidnext=False),
    "courier": Dialect(offers="UIDPLUS IDLE", hides_own=True, stray="* 0 FETCH (FLAGS (\\Seen))"),
    "yandex": Dialect(offers="UIDPLUS MOVE IDLE", empty_bodies=2),
    "zoho": Dialect(offers="CONDSTORE UIDPLUS IDLE ENABLE QRESYNC", modseq="-1"),
}


SLOW = {"daum", "zoho", "yahoo", "yandex"}


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.servers if name in SLOW else ()) for name in DIALECTS])
def office(request: pytest.FixtureRequest, quick: None) -> Iterator[Office]:
    with imap_office(DIALECTS[request.param]) as office:
        yield office


@pytest.fixture
def mailbox(office: Office, alice: User, request: pytest.FixtureRequest) -> Mailbox:
    for number in range(12):
        office.add("INBOX", raw(f"a{number}", subject=f"S{number}"))
    mailbox = at(office, alice)
    mailbox.profile = request.node.callspec.params["office"]
    mailbox.save(update_fields=["profile"])
    return bring_up(mailbox)


def same(mailbox: Mailbox) -> bool:
    bring_up(mailbox)
    found: list[str] = []
    work(mailbox.pk, lambda session: bool(found.extend(differences(session, octets=True))))
    assert found == []
    return True


def inbox(mailbox: Mailbox, *subjects: str) -> "changes.Places":
    return Placement.objects.live().filter(folder__mailbox=mailbox, folder__role="inbox", message__subject__in=subjects)


def test_whole_passes(mailbox: Mailbox, office: Office, alice: User) -> None:
    assert len(here(mailbox, "INBOX")) == 12
    office.add("INBOX", raw("new", subject="New"), "\\Flagged")
    office.expunge("INBOX", b"S7\r\n")
    bring_up(mailbox)
    changes.set_flag(alice, inbox(mailbox, "S1", "S2"), Flag.SEEN, True)
    changes.trash(alice, inbox(mailbox, "S3"))
    changes.archive(alice, inbox(mailbox, "S4", "New"))
    push.push_changes(mailbox.pk)
    assert same(mailbox)
    folders = {folder.role: folder for folder in Folder.objects.filter(mailbox=mailbox)}
    assert set(folders) == {"inbox", "sent", "drafts", "trash", "junk", "archive"}
    trash = folders["trash"]
    assert office.subjects(trash.wire_name) == here(mailbox, trash.name) == ["S3"]
    assert [len(office.subjects(name)) for name in ("INBOX", "Archive")] == [9, 2]
