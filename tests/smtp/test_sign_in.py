"""Signing in to submit a letter: the password is said to nobody else and shown to nobody at all."""

import pytest

from mailbox.smtp.record import Record
from mailbox.wire import Refused, SignInFailed, TryLater
from tests.fakes.smtp_script import scripted
from tests.smtp.scripts import ALICE, BYE, HELLO, connect, send, verdicts

AUTH = HELLO.replace("SIZE 1000000", "AUTH PLAIN LOGIN")
LOGIN = HELLO.replace("SIZE 1000000", "AUTH=LOGIN")


def test_auth_plain() -> None:
    record = Record()
    with scripted(AUTH + "C: AUTH PLAIN AGFsaWNlAGh1bnRlcjI=\nS: 235 welcome\n" + BYE) as server:
        connect(server, credentials=ALICE, record=record).quit()
    assert "AUTH PLAIN ****" in [text for _, _, text in record.lines]
    assert "hunter2" not in str(record.lines)
    assert "AGFsaWNlAGh1bnRlcjI=" not in str(record.lines)


def test_auth_login() -> None:
    talk = "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YWxpY2U=\nS: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==\nS: 235 welcome\n"
    record = Record()
    with scripted(LOGIN + talk + BYE) as server:
        connect(server, credentials=ALICE, record=record).quit()
    assert "aHVudGVyMg==" not in str(record.lines)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("535 5.7.8 wrong", SignInFailed),
        ("534 5.7.9 mechanism", SignInFailed),
        ("454 4.7.0 later", TryLater),
        ("504 what", Refused),
    ],
)
def test_signing_in_that_does_not_work(reply: str, error: type[Exception]) -> None:
    with scripted(AUTH + f"C: AUTH PLAIN *\nS: {reply}\n") as server, pytest.raises(error, match=reply):
        connect(server, credentials=ALICE)


def test_a_server_with_ways_to_sign_in_that_we_do_not_know() -> None:
    hello = HELLO.replace("SIZE 1000000", "AUTH GSSAPI")
    with scripted(hello) as server, pytest.raises(Refused, match="no way to sign in that we know"):
        connect(server, credentials=ALICE)


def test_a_server_that_wants_us_to_sign_in_again_holds_the_letter() -> None:
    talk = "C: AUTH PLAIN *\nS: 235 ok\nC: MAIL FROM:*\nS: 530 5.7.0 sign in first\n"
    with scripted(AUTH + talk + BYE) as server:
        assert verdicts(send(server, credentials=ALICE)) == ["held"]
