"""Reading a query: never an error, always the same tree, in time that grows with its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.search.operators import HAS, IS, KOREAN
from mailbox.search.query import LONGEST, Query, parse, write
from mailbox.search.tree import Age, And, Conversation, Fact, Node, Not, Or, Size, Text, When

WORDS = st.text(st.sampled_from("abzé회의록_.@'&|!:*<>\u200b\u202e"), min_size=1, max_size=6).filter(
    lambda word: ":" not in word and word != "|"
)
NUMBERS = st.integers(0, 99_999)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Text, WORDS, st.sampled_from(["", "from", "to", "cc", "subject", "filename"])),
    st.builds(Text, st.lists(WORDS, min_size=1, max_size=3).map(" ".join), st.sampled_from(["", "subject"]), st.just(True)),
    st.builds(Fact, st.just("is"), st.sampled_from(list(IS))),
    st.builds(Fact, st.just("has"), st.sampled_from(list(HAS))),
    st.builds(Fact, st.just("label"), st.lists(WORDS, min_size=1, max_size=2).map(" ".join)),
    st.dates().filter(lambda day: 1900 <= day.year <= 2999).map(lambda day: When("before", day.year, day.month, day.day)),
    st.builds(Age, st.just("newer_than"), NUMBERS, st.sampled_from("dwmy")),
    st.builds(Size, st.just("larger"), NUMBERS),
    st.builds(Conversation, NUMBERS),
)


def _together(kind: type[And] | type[Or]) -> st.SearchStrategy[Node]:
    return st.lists(TREES, min_size=2, max_size=4).map(
        lambda some: kind(tuple(leaf for one in some for leaf in (one.of if isinstance(one, kind) else (one,))))
    )


TREES: st.SearchStrategy[Node] = st.deferred(
    lambda: LEAVES | LEAVES | _together(And) | _together(Or) | TREES.map(lambda one: one.of if isinstance(one, Not) else Not(one))
)


@given(st.one_of(st.text(), st.text(st.sampled_from('ab "()-:|ORfromis다\u202e\0'))))
def test_no_query_is_an_error_and_what_was_read_is_read_again(typed: str) -> None:
    query = parse(typed)
    assert query.trouble[0] or parse(write(query.tree)) == query


@given(TREES)
def test_a_tree_that_is_written_is_read_as_the_same_tree(tree: Node) -> None:
    query = parse(write(tree))
    assert query.tree == tree or query.trouble[0] in {"many", "deep", "long"}


@pytest.mark.parametrize(
    "piece", ["(", ")", "-", '"', "a OR ", "from:", "from:(", "((a) ", "-(", "OR ", "is:", "before:2026-02-30 "]
)
def test_a_query_of_100_000_characters_is_read(piece: str) -> None:
    assert isinstance(parse(piece * (100_000 // len(piece))), Query)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("pickles", Text("pickles")),
        ("from:bob pickles", And((Text("bob", "from"), Text("pickles")))),
        ("pickles OR ketchup sour", And((Or((Text("pickles"), Text("ketchup"))), Text("sour")))),
        ('"thin and sour" -ketchup', And((Text("thin and sour", phrase=True), Not(Text("ketchup"))))),
        ("from:(bob OR alice)", Or((Text("bob", "from"), Text("alice", "from")))),
        ('subject:"sour pickles"', Text("sour pickles", "subject", phrase=True)),
        ("is:unread has:attachment", And((Fact("is", "unread"), Fact("has", "attachment")))),
        ("IN:Spam", Fact("in", "junk")),
        ("before:2026/3/1", When("before", 2026, 3, 1)),
        ("on:2026-03", When("on", 2026, 3)),
        ("older_than:2w", Age("older_than", 2, "w")),
        ("larger:10M", Size("larger", 10 << 20)),
        ("--pickles", Text("pickles")),
        ('"unclosed phrase', Text("unclosed phrase", phrase=True)),
        ("https://crepes.fr/", Text("https://crepes.fr/")),
        ("from: OR", And()),
        ("", And()),
    ],
)
def test_the_language(typed: str, tree: Node) -> None:
    assert parse(typed) == Query(tree)


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("보낸사람:하늘 회의", "from:하늘 회의"),
        ("상태:안읽음 포함:첨부", "is:unread has:attachment"),
        ("위치:휴지통", "in:trash"),
        ("이후:2026.3.1", "after:2026-03-01"),
        ("날짜:2026년3월", "on:2026-03"),
        ("최근:3일 또는 최근:2개월", "newer_than:3d OR newer_than:2m"),
    ],
)
def test_the_language_in_korean(korean: str, english: str) -> None:
    assert parse(korean) == parse(english)


def test_every_operator_has_a_korean_name() -> None:
    assert len(set(KOREAN.values())) == len(KOREAN)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("before:2026-02-30", "date"),
        ("is:purple", "is"),
        ("larger:much", "size"),
        ("newer_than:soon", "age"),
        ("(pickles", "bracket"),
        ("pickles)", "bracket"),
        ("(" * 30 + "a" + ")" * 30, "deep"),
        ("a " * 80, "many"),
    ],
)
def test_what_cannot_be_read_is_searched_as_plain_words_and_says_so(typed: str, kind: str) -> None:
    query = parse(typed)
    assert query.trouble[0] == kind
    assert isinstance(query.tree, Text | And)


def test_of_a_very_long_query_the_beginning_counts() -> None:
    query = parse("pickles " + "x" * 100_000)
    assert query.trouble == ("long", "")
    assert isinstance(query.tree, And)
    assert query.tree.of[0] == Text("pickles")
    assert len(write(query.tree)) <= LONGEST
