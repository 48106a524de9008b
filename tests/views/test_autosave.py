"""What is typed is kept: a revision at a time, and never over somebody else's."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailbox.models import Draft, Mailbox
from tests.views.writing import AUTOSAVE, keep, sheet


def test_the_first_save_makes_the_draft(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice, cc="kim@jangdok.example", bcc="secret@crepes.fr")
    assert (draft.user, draft.mailbox, draft.revision) == (alice, alices, 1)
    assert (draft.to, draft.cc, draft.bcc) == ("bob@hamburger.edu", "kim@jangdok.example", "secret@crepes.fr")
    assert draft.text == "How about pickles?\n김치도 좋아합니다."


def test_the_autosave_touches_no_field(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    answer = client.post(reverse("draft_save", args=[uuid4()]), sheet(alice), headers=AUTOSAVE)
    page = answer.content.decode()
    assert page.strip().startswith("Kept ")
    assert answer.context["revision"] == 1
    assert "textarea" not in page
    assert 'name="to"' not in page


def test_line_ends_are_kept_as_one_character(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    assert keep(client, alice, text="one\r\ntwo\rthree\n").text == "one\ntwo\nthree\n"


def test_a_repeated_request_makes_no_revision(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    key, page = uuid4(), sheet(alice)
    for _ in range(3):
        client.post(reverse("draft_save", args=[key]), page, headers=AUTOSAVE)
    assert Draft.objects.get(key=key).revision == 1


def test_a_page_follows_itself_though_an_answer_was_lost(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    key, page = uuid4(), sheet(alice)
    for text in ("one", "one two", "one two three"):
        assert client.post(reverse("draft_save", args=[key]), {**page, "text": text}, headers=AUTOSAVE).status_code == 200
    assert Draft.objects.get(key=key).text == "one two three"


def test_another_page_is_told_and_nothing_is_overwritten(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    first = keep(client, alice, text="from the first page")
    stale = sheet(alice, text="from the second page")
    answer = client.post(reverse("draft_save", args=[first.key]), stale, headers=AUTOSAVE)
    assert answer.status_code == 409
    assert "changed in another window" in answer.content.decode()
    assert Draft.objects.get().text == "from the first page"


def test_what_the_other_page_holds_can_become_a_second_draft(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    first = keep(client, alice, text="from the first page")
    upload = first.uploads.create(name="jars.csv", size=3)
    upload.chunks.create(number=0, data=b"abc")
    client.post(reverse("draft_copy", args=[first.key]), sheet(alice, text="from the second page"))
    twin = Draft.objects.exclude(pk=first.pk).get()
    assert (twin.text, twin.uploads.get().read()) == ("from the second page", b"abc")
    assert Draft.objects.get(pk=first.pk).text == "from the first page"


def test_a_page_that_saw_the_newest_revision_may_go_on(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    first = keep(client, alice)
    assert keep(client, alice, first.key, text="later, elsewhere", revision=1).text == "later, elsewhere"


def test_a_strangers_draft_is_not_found(client: Client, alice: User, alices: Mailbox, bob: User, bobs: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    client.force_login(bob)
    assert client.get(reverse("draft", args=[draft.key])).status_code == 404
    assert client.post(reverse("draft_save", args=[draft.key]), sheet(bob, text="mine now")).status_code == 404
    assert client.post(reverse("draft_copy", args=[draft.key]), sheet(bob)).status_code == 404
    assert Draft.objects.get().text == draft.text


def test_nobody_writes_as_a_stranger(client: Client, alice: User, alices: Mailbox, bob: User, bobs: Mailbox) -> None:
    client.force_login(bob)
    answer = client.post(reverse("draft_save", args=[uuid4()]), sheet(bob, identity=alices.identities.get().pk), headers=AUTOSAVE)
    assert answer.status_code == 422
    assert "cannot write as that address" in answer.content.decode()
    assert not Draft.objects.exists()


def test_who_has_no_mailbox_keeps_nothing(client: Client, charlie: User) -> None:
    client.force_login(charlie)
    assert client.post(reverse("draft_save", args=[uuid4()]), sheet(charlie)).status_code == 404


@pytest.mark.parametrize("field", ["to", "subject", "text"])
def test_a_nul_is_refused_in_words_and_kept_on_the_page(client: Client, alice: User, alices: Mailbox, field: str) -> None:
    client.force_login(alice)
    answer = client.post(reverse("draft_save", args=[uuid4()]), sheet(alice, **{field: "a\0b"}))
    assert answer.status_code == 422
    assert answer.context["form"][field].value() == "a\0b"


def test_a_session_that_ended_is_said_and_loses_nothing(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    client.logout()
    answer = client.post(reverse("draft_save", args=[draft.key]), sheet(alice, text="more"), headers=AUTOSAVE)
    assert answer.status_code == 401
    assert answer["HX-Trigger"] == "signed-out"
    client.force_login(alice)
    assert keep(client, alice, draft.key, text="more", revision=1).text == "more"


def test_a_sheet_that_changed_hands_is_kept_for_nobody(
    client: Client, alice: User, alices: Mailbox, bob: User, bobs: Mailbox
) -> None:
    client.force_login(bob)
    page = sheet(bob, person=alice.pk)
    assert client.post(reverse("draft_save", args=[uuid4()]), page, headers=AUTOSAVE).status_code == 403
    assert client.post(reverse("draft_send", args=[uuid4()]), page).status_code == 403
    assert not Draft.objects.exists()


def test_looking_at_a_draft_changes_nothing(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice)
    assert client.get(reverse("draft", args=[draft.key])).context["form"]["text"].value() == draft.text
    assert Draft.objects.get().updated_at == draft.updated_at


def test_a_copy_of_nothing_is_one_all_the_same(client: Client, alices: Mailbox, alice: User) -> None:
    client.force_login(alice)
    first = Draft.objects.create(user=alice, mailbox=alices, identity=alices.identities.get(), key=uuid4())
    answer = client.post(f"/draft/{first.key}/copy/", {})
    assert answer.status_code == 302
    assert Draft.objects.count() == 2


def test_a_copy_without_an_address_to_write_from_is_not_found(client: Client, alices: Mailbox, alice: User) -> None:
    client.force_login(alice)
    first = Draft.objects.create(user=alice, mailbox=alices, key=uuid4())
    assert client.post(f"/draft/{first.key}/copy/", {}).status_code == 404


def test_formatting_is_cleaned_and_the_text_says_the_same(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice, html='<p onclick="x()">How <strong>about</strong></p><p>pickles?</p>', text="stale")
    assert (draft.html, draft.text) == ("<p>How <strong>about</strong></p><p>pickles?</p>", "How about\npickles?")


def test_a_letter_without_formatting_is_plain(client: Client, alice: User, alices: Mailbox) -> None:
    client.force_login(alice)
    draft = keep(client, alice, html="<p>Yes.</p><blockquote><p>pickles?</p></blockquote>")
    assert (draft.html, draft.text) == ("", "Yes.\n> pickles?")
