"""Which letters belong together is for the person to say."""

import pytest
from django.test import Client

from accounts.models import User
from mailbox.models import Access, Folder, Mailbox, Message, Placement, Thread
from tests.views.conftest import HTMX, flat, lay, letter, row_of


@pytest.fixture
def alice_too(alice: User, alices: Mailbox) -> Mailbox:
    """Another mailbox of hers."""
    other = Mailbox.objects.create(address="alice@work.example", incoming="imaps://x:993", outgoing="direct:")
    Access.objects.create(mailbox=other, user=alice)
    Folder.objects.create(mailbox=other, name="INBOX", wire_name="INBOX", role="inbox", uidvalidity=1)
    return other


def lone(inbox: Folder, name: str) -> Placement:
    return lay(inbox, letter(name, Message_ID=f"<{name}@x>"))


def answer(inbox: Folder, name: str, *names: str, subject: str = "Ketchup") -> Placement:
    to = " ".join(f"<{one}@x>" for one in names)
    return lay(
        inbox, letter(f"Re: {subject}", text=f"{name}\n", Message_ID=f"<{name}@x>", References=to, In_Reply_To=to.split()[-1])
    )


def token_in(page: str) -> str:
    return page.split('name="token" value="')[1].split('"')[0]


def conversations() -> list[set[str]]:
    found = [set(thread.messages.values_list("message_id", flat=True)) for thread in Thread.objects.order_by("pk")]
    return [{name.removesuffix("@x") for name in names} for names in found]


def join(browser: Client, *some: Placement) -> str:
    return flat(browser.post("/bulk/?list=inbox", {"do": "join", "t": [row_of(one) for one in some]}, **HTMX))


def split(browser: Client, placement: Placement) -> str:
    browser.post(f"/l/{placement.message_id}/split?in={placement.folder_id}")
    return token_in(flat(browser.get("/")))


def test_conversations_are_joined(browser: Client, inbox: Folder) -> None:
    assert "2 conversations joined" in join(browser, lone(inbox, "Ketchup"), lone(inbox, "Pickles"))
    assert conversations() == [{"Ketchup", "Pickles"}]


def test_answers_to_either_join_them(browser: Client, inbox: Folder) -> None:
    join(browser, lone(inbox, "Ketchup"), lone(inbox, "Pickles"))
    answer(inbox, "a", "Ketchup")
    answer(inbox, "b", "Pickles", subject="Pickles")
    assert conversations() == [{"Ketchup", "Pickles", "a", "b"}]


def test_joining_can_be_undone(browser: Client, inbox: Folder) -> None:
    token = token_in(join(browser, lone(inbox, "Ketchup"), lone(inbox, "Pickles")))
    browser.post("/undo/", {"token": token})
    answer(inbox, "b", "Pickles", subject="Pickles")
    assert conversations() == [{"Ketchup"}, {"Pickles", "b"}]


def test_one_is_not_enough(browser: Client, inbox: Folder) -> None:
    assert "Choose two conversations or more." in join(browser, lone(inbox, "Ketchup"))


def test_two_mailboxes_stay_two(browser: Client, inbox: Folder, alice_too: Mailbox) -> None:
    page = join(browser, lone(inbox, "Ketchup"), lone(alice_too.folders.get(role="inbox"), "Pickles"))
    assert "Only conversations of one mailbox can be joined." in page


def test_a_letter_is_split_off(browser: Client, inbox: Folder) -> None:
    lone(inbox, "Ketchup")
    split(browser, answer(inbox, "a", "Ketchup"))
    assert conversations() == [{"Ketchup"}, {"a"}]


def test_answers_follow_the_letter_that_they_answer(browser: Client, inbox: Folder) -> None:
    lone(inbox, "Ketchup")
    split(browser, answer(inbox, "a", "Ketchup"))
    answer(inbox, "b", "Ketchup", "a")
    answer(inbox, "c", "Ketchup")
    assert conversations() == [{"Ketchup", "c"}, {"a", "b"}]


def test_splitting_can_be_undone(browser: Client, inbox: Folder) -> None:
    lone(inbox, "Ketchup")
    token = split(browser, answer(inbox, "a", "Ketchup"))
    browser.post("/undo/", {"token": token})
    answer(inbox, "b", "a")
    assert conversations() == [{"Ketchup", "a", "b"}]


def test_a_letter_that_is_alone_cannot_be_split_off(browser: Client, inbox: Folder) -> None:
    page = browser.post(f"/l/{lone(inbox, 'Ketchup').message_id}/split", **HTMX)
    assert "This letter is a conversation of its own already." in page.content.decode()


def test_somebody_elses_is_not_found(stranger: Client, inbox: Folder) -> None:
    first, second = lone(inbox, "Ketchup"), answer(inbox, "a", "Ketchup")
    assert stranger.post(f"/l/{second.message_id}/split").status_code == 404
    join(stranger, first, lone(inbox, "Pickles"))
    assert Message.objects.values("thread").distinct().count() == 2
