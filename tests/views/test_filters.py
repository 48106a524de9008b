"""The pages of the filters: made, changed, tried, switched off, put in order, taken away."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Access, Bulk, Filter, Flag, Folder, Mailbox, Placement
from mailbox.sync import bulk
from tests.views.conftest import HTMX, flat, lay

pytestmark = pytest.mark.django_db


def of(mailbox: Mailbox, deed: str) -> str:
    return f"/settings/filters/of/{mailbox.pk}/{deed}/"


def test_a_filter_is_made_and_told(browser: Client, alices: Mailbox) -> None:
    archive = alices.folders.get(role="archive")
    typed = {"sender": "thebrine.example", "has_file": "on", "do": "move", "folder": archive.pk, "read": "on", "label": "News"}
    page = flat(browser.post(of(alices, "new"), typed, follow=True))
    assert "<em>From</em> <b>thebrine.example</b> <em>With</em> <b>files</b>" in page
    assert "Move to Archive, Label News, Mark read" in page
    assert not Bulk.objects.exists()


def test_the_letters_of_the_inbox_are_treated_too_and_taken_back(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    lay(inbox, "Pickles")
    lay(inbox, "Onions", flags=Flag.FLAGGED)
    page = flat(browser.post(of(alices, "new"), {"sender": "bob", "star": "on", "old": "on"}, follow=True))
    assert "Going through the letters in the inbox" in page
    job = Bulk.objects.get()
    bulk.carry_on(job.pk)
    assert "1 earlier letter changed" in flat(browser.get("/settings/filters/"))
    browser.post(f"/settings/filters/{Filter.objects.get().pk}/undo/")
    bulk.carry_on(job.pk)
    assert "What it did with earlier letters is taken back" in flat(browser.get("/settings/filters/"))
    assert sorted(Placement.objects.values_list("flags", flat=True)) == [0, Flag.FLAGGED]


def test_how_far_one_is_comes_alone_and_leaves_the_messages(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    lay(inbox, "Pickles")
    browser.post(of(alices, "new"), {"sender": "bob", "star": "on", "old": "on"})
    made = Filter.objects.get()
    browser.post(f"/settings/filters/{Filter.objects.create(mailbox=alices, sender='x', star=True).pk}/remove/")
    answer = flat(browser.get(f"/settings/filters/?one={made.pk}", **HTMX))
    assert answer.startswith("<li")
    assert f'hx-get="/settings/filters/?one={made.pk}"' in answer
    assert "Going through the letters in the inbox" in answer
    assert "The filter is gone." in flat(browser.get("/settings/filters/"))


@pytest.mark.parametrize("one", ["0", "x"])
def test_one_that_is_gone_leaves_the_page_without_a_word(browser: Client, alices: Mailbox, one: str) -> None:
    answer = browser.get("/settings/filters/", {"one": one}, **HTMX)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_filter_is_saved_though_the_earlier_letters_take_too_long(
    browser: Client, alices: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Placement.objects.extra(where=["pg_sleep(5) IS NOT NULL"])
    monkeypatch.setattr("mailbox.search.find.patiently.__wrapped__.__defaults__", (0.05,))
    monkeypatch.setattr("mailbox.housekeeping.sifting.fitting_in_inbox", lambda _rule: slow)
    lay(alices.folders.get(role="inbox"), "Pickles")
    page = flat(browser.post(of(alices, "new"), {"sender": "bob", "star": "on", "old": "on"}, follow=True))
    assert "The filter is saved, but" in page
    assert (Filter.objects.count(), Bulk.objects.count()) == (1, 0)


def test_where_no_letter_fits_nothing_begins(browser: Client, alices: Mailbox) -> None:
    browser.post(of(alices, "new"), {"sender": "bob", "star": "on", "old": "on"})
    assert not Bulk.objects.exists()


def test_what_was_not_done_is_not_taken_back(browser: Client, alices: Mailbox) -> None:
    made = Filter.objects.create(mailbox=alices, sender="bob", star=True)
    assert "can no longer be undone" in flat(browser.post(f"/settings/filters/{made.pk}/undo/", follow=True))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"star": "on"}, "Say what the letters have in common."),
        ({"sender": "!!!", "star": "on"}, "Say what the letters have in common."),
        ({"sender": "bob"}, "Say what is to be done with the letters."),
        ({"sender": "bob", "do": "move"}, "Choose the folder that the letters go to."),
        ({"sender": "(bob", "star": "on"}, "This cannot be read."),
        ({"sender": "bob", "label": "$secret"}, "A label needs a name of 1 to 40 plain characters."),
        ({"words": "before:2026-99", "star": "on"}, "This cannot be read."),
        ({"sender": "x" * 301, "star": "on"}, "at most 300 characters"),
        ({"sender": "bob\0", "star": "on"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_said(browser: Client, alices: Mailbox, typed: dict[str, str], words: str) -> None:
    answer = browser.post(of(alices, "new"), typed)
    assert (answer.status_code, words in flat(answer), Filter.objects.count()) == (422, True, 0)


def test_another_mailboxes_folder_is_no_place(browser: Client, alices: Mailbox, bobs: Mailbox) -> None:
    foreign = bobs.folders.get(role="archive")
    typed = {"sender": "bob", "do": "move", "folder": foreign.pk}
    assert browser.post(of(alices, "new"), typed).status_code == 422


def test_how_many_letters_fit_is_said_while_typing(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    for subject in ("Dill pickles", "Onions", "Pickles"):
        lay(inbox, subject)
    answer = flat(browser.get(of(alices, "fits"), {"subject": "pickles"}, **HTMX))
    assert "2 letters in the inbox fit:" in answer
    assert "Dill pickles" in answer
    assert "No letter in the inbox fits." in flat(browser.get(of(alices, "fits"), {"subject": "(pickles"}, **HTMX))


def test_a_letter_brings_its_sender_along(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    found = lay(inbox, "Pickles").message
    link = f"{of(alices, 'new')}?sender=bob%40hamburger.edu"
    assert link in flat(browser.get(f"/t/{found.thread_id}/"))
    assert 'value="bob@hamburger.edu"' in flat(browser.get(link))


def test_it_is_changed_switched_and_taken_away(browser: Client, alices: Mailbox) -> None:
    made = Filter.objects.create(mailbox=alices, sender="bob", star=True)
    browser.post(f"/settings/filters/{made.pk}/", {"sender": "camille", "do": "archive"})
    browser.post(f"/settings/filters/{made.pk}/switch/")
    made.refresh_from_db()
    assert (made.sender, made.do, made.star, made.on) == ("camille", "archive", False, False)
    browser.post(f"/settings/filters/{made.pk}/switch/", {"on": "1"}, **HTMX)
    assert Filter.objects.get().since > made.since
    browser.post(f"/settings/filters/{made.pk}/remove/")
    assert not Filter.objects.exists()


def test_one_goes_before_the_other(browser: Client, alices: Mailbox) -> None:
    made = [Filter.objects.create(mailbox=alices, sender=name, star=True) for name in ("a1", "b2", "c3")]
    browser.post(f"/settings/filters/{made[2].pk}/earlier/")
    assert list(Filter.objects.order_by("position", "pk").values_list("sender", flat=True)) == ["a1", "c3", "b2"]


def test_who_may_only_read_sees_and_changes_none(bobs_browser: Client, alices: Mailbox, bob: User) -> None:
    Access.objects.create(mailbox=alices, user=bob, role="read")
    made = Filter.objects.create(mailbox=alices, sender="secret-sender", star=True)
    assert "secret-sender" not in flat(bobs_browser.get("/settings/filters/"))
    assert bobs_browser.post(f"/settings/filters/{made.pk}/remove/").status_code == 403
