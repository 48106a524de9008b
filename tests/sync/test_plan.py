"""The plan: what the server says against what we hold, without a server and without tables."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.imap.uids import UidSet
from mailbox.sync import plan
from mailbox.sync.plan import Add, Drop, Held, Here, Mark, Miss, Rename, There, Update


@dataclass(frozen=True)
class Listed:
    wire_name: str
    role: str = ""
    selectable: bool = True
    delimiter: str = "/"

    @property
    def name(self) -> str:
        return self.wire_name


INBOX, HERE = Listed("INBOX", "inbox"), Held(1, "INBOX", "inbox", True)
MARK = Mark(7, 20, 12)


def test_nothing_to_do_where_all_is_the_same() -> None:
    assert plan.tree([INBOX], [HERE], {}) == []


def test_a_new_folder_is_added() -> None:
    assert plan.tree([INBOX, Listed("Work")], [HERE], {}) == [Add(Listed("Work"))]


def test_a_folder_that_is_not_listed_is_missed_first() -> None:
    assert plan.tree([INBOX], [HERE, Held(2, "Work", "", True)], {}) == [Miss(2)]


def test_and_dropped_after_a_second_listing() -> None:
    assert plan.tree([INBOX], [HERE, Held(2, "Work", "", True, missing=True)], {}) == [Drop(2)]


def test_one_that_comes_back_is_there_again() -> None:
    assert plan.tree([INBOX, Listed("Work")], [HERE, Held(2, "Work", "", True, missing=True)], {}) == [Update(2, Listed("Work"))]


def test_t41_an_empty_listing_changes_nothing() -> None:
    assert plan.tree([], [HERE], {}) == []


def test_t40_inbox_is_one_folder_in_any_case() -> None:
    assert plan.tree([Listed("Inbox", "inbox")], [HERE], {}) == []


def test_a_folder_with_the_same_marks_was_renamed() -> None:
    held = [HERE, Held(2, "Work", "", True, mark=MARK)]
    assert plan.tree([INBOX, Listed("Job")], held, {"Job": MARK}) == [Rename(2, Listed("Job"))]


def test_not_if_two_have_those_marks() -> None:
    held = [HERE, Held(2, "Work", "", True, mark=MARK)]
    actions = plan.tree([INBOX, Listed("Job"), Listed("Play")], held, {"Job": MARK, "Play": MARK})
    assert actions == [Add(Listed("Job")), Add(Listed("Play")), Miss(2)]


def test_not_if_it_was_never_opened() -> None:
    held = [HERE, Held(2, "Work", "", True, mark=Mark(0, 1, 0))]
    assert Miss(2) in plan.tree([INBOX, Listed("Job")], held, {"Job": Mark(0, 1, 0)})


def test_marks_are_asked_for_only_when_something_is_missing() -> None:
    assert plan.unknown([INBOX, Listed("Job")], [HERE]) == []
    assert plan.unknown([INBOX, Listed("Job")], [HERE, Held(2, "Work", "", True)]) == ["Job"]


def test_a_role_the_server_names_is_taken_and_one_it_does_not_is_kept() -> None:
    held = [HERE, Held(2, "Bin", "trash", True), Held(3, "Out", "", True)]
    assert plan.tree([INBOX, Listed("Bin"), Listed("Out", "sent")], held, {}) == [Update(3, Listed("Out", "sent"))]


SAME = There(messages=3, uidvalidity=1, uidnext=9, highestmodseq=5), Here(3, 1, 9, 5, 0, stale=True)


def test_an_unchanged_folder_is_passed_by() -> None:
    assert plan.is_unchanged(*SAME)


@pytest.mark.parametrize(
    "there", [There(2, 1, 9, 5), There(3, 2, 9, 5), There(3, 1, 10, 5), There(3, 1, 9, 6), There(3, 1, None, 5)]
)
def test_any_figure_that_moved_is_a_change(there: There) -> None:
    assert not plan.is_unchanged(there, SAME[1])


def test_an_arrival_and_an_expunge_between_two_looks_are_seen() -> None:
    assert not plan.is_unchanged(There(3, 1, 10, None), Here(3, 1, 9, 0, 0, stale=False))


def test_without_modseq_a_folder_is_looked_at_now_and_then() -> None:
    there = There(3, 1, 9, None)
    assert plan.is_unchanged(there, Here(3, 1, 9, 0, 0, stale=False))
    assert not plan.is_unchanged(there, Here(3, 1, 9, 0, 0, stale=True))


def test_an_import_under_way_is_never_passed_by() -> None:
    assert not plan.is_unchanged(SAME[0], Here(3, 1, 9, 5, 4, stale=False))


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_the_difference_makes_both_sides_equal(there: set[int], here: set[int]) -> None:
    found = plan.difference(UidSet.of(there), UidSet.of(here))
    assert (here | set(found.missing)) - set(found.vanished) == there


@pytest.mark.parametrize(
    ("vanished", "held", "sudden"), [(501, 1000, True), (500, 500, False), (501, 26_183, False), (9, 9, False)]
)
def test_a_mass_delete_is_doubted(vanished: int, held: int, sudden: bool) -> None:
    assert plan.is_sudden(vanished, held) is sudden


def test_only_news_about_letters_that_are_known() -> None:
    said = {1: (1, ()), 2: (0, ("a",)), 3: (1, ())}
    assert plan.news(said, {1: (1, ()), 2: (0, ())}) == {2: (0, ("a",))}


@given(st.lists(st.tuples(st.integers(), st.integers(0, 50)), max_size=40), st.integers(1, 7), st.integers(1, 60))
def test_batches_keep_the_order_and_the_limits(sizes: list[tuple[int, int]], most: int, octets: int) -> None:
    batches = list(plan.batches(sizes, most, octets))
    assert [uid for batch in batches for uid in batch] == [uid for uid, _ in sizes]
    flat = iter(size for _, size in sizes)
    for batch in batches:
        total = sum(next(flat) for _ in batch)
        assert len(batch) <= most
        assert total <= octets or len(batch) == 1
