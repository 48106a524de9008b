"""Bells: rung after the commit, once for all that wait to be heard, and never in the way of a letter."""

import pytest
from django.db import transaction

from mailbox import bell, broker


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """What goes to the broker; nobody has rung about pickles."""
    heard: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(bell, "_ring_now", lambda task, ids: heard.append((task, ids)))
    bell.hear("pickles")
    return heard


@pytest.mark.django_db(transaction=True)
def test_a_bell_that_waits_speaks_for_the_next(rung: list[tuple[str, tuple[int, ...]]]) -> None:
    for number in (1, 2):
        bell.ring("relay.deliver", number, about="pickles")
    assert rung == [("relay.deliver", (1,))]


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_after_the_hearing_rings_anew(rung: list[tuple[str, tuple[int, ...]]]) -> None:
    bell.ring("relay.deliver", 1, about="pickles")
    bell.hear("pickles")
    bell.ring("relay.deliver", 2, about="pickles")
    assert len(rung) == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_rings_for_nobody(rung: list[tuple[str, tuple[int, ...]]]) -> None:
    with transaction.atomic():
        bell.ring("relay.deliver", 1, about="pickles")
        transaction.set_rollback(True)
    bell.ring("relay.deliver", 2, about="pickles")
    assert rung == [("relay.deliver", (2,))]


@pytest.mark.django_db(transaction=True)
def test_a_bell_that_was_lost_keeps_the_next_from_ringing_for_a_moment_only(rung: list[tuple[str, tuple[int, ...]]]) -> None:
    bell.ring("relay.deliver", 1, about="pickles")
    assert 0 < broker.line().pttl("bell:pickles") <= bell.LOST_AFTER


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_every_bell_is_tried(rung: list[tuple[str, tuple[int, ...]]], monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr(broker, "line", away)
    bell.ring("relay.deliver", 1, about="pickles")
    bell.hear("pickles")
    assert len(rung) == 1
