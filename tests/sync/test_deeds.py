"""Which Changes are told together, and in which order."""

from mailbox.sync.deeds import Deed, Waiting, next_deeds


def flag(number: int, letter: int, *, on: bool = True, bit: int = 1, place: int = 1, **more: bool) -> Waiting:
    return Waiting(number, "flag", letter, place, {"placement": letter, "flag": bit, "on": on}, **more)


def move(number: int, letter: int, to: int = 2, **more: bool) -> Waiting:
    return Waiting(number, "move", letter, 1, {"source": letter, "placement": letter + 100, "from": 1, "folder": to}, **more)


def create(number: int, *, due: bool = True) -> Waiting:
    return Waiting(number, "create", None, None, {"name": "Work"}, due=due)


def told(deeds: list[Deed]) -> list[list[int]]:
    return [[change.id for change in deed.changes] for deed in deeds]


def test_one_flag_on_many_letters_is_one_command() -> None:
    assert told(next_deeds([flag(1, 1), flag(2, 2), flag(3, 3)])) == [[1, 2, 3]]


def test_letters_of_two_folders_are_two_commands() -> None:
    assert told(next_deeds([flag(1, 1), flag(2, 2, place=9)])) == [[1], [2]]


def test_on_and_off_are_two_commands() -> None:
    assert told(next_deeds([flag(1, 1), flag(2, 2, on=False)])) == [[1], [2]]


def test_of_one_flag_the_last_word_counts() -> None:
    [deed] = next_deeds([flag(1, 1), flag(2, 1, on=False), flag(3, 1)])
    assert (told([deed]), deed.outdated) == ([[3]], (1, 2))


def test_two_flags_of_one_letter_go_in_one_round() -> None:
    assert told(next_deeds([flag(1, 1), flag(2, 1, bit=4)])) == [[1], [2]]


def test_a_letter_is_moved_after_its_flags() -> None:
    assert told(next_deeds([flag(1, 1), move(2, 1)])) == [[1]]


def test_and_gets_flags_after_its_move() -> None:
    assert told(next_deeds([move(1, 1), flag(2, 1)])) == [[1]]


def test_others_do_not_wait_for_it() -> None:
    assert told(next_deeds([move(1, 1), flag(2, 1), flag(3, 2)])) == [[1], [3]]


def test_what_is_not_due_holds_up_its_letter_only() -> None:
    assert told(next_deeds([flag(1, 1, due=False), move(2, 1), move(3, 2)])) == [[3]]


def test_a_move_that_was_told_before_goes_by_itself() -> None:
    assert told(next_deeds([move(1, 1, sent=True), move(2, 2)])) == [[1], [2]]


def test_a_folder_is_made_before_what_comes_after_it() -> None:
    assert told(next_deeds([create(1), move(2, 1)])) == [[1]]


def test_and_after_what_came_before_it() -> None:
    assert told(next_deeds([move(1, 1), create(2), move(3, 2)])) == [[1]]


def test_a_folder_that_must_wait_lets_letters_pass_but_no_other_folder() -> None:
    assert told(next_deeds([create(1, due=False), move(2, 1), create(3), move(4, 2)])) == [[2]]


def test_no_command_names_more_than_five_hundred_letters() -> None:
    assert [len(deed.changes) for deed in next_deeds([flag(one, one) for one in range(1, 1201)])] == [500, 500, 200]
