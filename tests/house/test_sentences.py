"""Every sentence that a wire makes of its troubles is known where pages put it into the reader's language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from mailbox import sentences, wire
from mailbox.imap import errors as imap_errors
from mailbox.sentences import PATTERNS, advice, told
from mailbox.smtp import dialogue, route
from mailbox.smtp import reply as smtp_reply
from mailbox.wire import Endpoint, WireError

LOADED = (imap_errors, dialogue, smtp_reply, route)  # so that their kinds of error are there
WIRES = ("imap", "pop3", "smtp")
OURS = {"BadArgument", "Unsayable", "Malformed", "NotPop3", "NoPolicy"}  # part of a sentence, our own fault, or said to nobody


def kinds(kind: type[Exception] = WireError) -> Iterator[str]:
    """The errors whose first argument is the whole sentence."""
    if "__init__" not in vars(kind):
        yield kind.__name__
        for below in kind.__subclasses__():
            yield from kinds(below)


def said() -> Iterator[str]:
    root = Path(settings.BASE_DIR) / "mailbox"
    modules = [root / "wire.py", *(path for wire in WIRES for path in sorted((root / wire).glob("*.py")))]
    whole = set(kinds()) - OURS
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in {*whole, "__init__", "lost"}:
                yield from _spoken(node.args[0])


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _spoken(argument: ast.expr) -> Iterator[str]:
    """The sentence with an x in every hole, if it stands there as one."""
    parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts)
    if " " in text:
        yield text.replace(".x", ". It said: x")


@pytest.mark.parametrize("sentence", sorted(set(said())))
def test_every_sentence_of_a_wire_is_known(sentence: str) -> None:
    assert any(pattern.match(sentence) is not None for pattern in PATTERNS), "mailbox/sentences.py has no pattern for it"


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), OSError(113, "No route to host")])
def test_why_nobody_answers_is_known(error: OSError) -> None:
    sentence = wire._no_answer(Endpoint.parse("imaps://imap.crepes.fr"), error)
    assert any(pattern.match(sentence) for pattern in PATTERNS)


@pytest.mark.parametrize("fault", wire._CERTIFICATE.values())
def test_the_faults_of_certificates_are_words_of_ours(fault: str) -> None:
    assert fault in sentences.PARTS


KOREAN = {
    "%(host)s does not answer on port %(port)s.": "%(host)s: 포트 %(port)s 응답 없음",
    "The certificate of %(host)s %(fault)s.": "%(host)s 인증서: %(fault)s",
    "has expired": "만료",
    "%(sentence)s The server said: %(text)s": "%(sentence)s 서버: %(text)s",
    "The name or the password is not accepted.": "비밀번호 오류.",
}


@pytest.mark.parametrize(
    ("sentence", "korean"),
    [
        ("imap.crepes.fr does not answer on port 993.", "imap.crepes.fr: 포트 993 응답 없음"),
        ("The certificate of imap.crepes.fr has expired.", "imap.crepes.fr 인증서: 만료"),
        ("The name or the password is not accepted. The server said: 535 no", "비밀번호 오류. 서버: 535 no"),
        ("Ketchup.", "Ketchup."),
    ],
)
def test_in_korean_it_names_the_same_things(sentence: str, korean: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "gettext", lambda text: KOREAN.get(text, text))
    assert told(sentence) == korean


def test_a_server_cannot_format_anything() -> None:
    text = "The mail server is busy. It said: %(host)s %s {0} 100%"
    assert told(text) == text


def test_what_to_do_follows_from_what_is_wrong() -> None:
    assert "password" in advice("The mail server does not accept this name and password. It said: no")
    assert "certificate" in advice("The certificate of imap.crepes.fr has expired.")
    assert "by itself" in advice("imap.crepes.fr closed the connection.")
