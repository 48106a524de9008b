"""Posting: once, as oneself, frozen, with a copy in Sent."""

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from mailbox import ingest
from mailbox.mime.headers import read_addresses
from mailbox.mime.read import read_letter
from mailbox.models import Access, Change, Draft, Folder, Identity, Mailbox, Outgoing, Placement
from mailbox.outbox import clearance, posting
from mailbox.outbox.posting import CannotPost
from tests.outbox.letters import attach, draft_of, file, only, post


def test_it_stands_in_the_queue(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices, "Bob <bob@hamburger.edu>", cc="kim@jangdok.example", bcc="spy@h.example")
    outgoing = posting.post_draft(draft, alice)
    rows = set(outgoing.recipients.values_list("address", "name", "kind", "state"))
    assert rows == {
        ("bob@hamburger.edu", "Bob", "to", "scheduled"),
        ("kim@jangdok.example", "", "cc", "scheduled"),
        ("spy@h.example", "", "bcc", "scheduled"),
    }
    assert outgoing.return_path == "alice@crepes.fr"
    assert Draft.objects.get().sent_at


def test_the_letter_says_what_was_written(alices: Mailbox) -> None:
    outgoing = post(alices, subject="점심", text="케첩 좋아해?\n")
    letter = read_letter(outgoing.letter())
    assert (letter.subject, letter.text.strip(), letter.message_id) == ("점심", "케첩 좋아해?", outgoing.message_id)


def test_it_takes_its_files_along(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    attach(draft, "recipe.txt", b"two eggs")
    attach(draft, "empty.txt", b"")
    letter = read_letter(posting.post_draft(draft, alice).letter())
    assert [(part.name, part.content) for part in letter.attachments] == [("recipe.txt", b"two eggs"), ("empty.txt", b"")]


def test_the_undo_time_is_the_house_rule(alices: Mailbox, alice: User, settings: object) -> None:
    outgoing = posting.post_draft(draft_of(alices), alice)
    seconds = (outgoing.not_before - timezone.now()).total_seconds()
    assert 9 < seconds <= 10
    assert only(outgoing).next_at == outgoing.not_before


def test_posted_twice_is_posted_once(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    assert file(posting.post_draft(draft, alice)) == file(posting.post_draft(draft, alice))
    assert Outgoing.objects.count() == 1
    assert Placement.objects.count() == 1


def test_a_letter_goes_to_nobody_who_was_not_counted(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices, cc="kim@jangdok.example")
    cleared = clearance.ask(alices, alice, "alice@crepes.fr", read_addresses(draft.to))()
    with pytest.raises(ValueError, match="neither counted"):
        posting.post_locked(draft, alice, cleared)
    assert not Outgoing.objects.exists()


def test_each_address_gets_it_once(alices: Mailbox) -> None:
    outgoing = post(alices, "bob@hamburger.edu, Bob <BOB@hamburger.edu>", cc="bob@hamburger.edu", bcc="bob@hamburger.edu")
    assert list(outgoing.recipients.values_list("address", "kind")) == [("bob@hamburger.edu", "to")]


def test_an_answer_joins_its_conversation(alices: Mailbox, alice: User) -> None:
    inbox = alices.folders.get(role=Folder.Role.INBOX)
    raw = b"From: bob@hamburger.edu\r\nMessage-ID: <b@h>\r\nReferences: <a@c>\r\nSubject: Lunch\r\n\r\nyes\r\n"
    about = ingest.place(inbox, raw, uid=1, uidvalidity=1, flags=0, internal_date=timezone.now()).message
    outgoing = post(alices, kind=Draft.Kind.REPLY, about=about, subject="Re: Lunch")
    letter = read_letter(outgoing.letter())
    assert (letter.in_reply_to, letter.references) == (("b@h",), ("a@c", "b@h"))
    assert outgoing.filed
    assert outgoing.filed.thread == about.thread


def test_its_copy_lies_in_sent_with_its_bcc(alices: Mailbox) -> None:
    outgoing = post(alices, bcc="Spy <spy@h.example>")
    placement = Placement.objects.get(folder__role="sent")
    copy = ingest.letter_of(placement.message)
    assert [person.address for person in copy.bcc] == ["spy@h.example"]
    assert b"spy@h.example" not in outgoing.letter()
    assert (placement.message, placement.uid, placement.flags) == (outgoing.filed, None, 1)


def test_the_server_is_told_of_the_copy_when_the_undo_time_is_over(alices: Mailbox, alice: User) -> None:
    outgoing = file(posting.post_draft(draft_of(alices), alice))
    change = Change.objects.get(kind=Change.Kind.APPEND)
    assert change.next_at == outgoing.not_before
    assert (change.message, change.args["outgoing"]) == (outgoing.filed, outgoing.pk)


def test_a_mailbox_without_sent_gets_one(alices: Mailbox) -> None:
    alices.folders.filter(role="sent").delete()
    post(alices)
    assert Change.objects.get(kind=Change.Kind.CREATE).args["name"] == "Sent"
    assert Placement.objects.get().folder.role == "sent"


def test_the_bell_rings_for_a_letter_that_may_leave(
    alices: Mailbox,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr("mailbox.bell._ring_now", lambda task, ids: rung.append((task, *ids)))
    with django_capture_on_commit_callbacks(execute=True):
        outgoing = post(alices)
        posting.post_draft(draft_of(alices), alice)
    assert ("relay.deliver", outgoing.pk) in rung
    assert [task for task, *_ in rung] == ["relay.deliver", "mirror.file"]


# --- Who may write as whom ----------------------------------------------------------------------------------------------
def test_nobody_posts_another_persons_draft(alices: Mailbox, bob: User) -> None:
    with pytest.raises(Draft.DoesNotExist):
        posting.post_draft(draft_of(alices), bob)


def test_nobody_writes_as_an_address_of_another_mailbox(alices: Mailbox, bobs: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    draft.identity = bobs.identities.get()
    draft.save()
    with pytest.raises(CannotPost) as refused:
        posting.post_draft(draft, alice)
    assert refused.value.field == "identity"


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("full", True), ("send", True), ("read", False)])
def test_the_role_decides(role: str, may: bool, alices: Mailbox, alice: User) -> None:
    Access.objects.filter(user=alice).update(role=role)
    draft = draft_of(alices)
    if may:
        assert posting.post_draft(draft, alice)
        return
    with pytest.raises(CannotPost):
        posting.post_draft(draft, alice)


def test_an_address_that_is_gone_has_to_be_chosen_anew(alices: Mailbox, alice: User) -> None:
    draft = draft_of(alices)
    Identity.objects.all().delete()
    with pytest.raises(CannotPost, match="Choose another one"):
        posting.post_draft(draft, alice)


# --- What cannot be posted ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"to": ""}, "to", "Write at least one address."),
        ({"to": "bob"}, "to", "“bob” is not an email address."),
        ({"cc": "bob@"}, "cc", "“bob@” is not an email address."),
        ({"bcc": "bob@h.edu, @h.edu"}, "bcc", "is not an email address."),
        ({"to": ",".join(f"a{n}@h.edu" for n in range(501))}, "to", "500 addresses at most"),
    ],
)
def test_what_cannot_be_posted(fields: dict[str, str], field: str, sentence: str, alices: Mailbox) -> None:
    with pytest.raises(CannotPost, match=sentence) as refused:
        post(alices, **fields)
    assert refused.value.field == field
    assert not Outgoing.objects.exists()
    assert not Placement.objects.exists()


def test_a_letter_that_is_too_large(alices: Mailbox, alice: User, settings: object) -> None:
    settings.LETTER_MAX = 2**20
    draft = draft_of(alices)
    attach(draft, "film.mp4", bytes(2**20))
    with pytest.raises(CannotPost, match=r"has 2 MB with its files\. It may have 1 MB") as refused:
        posting.post_draft(draft, alice)
    assert refused.value.field == "uploads"
    assert Draft.objects.get().sent_at is None
