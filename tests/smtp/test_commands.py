"""Commands: nothing with a control character becomes one, and letters leave as SMTP wants them."""

import base64

import pytest

from mailbox.smtp import commands
from mailbox.smtp.commands import Unsayable
from mailbox.smtp.sasl import Plain
from mailbox.wire import Credentials, Refused

BREAKS = ["\r", "\n", "\r\n", "\0", "\x1b", "\x85", "\u2028"]


@pytest.mark.parametrize("bad", BREAKS)
@pytest.mark.parametrize(
    "where", ["{}a@b.example", "a{}@b.example", "a@{}b.example", "a@b.example{}", "a@b.example{}RCPT TO:<c@d.example>"]
)
def test_no_break_gets_into_an_address(bad: str, where: str) -> None:
    for build in (commands.mail_from, commands.rcpt_to):
        with pytest.raises(Unsayable):
            build(where.format(bad))


@pytest.mark.parametrize("bad", BREAKS)
def test_no_break_gets_into_our_name(bad: str) -> None:
    with pytest.raises(Unsayable):
        commands.ehlo(f"crepes.fr{bad}MAIL")


@pytest.mark.parametrize(
    "address",
    ["", "a", "@b", "a@", "a b@c", "<a@b>", "a@b>", "a@b c", "a@@b", "a@b@c", "x" * 320 + "@b", 'a"b@c', "a@[1 2]", "a@b_한 c"],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(Unsayable, match="is not an e-mail address"):
        commands.rcpt_to(address)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("bob@hamburger.edu", "bob@hamburger.edu"),
        ("bob+pickles/x=1@hamburger.edu", "bob+pickles/x=1@hamburger.edu"),
        ('"bob marlow"@hamburger.edu', '"bob marlow"@hamburger.edu'),
        (r'"bob\"marlow"@hamburger.edu', r'"bob\"marlow"@hamburger.edu'),
        ("bob@[192.0.2.1]", "bob@[192.0.2.1]"),
        ("bob@[IPv6:2001:db8::1]", "bob@[IPv6:2001:db8::1]"),
        ("bob@메일.한국", "bob@xn--h32bq4v.xn--3e0b707e"),
        ("김@hamburger.edu", "김@hamburger.edu"),
    ],
)
def test_an_address_as_it_is_said(address: str, wire: str) -> None:
    assert commands.rcpt_to(address).wire == f"RCPT TO:<{wire}>\r\n".encode()


def test_the_null_return_path() -> None:
    assert commands.mail_from("").wire == b"MAIL FROM:<>\r\n"


def test_a_password_is_said_and_not_shown() -> None:
    said = commands.auth("PLAIN", Plain(Credentials("alice", "ketchup")).first())
    assert base64.b64decode(said.wire.split()[-1]) == b"\0alice\0ketchup"
    assert said.shown == "AUTH PLAIN ****"


def test_the_parts_of_auth_login_are_not_shown() -> None:
    assert commands.auth_answer("ketchup").shown == "****"


def test_a_nul_in_a_password_cannot_move_its_border() -> None:
    with pytest.raises(Refused):
        Plain(Credentials("alice", "ket\0chup"))
