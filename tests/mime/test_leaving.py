"""List-Unsubscribe: an address to click, one to open, one to write to; and none that could do anything else."""

import pytest

from mailbox.mime.leaving import Leaving, leaving_of
from mailbox.mime.read import read_headers


def leaving(addresses: str, *, post: bool = False) -> Leaving | None:
    promise = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n" if post else ""
    return leaving_of(read_headers(f"List-Unsubscribe: {addresses}\n{promise}\n".encode()))


def test_one_click() -> None:
    assert leaving("<https://brine.example/u?id=7>", post=True) == Leaving(
        one_click="https://brine.example/u?id=7", page="https://brine.example/u?id=7"
    )


def test_c154_without_its_promise_or_https_it_is_a_page() -> None:
    assert leaving("<https://brine.example/u>") == Leaving(page="https://brine.example/u")
    assert leaving("<http://brine.example/u>", post=True) == Leaving(page="http://brine.example/u")


def test_a_letter() -> None:
    found = leaving("<mailto:leave@brine.example?subject=leave%20me&body=Please&cc=eve@evil.example>, <https://brine.example/u>")
    assert found == Leaving(page="https://brine.example/u", to="leave@brine.example", subject="leave me", text="Please")


def test_a_subject_of_one_line() -> None:
    found = leaving("<mailto:leave@brine.example?subject=a%0D%0ABcc:%20eve@evil.example>")
    assert found
    assert found.subject == "a  Bcc: eve@evil.example"


@pytest.mark.parametrize(
    "addresses",
    ["", "https://brine.example", "<javascript:alert(1)>", "<file:///etc/passwd>", "<mailto:>", "<mailto:no>", "<https:///x>",
     "<https://u:p@brine.example/>", "<https://[x>", "<data:text/html,x>"],
)  # fmt: skip
def test_what_is_none(addresses: str) -> None:
    assert leaving(addresses, post=True) is None
