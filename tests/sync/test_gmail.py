"""Gmail, whole passes: All Mail is mirrored once, labels are no folders, and what is archived lies where everything lies."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox.models import Folder, Label, Mailbox, Message, Placement
from mailbox.sync import budget, changes, fetching, labelling, mirror, push
from mailbox.sync.profiles import Profile
from tests.fakes.imap_desk import imap_office
from tests.fakes.imap_office import GMAIL_ROLES, Box, Dialect, Office
from tests.sync.conftest import bring_up, here
from tests.sync.letters import raw
from tests.sync.test_trouble import at, quick

__all__ = ["quick"]

GMAIL = Dialect(
    offers="X-GM-EXT-1 UIDPLUS MOVE CONDSTORE ENABLE ESEARCH SPECIAL-USE LIST-EXTENDED LIST-STATUS ID IDLE",
    folders={"INBOX": "", **GMAIL_ROLES},
    gmail=True,
)
EVERYTHING = "[Gmail]/All Mail"


@pytest.fixture
def office(quick: None) -> Iterator[Office]:
    with imap_office(GMAIL) as office:
        yield office


@pytest.fixture
def mailbox(office: Office, alice: User) -> Mailbox:
    office.boxes["Suppliers"] = Box(99)
    office.add("INBOX", raw("a", subject="Pickles"), labels=("Suppliers", "\\Important"))
    office.add("INBOX", raw("b", subject="Ketchup"))
    office.add(EVERYTHING, raw("c", subject="Mustard"), labels=("Suppliers",))
    return bring_up(at(office, alice))


def in_inbox(mailbox: Mailbox, subject: str) -> "changes.Places":
    return Placement.objects.live().filter(folder__mailbox=mailbox, folder__role="inbox", message__subject=subject)


def labels_of(mailbox: Mailbox, subject: str) -> list[str]:
    lying = Placement.objects.live().filter(folder__mailbox=mailbox, message__subject=subject)
    return sorted({keyword for keywords in lying.values_list("keywords", flat=True) for keyword in keywords})


def test_a_letter_under_several_labels_is_one(mailbox: Mailbox, office: Office) -> None:
    assert Message.objects.count() == 3
    assert sum("BODY.PEEK[]" in one for one in office.heard) == 2  # those of the inbox, then the third
    assert here(mailbox, EVERYTHING) == ["Pickles", "Ketchup", "Mustard"]
    assert labels_of(mailbox, "Pickles") == ["Suppliers"]


def test_a_label_is_no_folder(mailbox: Mailbox, office: Office) -> None:
    suppliers = Folder.objects.get(name="Suppliers")
    assert (suppliers.is_label, suppliers.live) == (True, 0)
    assert [label.name for label in Label.objects.all()] == ["Suppliers"]
    assert not any('EXAMINE "Suppliers"' in one for one in office.heard)


def test_another_client_labels(mailbox: Mailbox, office: Office) -> None:
    office.label(next(iter(office.boxes["INBOX"].letters.values())), "&rHC3mMyY-")
    bring_up(mailbox)
    assert labels_of(mailbox, "Pickles") == ["&rHC3mMyY-", "Suppliers"]
    assert "거래처" in [label.name for label in Label.objects.all()]


def test_a_label_of_ours_arrives(mailbox: Mailbox, office: Office, alice: User) -> None:
    labelling.label(alice, in_inbox(mailbox, "Ketchup"), "To do", True)
    push.push_changes(mailbox.pk)
    letter = office.boxes["INBOX"].letters[2]
    assert letter.labels == {"\\Inbox", "To do"}
    assert letter.flags == set()
    bring_up(mailbox)
    assert labels_of(mailbox, "Ketchup") == ["To do"]


def test_archiving_leaves_it_in_all_mail(mailbox: Mailbox, office: Office, alice: User) -> None:
    changes.archive(alice, in_inbox(mailbox, "Pickles"))
    push.push_changes(mailbox.pk)
    bring_up(mailbox)
    assert (office.subjects("INBOX"), here(mailbox, "INBOX")) == (["Ketchup"], ["Ketchup"])
    assert sorted(here(mailbox, EVERYTHING)) == ["Ketchup", "Mustard", "Pickles"]


def test_undo_brings_it_back(mailbox: Mailbox, office: Office, alice: User) -> None:
    done = changes.archive(alice, in_inbox(mailbox, "Pickles"))
    push.push_changes(mailbox.pk)
    changes.undo(alice, done.token)
    push.push_changes(mailbox.pk)
    bring_up(mailbox)
    assert sorted(office.subjects("INBOX")) == sorted(here(mailbox, "INBOX")) == ["Ketchup", "Pickles"]
    assert sorted(here(mailbox, EVERYTHING)) == ["Ketchup", "Mustard", "Pickles"]


def test_trash_takes_it_out_of_everything(mailbox: Mailbox, office: Office, alice: User) -> None:
    changes.trash(alice, in_inbox(mailbox, "Pickles"))
    push.push_changes(mailbox.pk)
    bring_up(mailbox)
    assert here(mailbox, "[Gmail]/Trash") == office.subjects("[Gmail]/Trash") == ["Pickles"]
    assert here(mailbox, EVERYTHING) == ["Ketchup", "Mustard"]


def test_t34_a_label_with_another_name_is_heard_of(mailbox: Mailbox, office: Office) -> None:
    office.rename_label("Suppliers", "Friends")
    bring_up(mailbox)
    assert labels_of(mailbox, "Pickles") == labels_of(mailbox, "Mustard") == ["Friends"]


def test_t34_every_label_is_looked_at_once_a_week(mailbox: Mailbox, office: Office) -> None:
    next(iter(office.boxes["INBOX"].letters.values())).labels = {"\\Inbox", "Silent"}
    bring_up(mailbox)
    assert labels_of(mailbox, "Pickles") == ["Suppliers"]
    Folder.objects.update(compared_at=timezone.now() - timedelta(days=8))
    bring_up(mailbox)
    assert labels_of(mailbox, "Pickles") == ["Silent"]


def test_t33_a_day_has_so_many_octets(office: Office, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older letters wait for tomorrow; what is new comes all the same."""
    for number in range(30):
        office.add(EVERYTHING, raw(f"old{number}", text="x" * 2000))
    mailbox = at(office, alice)
    mailbox.profile = "gmail"
    mailbox.save(update_fields=["profile"])
    monkeypatch.setattr(budget, "profile_of", lambda _: Profile("gmail", octets=5_000))
    monkeypatch.setattr(fetching, "PART", 2)
    while mirror.bring_up(mailbox.pk):
        pass
    mailbox.refresh_from_db()
    assert (mailbox.state, mailbox.trouble) == ("importing", budget.TOMORROW)
    office.add("INBOX", raw("new", subject="New"))
    mirror.bring_up(mailbox.pk)
    assert here(mailbox, "INBOX") == ["New"]
    monkeypatch.undo()
    bring_up(mailbox)
    assert not Message.objects.filter(remote=True).exists()


def test_without_all_mail_labels_are_folders(mailbox: Mailbox, office: Office) -> None:
    del office.boxes[EVERYTHING]
    for _ in range(3):
        bring_up(mailbox)
    assert here(mailbox, "Suppliers") == ["Pickles", "Mustard"]
    assert Message.objects.filter(placements__gone_at=None).distinct().count() == 3
