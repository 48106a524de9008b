"""Conversations: the same ones whatever the order in which their letters arrive."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbox import threads
from mailbox.mime.letter import Letter
from mailbox.models import Mailbox, Merged, Message, Reference, Thread
from mailbox.reading.subjects import kin_of
from tests.sync.letters import land as place
from tests.sync.letters import raw


def land(mailbox: Mailbox, letters: Sequence[Letter], window: int = 1) -> None:
    """Join them in this order, some at a time, as a pass does."""
    for start in range(0, len(letters), window):
        some = letters[start : start + window]
        with transaction.atomic():
            threads.lock(mailbox.pk)
            homes = threads.join(mailbox.pk, [kin_of(letter) for letter in some])
            threads.begin(mailbox.pk, homes.begun, [])
            Message.objects.bulk_create(
                Message(
                    mailbox=mailbox,
                    thread_id=home,
                    identity=uuid4().bytes,
                    subject=letter.text,
                    internal_date=timezone.now(),
                )
                for letter, home in zip(some, homes, strict=True)
            )
            threads.refresh(homes)


def conversations(mailbox: Mailbox) -> set[frozenset[str]]:
    """The names of the letters (their text), by conversation."""
    return {
        frozenset(thread.messages.values_list("subject", flat=True))
        for thread in Thread.objects.filter(mailbox=mailbox).exclude(messages=None)
    }


def letter(name: str, *references: str, subject: str = "Ketchup") -> Letter:
    return Letter(subject=subject, message_id=name, references=references, text=name)


def test_an_answer_joins(alices: Mailbox) -> None:
    land(alices, [letter("a"), letter("b", "a", subject="Re: Ketchup")])
    assert conversations(alices) == {frozenset("ab")}


def test_a_late_parent_merges_what_names_it(alices: Mailbox) -> None:
    land(alices, [letter("c", "b"), letter("d", "a"), letter("b", "a")])
    assert conversations(alices) == {frozenset("bcd")}


def test_two_answers_meet_at_a_letter_that_never_came(alices: Mailbox) -> None:
    land(alices, [letter("b", "ghost"), letter("c", "ghost")])
    assert conversations(alices) == {frozenset("bc")}


def test_another_subject_is_another_conversation(alices: Mailbox) -> None:
    land(alices, [letter("a"), letter("b", "a", subject="Pickles")])
    assert conversations(alices) == {frozenset("a"), frozenset("b")}


def test_in_reply_to_alone_joins(alices: Mailbox) -> None:
    land(alices, [letter("a"), Letter(subject="Re: Ketchup", in_reply_to=("a",), text="b")])
    assert conversations(alices) == {frozenset("ab")}


def test_a_conversation_stays_in_its_mailbox(alices: Mailbox, bobs: Mailbox) -> None:
    land(alices, [letter("a")])
    land(bobs, [letter("b", "a")])
    assert conversations(alices) == {frozenset("a")}


def test_an_emptied_thread_is_removed(alices: Mailbox) -> None:
    land(alices, [letter("b"), letter("c"), letter("a", "b", "c")])
    assert Thread.objects.filter(mailbox=alices).count() == 1


def test_a_full_conversation_goes_on_in_another(alices: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads.joining, "CAP", 3)
    monkeypatch.setattr(threads.rows, "_update_threads", lambda letters: _count_messages(letters))
    land(alices, [letter(str(number), "endless") for number in range(7)])
    assert sorted(map(len, conversations(alices))) == [1, 3, 3]


def _count_messages(letters: dict[int, object]) -> None:
    for thread in Thread.objects.filter(pk__in=letters):
        Thread.objects.filter(pk=thread.pk).update(count=thread.messages.count())


def test_of_a_thousand_references_fifty_count(alices: Mailbox) -> None:
    land(alices, [letter("a", *(f"r{number}" for number in range(1000)))])
    assert Reference.objects.filter(mailbox=alices).count() == 51


NAMES = st.sampled_from("abcdefgh")
LETTERS = st.dictionaries(
    NAMES, st.tuples(st.lists(NAMES | st.just("ghost"), max_size=3), st.sampled_from(["X", "Re: X", "Y"])), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LETTERS, st.randoms(use_true_random=False), st.integers(1, 4))
def test_t43_the_order_of_arrival_does_not_matter(alices: Mailbox, bobs: Mailbox, drawn: dict, chance, window: int) -> None:
    letters = [letter(name, *references, subject=subject) for name, (references, subject) in drawn.items()]
    shuffled = chance.sample(letters, len(letters))
    with transaction.atomic():
        land(alices, letters)
        land(bobs, shuffled, window)
        assert conversations(alices) == conversations(bobs)
        transaction.set_rollback(True)


def test_the_address_of_a_merged_conversation_leads_to_the_other(alices: Mailbox) -> None:
    land(alices, [letter("c", "b"), letter("d", "a")])
    older, newer = Thread.objects.order_by("pk").values_list("pk", flat=True)
    land(alices, [letter("b", "a")])
    assert Merged.objects.values_list("old", "thread").get() == (newer, older)


def test_merged_twice_it_still_leads_there(alices: Mailbox) -> None:
    land(alices, [letter("x", "a"), letter("y", "b"), letter("z", "c")])
    first = Thread.objects.order_by("pk")[0].pk
    land(alices, [letter("m", "b", "c")])
    land(alices, [letter("n", "a", "b")])
    assert set(Merged.objects.values_list("thread", flat=True)) == {first}


def test_t44_a_letter_concerns_no_conversation_but_its_own(alices: Mailbox) -> None:
    """However many there are, a new letter costs the same."""
    inbox = alices.folders.get(role="inbox")
    place(inbox, raw("first"), uid=1)
    with CaptureQueriesContext(connection) as few:
        place(inbox, raw("second", subject="Onions"), uid=2)
    for number in range(3, 40):
        place(inbox, raw(f"a{number}", subject=f"S{number}"), uid=number)
    with CaptureQueriesContext(connection) as many:
        place(inbox, raw("last", subject="Pickles"), uid=40)
    assert len(many) == len(few)
    assert Thread.objects.filter(mailbox=alices).count() == 40
