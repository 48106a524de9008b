"""Sets of UIDs, against plain Python sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.imap.uids import TOP_UID, UidSet

numbers = st.lists(st.integers(1, 60))


@given(numbers)
def test_it_holds_what_was_put_in(given: list[int]) -> None:
    assert list(UidSet.of(given)) == sorted(set(given))


@given(numbers)
def test_its_length_counts_each_uid_once(given: list[int]) -> None:
    assert len(UidSet.of(given)) == len(set(given))


@given(numbers, st.integers(1, 60))
def test_membership(given: list[int], uid: int) -> None:
    assert (uid in UidSet.of(given)) == (uid in given)


@given(numbers, numbers)
def test_union_intersection_and_difference(ours: list[int], theirs: list[int]) -> None:
    mine, other = UidSet.of(ours), UidSet.of(theirs)
    assert set(mine | other) == set(ours) | set(theirs)
    assert set(mine & other) == set(ours) & set(theirs)
    assert set(mine - other) == set(ours) - set(theirs)


@given(numbers.filter(bool))
def test_what_is_written_is_read_again(given: list[int]) -> None:
    uids = UidSet.of(given)
    assert UidSet.parse(str(uids).encode()) == uids
    assert hash(UidSet.parse(str(uids).encode())) == hash(uids)


@given(numbers, st.integers(1, 9))
def test_windows_go_down_and_leave_nothing_out(given: list[int], size: int) -> None:
    windows = list(UidSet.of(given).newest_first(size))
    downwards = [uid for window in windows for uid in reversed(list(window))]
    assert downwards == sorted(set(given), reverse=True)
    assert all(len(window) == size for window in windows[:-1])


@pytest.mark.parametrize(
    ("written", "meant"), [(b"7", [7]), (b"4:2", [2, 3, 4]), (b"9,1:3,2", [1, 2, 3, 9]), (b"1:2,3:4", [1, 2, 3, 4])]
)
def test_ranges_come_in_any_order(written: bytes, meant: list[int]) -> None:
    assert list(UidSet.parse(written)) == meant


@pytest.mark.parametrize("written", [b"", b"0", b"1:", b"*", b"1:*", b"4294967296", b"99999999999", b"1,,2", b"-1", b"1 2", b"a"])
def test_what_is_no_set_is_refused(written: bytes) -> None:
    with pytest.raises(ValueError):
        UidSet.parse(written)


def test_the_largest_range_costs_nothing() -> None:
    everything = UidSet.parse(b"1:4294967295")
    assert (len(everything), everything.pieces) == (TOP_UID, 1)
    assert everything & UidSet.of([5]) == UidSet.of([5])


def test_between() -> None:
    uids = UidSet.of(range(1, 100))
    assert str(uids.between(98)) == "98:99"
    assert str(uids.between(5, 6)) == "5:6"
    assert not uids.between(7, 6)


def test_the_ends() -> None:
    assert (UidSet.of([3, 9]).highest, UidSet().highest) == (9, 0)
    assert not UidSet()
    assert repr(UidSet.of([3, 4])) == "<UidSet 3:4>"
