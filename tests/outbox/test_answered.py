"""The letter that was answered says so, here at once and on its server when the undo time is over."""

from datetime import timedelta

from accounts.models import User
from mailbox.models import Change, Flag, Mailbox, Placement
from mailbox.outbox import posting
from tests.outbox.letters import post
from tests.views.conftest import lay

LATER = timedelta(minutes=1)


def laid(mailbox: Mailbox) -> Placement:
    return lay(mailbox.folders.get(role="inbox"), "Pickles")


def marks() -> "list[Change]":
    return list(Change.objects.filter(kind__in=["flag", "keyword"]))


def test_an_answer(alices: Mailbox) -> None:
    about = laid(alices)
    outgoing = post(alices, after=LATER, kind="reply", about=about.message)
    about.refresh_from_db()
    assert about.flags == Flag.ANSWERED
    [change] = marks()
    assert change.args.items() >= {"placement": about.pk, "flag": int(Flag.ANSWERED), "on": True}.items()
    assert change.next_at == outgoing.not_before


def test_a_forwarded_letter(alices: Mailbox) -> None:
    about = laid(alices)
    post(alices, kind="forward", about=about.message)
    about.refresh_from_db()
    assert (about.flags, about.keywords) == (0, ["$Forwarded"])
    assert [change.args["keyword"] for change in marks()] == ["$Forwarded"]


def test_a_new_letter_marks_nothing(alices: Mailbox) -> None:
    laid(alices)
    post(alices)
    assert not marks()


def test_answered_twice_it_is_told_once(alices: Mailbox) -> None:
    about = laid(alices)
    for _ in range(2):
        post(alices, kind="reply_all", about=about.message)
    assert len(marks()) == 1


def test_undone_it_was_never_answered(alices: Mailbox, alice: User) -> None:
    about = laid(alices)
    for kind in ("reply", "forward"):
        posting.undo(post(alices, after=LATER, kind=kind, about=about.message), alice)
    about.refresh_from_db()
    assert (about.flags, about.keywords, marks()) == (0, [], [])


def test_what_its_server_knows_stays(alices: Mailbox, alice: User) -> None:
    about = laid(alices)
    outgoing = post(alices, after=LATER, kind="reply", about=about.message)
    Change.objects.filter(kind="flag").update(state="done")
    posting.undo(outgoing, alice)
    about.refresh_from_db()
    assert about.flags == Flag.ANSWERED
