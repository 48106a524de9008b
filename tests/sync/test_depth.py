"""How deep the mirror goes: everything is listed at once, bytes come newest first, and the oldest when they are opened."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from mailbox import ingest
from mailbox.models import Mailbox, Message, SearchEntry
from mailbox.sync import bodies, fetching, filling, mirror
from tests.sync.conftest import Phone, bring_up, here
from tests.sync.letters import raw

OLD = datetime(2019, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def shallow(guest: Mailbox, phone: Phone) -> Mailbox:
    """A mailbox of which three months are kept whole, with an old letter and a new one."""
    Mailbox.objects.filter(pk=guest.pk).update(depth_months=3)
    phone.add("INBOX", raw("old", subject="Old", text="Pickles of long ago."), at=OLD)
    phone.add("INBOX", raw("new", subject="New"), at=timezone.now())
    return bring_up(guest)


def letter(mailbox: Mailbox, subject: str) -> Message:
    return Message.objects.get(mailbox=mailbox, subject=subject)


def test_old_letters_are_listed_and_their_bytes_stay_there(shallow: Mailbox) -> None:
    assert here(shallow, "INBOX") == ["Old", "New"]
    assert (letter(shallow, "Old").remote, letter(shallow, "New").remote, shallow.letters_left) == (True, False, 0)


def test_an_old_letter_can_be_found_by_its_header(shallow: Mailbox) -> None:
    assert "subject=old" in str(SearchEntry.objects.filter(message__subject="Old").values_list("tsv", flat=True)[0])


def test_an_old_letter_comes_when_it_is_opened(shallow: Mailbox, owner: User, client: Client) -> None:
    client.force_login(owner)
    url = f"/l/{letter(shallow, 'Old').pk}/"
    assert "being fetched" in client.get(url).content.decode()
    mirror.fetch_wanted(shallow.pk)
    page = client.get(url).content.decode()
    assert ("Pickles of long ago." in page, "being fetched" in page) == (True, False)


def test_a_letter_that_waits_is_fetched_by_the_clock_too(shallow: Mailbox) -> None:
    filling.want(letter(shallow, "Old"))
    Mailbox.objects.filter(pk=shallow.pk).update(next_poll_at=timezone.now() + timedelta(hours=1))
    assert mirror._due().filter(pk=shallow.pk).exists()
    bring_up(shallow)
    assert not letter(shallow, "Old").remote


def test_a_deeper_mirror_fetches_what_it_lacks(shallow: Mailbox) -> None:
    Mailbox.objects.filter(pk=shallow.pk).update(depth_months=0)
    bring_up(shallow)
    assert not Message.objects.filter(mailbox=shallow, remote=True).exists()


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Every letter is listed first, and passes end before any bytes come."""
    monkeypatch.setattr(fetching, "FEW", 0)
    monkeypatch.setattr(fetching, "_is_late", lambda *args: True)
    with monkeypatch.context() as patched:
        patched.setattr(filling, "fill", lambda *args, **more: None)
        yield patched


def test_copies_become_one_letter_when_their_bytes_come(guest: Mailbox, phone: Phone, listed: pytest.MonkeyPatch) -> None:
    for folder in ("INBOX", "Archive"):
        phone.add(folder, raw("a"))
    mirror.bring_up(guest.pk)
    assert Message.objects.filter(mailbox=guest).count() == 2
    listed.undo()
    bring_up(guest)
    assert Message.objects.filter(mailbox=guest).count() == 1
    assert (here(guest, "INBOX"), here(guest, "Archive")) == (["Ketchup"], ["Ketchup"])


def test_letters_of_equal_facts_and_other_bytes_stay_two(guest: Mailbox, phone: Phone, listed: pytest.MonkeyPatch) -> None:
    phone.add("INBOX", raw("a", text="Do you like it?"))
    phone.add("Archive", raw("a", text="Do you hate it?"))
    mirror.bring_up(guest.pk)
    listed.undo()
    bring_up(guest)
    sources = {b"".join(ingest.source_of(one)) for one in Message.objects.filter(mailbox=guest)}
    assert sources == {raw("a", text="Do you like it?"), raw("a", text="Do you hate it?")}


def test_small_letters_come_before_large_ones(guest: Mailbox, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "SMALL", 2000)
    phone.add("Archive", raw("small", subject="small"), at=OLD)
    phone.add("Archive", raw("large", subject="large", text="x" * 3000), at=timezone.now())
    fetch, order = bodies.fetch, list[int]()

    def watch(session: object, folder: object, arrivals: list[bodies.Arrival], *said: object) -> object:
        order.extend(arrival.size for arrival in arrivals)
        return fetch(session, folder, arrivals, *said)

    monkeypatch.setattr(bodies, "fetch", watch)
    bring_up(guest)
    assert order == sorted(order)
    assert len(order) == 2
