"""From the open line to the first folder: never a password where it could be read, one clear sentence when it fails."""

import pytest

from mailbox.imap.errors import Busy
from mailbox.imap.limits import Timeouts
from mailbox.wire import Refused, SignInFailed, TryLater, WireError
from tests.fakes.imap_script import SIGNED_IN, client_of, imap_script, open_client, signed_in


def failure(*script: str) -> WireError:
    with imap_script(*script) as server, pytest.raises(WireError) as caught, open_client(server):
        pass
    return caught.value


def test_login() -> None:
    with imap_script(SIGNED_IN) as server, open_client(server) as client:
        assert client.capabilities == {"IMAP4REV1"}


def test_what_is_offered_after_the_sign_in_is_asked_for_if_it_is_not_told() -> None:
    script = """
        S: * OK hello
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: $ OK
        C: LOGIN "alice" "secret"
        S: $ OK welcome
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1 MOVE
        S: $ OK
    """
    with imap_script(script) as server, open_client(server) as client:
        assert client.capabilities == {"IMAP4REV1", "MOVE"}


def test_untagged_capabilities_of_the_sign_in_count() -> None:
    script = """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello
        C: AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==
        S: * CAPABILITY IMAP4rev1 MOVE
        S: $ OK welcome
    """
    with imap_script(script) as server, open_client(server) as client:
        assert client.capabilities == {"IMAP4REV1", "MOVE"}


def test_plain_in_two_steps() -> None:
    script = """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED] hello
        C: AUTHENTICATE PLAIN
        S: +
        MORE AGFsaWNlAHNlY3JldA==
        S: $ OK [CAPABILITY IMAP4rev1] welcome
    """
    with imap_script(script) as server, open_client(server):
        pass


def test_who_we_are_and_what_we_want() -> None:
    script = """
        C: ID ("name" "Relish" "version" *)
        S: * ID NIL
        S: $ OK
        C: ENABLE CONDSTORE QRESYNC
        S: * ENABLED CONDSTORE QRESYNC
        S: $ OK
    """
    offered = signed_in("ID", "ENABLE", "CONDSTORE", "QRESYNC")
    with imap_script(offered, script) as server, open_client(server) as client:
        assert client.enabled == {"CONDSTORE", "QRESYNC"}


def test_what_the_server_does_not_confirm_is_not_enabled() -> None:
    script = "C: ENABLE QRESYNC\nS: $ OK"
    with imap_script(signed_in("ENABLE", "QRESYNC"), script) as server, open_client(server) as client:
        assert client.enabled == frozenset()


def test_what_is_not_to_be_used_is_not_offered() -> None:
    broken = frozenset({"QRESYNC"})
    with imap_script(signed_in("ENABLE", "QRESYNC")) as server, open_client(server, without=broken) as client:
        assert client.capabilities == {"IMAP4REV1", "ENABLE"}


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ("NO [AUTHENTICATIONFAILED] no such user", SignInFailed, "no such user"),
        ("NO [ALERT] application password required", SignInFailed, "application password required"),
        ("NO nope", SignInFailed, "nope"),
        ("NO [AUTHENTICATIONFAILED] wrong, try again later", SignInFailed, "wrong"),
        ("NO [UNAVAILABLE] backend away", Busy, "backend away"),
        ("BAD User is authenticated but not connected", Busy, "not connected"),
        ("NO [LIMIT] Too many connections", Busy, "Too many"),
        ("NO [ALERT] Too many simultaneous connections", Busy, "simultaneous"),
        ("BAD what", Refused, "what"),
    ],
)
def test_a_refused_sign_in_says_why(answer: str, kind: type[WireError], said: str) -> None:
    error = failure('S: * OK [CAPABILITY IMAP4rev1] hi\nC: LOGIN "alice" "secret"\nS: $ ' + answer)
    assert isinstance(error, kind)
    assert said in str(error)
    assert "secret" not in str(error)


def test_goodbye_in_the_middle_of_it() -> None:
    error = failure("S: * OK [CAPABILITY IMAP4rev1] hi\nC: LOGIN *\nS: * BYE Too many failures")
    assert isinstance(error, TryLater)
    assert "Too many failures" in str(error)


def test_a_disabled_login_is_respected() -> None:
    error = failure("S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi")
    assert isinstance(error, Refused)


@pytest.mark.parametrize(
    "greeting", ["220 mail.example.org ESMTP", "+OK POP3 ready", "HTTP/1.1 400 Bad", "A1 OK hi", "* 5 EXISTS"]
)
def test_what_is_no_imap_server(greeting: str) -> None:
    error = failure(f"S: {greeting}")
    assert isinstance(error, Refused)
    assert str(error) == "127.0.0.1 does not speak IMAP on this port."


def test_a_server_that_wants_nobody_now() -> None:
    assert isinstance(failure("S: * BYE overloaded"), TryLater)


def test_a_server_that_does_not_greet() -> None:
    impatient = Timeouts(greeting=0.2)
    with pytest.raises(TryLater, match="did not answer in time"), client_of("HANG", timeouts=impatient):
        pass


def test_a_server_that_hangs_up() -> None:
    assert str(failure("CLOSE")) == "127.0.0.1 closed the connection."


def test_a_server_that_knows_us_already() -> None:
    with imap_script("S: * PREAUTH [CAPABILITY IMAP4rev1] hi alice") as server, open_client(server):
        pass
