"""Not at all: the letters of a muted conversation go to the archive."""

from django.test import Client

from mailbox.models import Change, Folder, Mailbox, Placement, Thread
from mailbox.sync import muting
from tests.views.conftest import HTMX, flat, lay


def mute(browser: Client, inbox: Folder) -> Placement:
    placement = lay(inbox, "Pickles")
    browser.post(f"/t/{placement.message.thread_id}/mute?in={inbox.pk}", **HTMX)
    return placement


def roles() -> list[str]:
    return sorted(Placement.objects.live().values_list("folder__role", flat=True))


def answer_to(placement: Placement) -> bytes:
    name = placement.message.message_id.encode()
    return b"Message-ID: <z@x>\r\nReferences: <%s>\r\nSubject: Re: Pickles\r\n\r\nHi.\r\n" % name


def test_it_goes_to_the_archive(browser: Client, inbox: Folder) -> None:
    mute(browser, inbox)
    assert roles() == ["archive"]


def test_what_comes_later_goes_after_it(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    lay(inbox, answer_to(mute(browser, inbox)))
    assert muting.carry_on(alices) == 1
    assert roles() == ["archive", "archive"]
    assert Change.objects.filter(kind="move").count() == 2


def test_other_letters_stay(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    mute(browser, inbox)
    lay(inbox, "Ketchup")
    assert muting.carry_on(alices) == 0
    assert roles() == ["archive", "inbox"]


def test_it_can_be_undone(browser: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Pickles")
    answer = browser.post(f"/t/{placement.message.thread_id}/mute?in={inbox.pk}", **HTMX)
    token = flat(answer).split('name="token" value="')[1].split('"')[0]
    browser.post("/undo/", {"token": token}, **HTMX)
    assert roles() == ["inbox"]
    assert not Thread.objects.filter(muted=True).exists()


def test_it_can_be_heard_again(browser: Client, alices: Mailbox, inbox: Folder) -> None:
    placement = mute(browser, inbox)
    archive = alices.folders.get(role="archive")
    browser.post(f"/t/{placement.message.thread_id}/unmute?in={archive.pk}", **HTMX)
    assert not Thread.objects.filter(muted=True).exists()
    assert "New letters come to the inbox again" in flat(
        browser.post(f"/t/{placement.message.thread_id}/unmute?in={archive.pk}", **HTMX)
    )


def test_somebody_elses_is_not_found(stranger: Client, inbox: Folder) -> None:
    placement = lay(inbox, "Pickles")
    assert stranger.post(f"/t/{placement.message.thread_id}/mute?in={inbox.pk}").status_code == 404
