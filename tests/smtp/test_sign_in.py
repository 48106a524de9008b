"""Signing in to submit a letter: the password is said to nobody else and shown to nobody at all."""

import base64

import pytest

from mailbox.smtp import sasl
from mailbox.smtp.dialogue import MOST_CHALLENGES
from mailbox.smtp.record import Record
from mailbox.smtp.sasl import Impostor
from mailbox.wire import Credentials, Refused, SignInFailed, TryLater, WireError
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


SCRAM = HELLO.replace("SIZE 1000000", "AUTH PLAIN SCRAM-SHA-256")
# The example of RFC 7677 section 3.
NONCE = "rOprNGfwEbeRWgbNEkqO"
FIRST = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
FINAL = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
PROOF = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
PENCIL = Credentials("user", "pencil")


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sasl.secrets, "token_urlsafe", lambda _size: NONCE)


def scram(first: str = FIRST, last: str = "") -> str:
    return f"C: AUTH SCRAM-SHA-256 {b64(f'n,,n=user,r={NONCE}')}\nS: 334 {b64(first)}\n" + (
        last or f"C: {b64(FINAL)}\nS: 334 {b64(PROOF)}\nC: \nS: 235 welcome\n" + BYE
    )


@pytest.mark.usefixtures("nonce")
def test_scram_is_preferred_and_its_server_verified() -> None:
    record = Record()
    with scripted(SCRAM + scram()) as server:
        connect(server, credentials=PENCIL, record=record).quit()
    assert "pencil" not in str(record.lines)
    assert "dHzbZapWIk4jUhN" not in str(record.lines)


IMPOSTORS = {
    "no proof at all": scram(last=f"C: {b64(FINAL)}\nS: 235 welcome\n"),
    "a wrong proof": scram(last=f"C: {b64(FINAL)}\nS: 334 {b64('v=' + b64('nonsense'))}\nC: *\nS: 501 cancelled\n"),
    "another nonce": scram("r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "C: *\nS: 501 cancelled\n"),
    "our nonce and nothing more": scram(f"r={NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "C: *\nS: 501 cancelled\n"),
    "few rounds": scram(FIRST.replace("4096", "1"), "C: *\nS: 501 cancelled\n"),
    "rounds without end": scram(FIRST.replace("4096", "99999999"), "C: *\nS: 501 cancelled\n"),
    "no salt": scram(FIRST.replace("W22ZaJ0SNY7soEsUEjb6gQ==", "?"), "C: *\nS: 501 cancelled\n"),
    "not a word": scram("", "C: *\nS: 501 cancelled\n"),
}


@pytest.mark.usefixtures("nonce")
@pytest.mark.parametrize("script", IMPOSTORS.values(), ids=IMPOSTORS)
def test_a_server_that_does_not_know_the_password(script: str) -> None:
    with scripted(SCRAM + script) as server, pytest.raises(Impostor):
        connect(server, credentials=PENCIL)


@pytest.mark.usefixtures("nonce")
def test_a_wrong_password_under_scram() -> None:
    talk = scram(last="C: *\nS: 535 5.7.8 no\n")
    with scripted(SCRAM + talk) as server, pytest.raises(SignInFailed):
        connect(server, credentials=PENCIL)


def test_names_are_escaped_and_prepared() -> None:
    assert sasl.Scram(Credentials("a=b,c", "x"), "n").first() == "n,,n=a=3Db=2Cc,r=n"
    assert sasl.prepared("I\u00adX \u2168") == "IX IX"


REVOKED = b64('{"status":"401"}')
TOKEN = Credentials("alice@crepes.fr", "Bearer ya29.token")


@pytest.mark.parametrize(
    ("way", "first"),
    [
        ("XOAUTH2", "user=alice@crepes.fr\x01auth=Bearer ya29.token\x01\x01"),
        ("OAUTHBEARER", "n,a=alice@crepes.fr,\x01auth=Bearer ya29.token\x01\x01"),
    ],
)
def test_a_token(way: str, first: str) -> None:
    hello = HELLO.replace("SIZE 1000000", f"AUTH PLAIN {way}")
    with scripted(hello + f"C: AUTH {way} {b64(first)}\nS: 235 welcome\n" + BYE) as server:
        connect(server, credentials=TOKEN).quit()


@pytest.mark.parametrize(("way", "answer"), [("XOAUTH2", ""), ("OAUTHBEARER", "AQ==")])
def test_e24_a_token_that_was_revoked(way: str, answer: str) -> None:
    hello = HELLO.replace("SIZE 1000000", f"AUTH {way}")
    talk = f"C: AUTH {way} *\nS: 334 {REVOKED}\nC: {answer}\nS: 535 5.7.8 expired\n"
    with scripted(hello + talk) as server, pytest.raises(SignInFailed):
        connect(server, credentials=TOKEN)


def test_a_token_is_never_said_as_a_password() -> None:
    with scripted(AUTH) as server, pytest.raises(Refused, match="no way to sign in"):
        connect(server, credentials=TOKEN)


def test_a_server_that_asks_without_end() -> None:
    asks = "S: 334 \nC: \n" * (MOST_CHALLENGES - 2) + "S: 334 \n"
    with scripted(LOGIN + "C: AUTH LOGIN\nS: 334 \nC: *\nS: 334 \nC: *\n" + asks) as server, pytest.raises(WireError):
        connect(server, credentials=ALICE)
