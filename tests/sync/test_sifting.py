"""Letters come, and the filters of their Mailbox do with them what its person wants done."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox.housekeeping import sifting
from mailbox.models import Change, Filter, Flag, Folder, Label, Mailbox, Message, Placement
from mailbox.sync import changes, filters
from tests.views.conftest import NOON, lay, letter

pytestmark = pytest.mark.django_db
BEFORE = NOON - timedelta(days=1)


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    return alices.folders.get(role="inbox")


@pytest.fixture
def brine(alices: Mailbox) -> Folder:
    return Folder.objects.create(mailbox=alices, name="Brine", wire_name="Brine", uidvalidity=1, backfill_low_uid=0)


def rule(mailbox: Mailbox, **columns: Any) -> Filter:
    return Filter.objects.create(mailbox=mailbox, **{"since": BEFORE, **columns})


def where(placement: Placement) -> str:
    return Placement.objects.live().get(message=placement.message).folder.name


@pytest.mark.parametrize(
    ("asks", "fits"),
    [
        ({"sender": "thebrine.example"}, True),
        ({"sender": "bob"}, False),
        ({"sender": "bob OR onion"}, False),
        ({"sender": "bob OR thebrine"}, True),
        ({"to": "alice@crepes.fr"}, True),
        ({"subject": "dill 견적"}, True),
        ({"subject": "dill -onion"}, True),
        ({"words": '"thin and sour"'}, True),
        ({"words": "thick"}, False),
        ({"sender": "thebrine", "words": "thick"}, False),
        ({"subject": "dill", "has_file": True}, False),
        ({}, False),
    ],
)
def test_a_letter_fits_or_not(inbox: Folder, brine: Folder, asks: dict[str, Any], fits: bool) -> None:
    rule(inbox.mailbox, do="move", folder=brine, **asks)
    came = lay(inbox, letter("Dill 견적서", "The Brine <news@thebrine.example>", "Pickles, thin and sour.\n"))
    sifting.sift(inbox.mailbox_id)
    assert where(came) == ("Brine" if fits else "INBOX")


@pytest.mark.parametrize(("do", "name"), [("archive", "Archive"), ("trash", "Trash"), ("", "INBOX")])
def test_what_is_done_is_told_to_the_server(inbox: Folder, do: str, name: str) -> None:
    rule(inbox.mailbox, sender="bob", do=do, read=True, star=True)
    came = lay(inbox, "Pickles")
    sifting.sift(inbox.mailbox_id)
    lying = Placement.objects.live().get(message=came.message)
    kinds = list(Change.objects.order_by("pk").values_list("kind", flat=True))
    assert (lying.folder.name, lying.flags) == (name, int(Flag.SEEN | Flag.FLAGGED))
    assert kinds == ["flag", "flag"] + ["move"] * bool(do)


def test_a_label_goes_along_where_the_letter_goes(inbox: Folder, brine: Folder) -> None:
    rule(inbox.mailbox, sender="bob", do="move", folder=brine, label="Receipts")
    came = lay(inbox, "Pickles")
    sifting.sift(inbox.mailbox_id)
    lying = Placement.objects.live().get(message=came.message)
    known = Label.objects.get(mailbox=inbox.mailbox)
    assert (lying.folder, lying.keywords, known.name) == (brine, [known.keyword], "Receipts")


def test_the_first_filter_that_names_a_place_wins_and_every_mark_counts(inbox: Folder, brine: Folder) -> None:
    rule(inbox.mailbox, sender="bob", do="move", folder=brine)
    rule(inbox.mailbox, subject="pickles", do="trash", star=True, position=1)
    came = lay(inbox, "Pickles")
    sifting.sift(inbox.mailbox_id)
    lying = Placement.objects.live().get(message=came.message)
    assert (lying.folder, bool(lying.flags & Flag.FLAGGED)) == (brine, True)


def test_what_a_person_puts_back_stays(inbox: Folder, alice: User) -> None:
    rule(inbox.mailbox, sender="bob", do="archive")
    came = lay(inbox, "Pickles")
    sifting.sift(inbox.mailbox_id)
    changes.to_inbox(alice, Placement.objects.filter(message=came.message))
    sifting.sift(inbox.mailbox_id)
    assert where(came) == "INBOX"


def test_letters_from_before_stay(inbox: Folder) -> None:
    old = lay(inbox, "Pickles")
    rule(inbox.mailbox, sender="bob", do="archive", since=timezone.now())
    sifting.sift(inbox.mailbox_id)
    assert where(old) == "INBOX"


def test_a_letter_whose_text_is_on_its_way_is_waited_for(inbox: Folder) -> None:
    rule(inbox.mailbox, sender="bob", do="archive", since=timezone.now() - timedelta(days=1))
    came = lay(inbox, "Pickles")
    Message.objects.filter(pk=came.message_id).update(remote=True)
    Placement.objects.filter(pk=came.pk).update(sort_at=timezone.now())
    sifting.sift(inbox.mailbox_id)
    assert where(came) == "INBOX"
    Message.objects.filter(pk=came.message_id).update(remote=False)
    sifting.sift(inbox.mailbox_id)
    assert where(came) == "Archive"


def test_a_filter_whose_folder_is_gone_moves_nothing(inbox: Folder, brine: Folder) -> None:
    made = rule(inbox.mailbox, sender="bob", do="move", folder=brine)
    brine.delete()
    came = lay(inbox, "Pickles")
    sifting.sift(inbox.mailbox_id)
    made.refresh_from_db()
    assert (where(came), made.is_lost, made.matched) == ("INBOX", True, 1)


def test_other_mailboxes_are_left_alone(inbox: Folder, bobs: Mailbox) -> None:
    rule(inbox.mailbox, to="alice", do="archive")
    other = lay(bobs.folders.get(role="inbox"), "Pickles")
    sifting.sift(inbox.mailbox_id)
    sifting.sift(bobs.pk)
    assert where(other) == "INBOX"


@pytest.mark.parametrize(("on", "rung"), [(True, 1), (False, 0)])
def test_a_pass_rings_where_there_are_filters(
    inbox: Folder, on: bool, rung: int, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []
    monkeypatch.setattr("mailbox.bell.ring", lambda *args: heard.append(args))
    rule(inbox.mailbox, sender="bob", star=True, on=on)
    filters.ring(inbox.mailbox_id)
    assert heard == [("mirror.sift", inbox.mailbox_id)] * rung
