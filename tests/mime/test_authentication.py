"""Who really wrote: only the person's own server is believed, and only for the domain of the one who is shown."""

import pytest

from mailbox.mime.authentication import Trust, trust_of
from mailbox.mime.read import read_headers

PASS = (
    "mx.crepes.fr; dkim=pass header.d=hamburger.edu header.s=k1; spf=pass smtp.mailfrom=bob@hamburger.edu;"
    " dmarc=pass header.from=hamburger.edu"
)


def trust(*results: str, sender: str = "Bob <bob@hamburger.edu>", more: str = "") -> Trust:
    fields = "".join(f"Authentication-Results: {result}\n" for result in results)
    letter = read_headers(f"{fields}From: {sender}\n{more}\n".encode())
    return trust_of(letter, lambda name: name == "mx.crepes.fr")


def test_really_from_the_domain() -> None:
    assert trust(PASS) == Trust("pass", "hamburger.edu", signed_by="hamburger.edu", sent_by="hamburger.edu")


def test_a_subdomain_signs_for_the_domain() -> None:
    assert trust("mx.crepes.fr; dkim=pass header.d=mail.hamburger.edu; dmarc=pass").signed_by == "mail.hamburger.edu"


def test_several_fields_of_the_own_server_count_together() -> None:
    assert trust("mx.crepes.fr; dkim=pass header.i=@hamburger.edu", "mx.crepes.fr; dmarc=pass").verdict == "pass"


def test_the_domain_says_that_it_was_not_it() -> None:
    assert trust("mx.crepes.fr; dmarc=fail (p=reject) header.from=hamburger.edu", PASS).verdict == "fail"


@pytest.mark.parametrize(
    "forged",
    [
        PASS.replace("mx.crepes.fr", "mx.hamburger.edu"),
        PASS.replace("mx.crepes.fr", "evil.example (mx.crepes.fr)"),
        PASS.replace("mx.crepes.fr", '"mx.crepes.fr"'),
        PASS.replace("mx.crepes.fr", "(mx.crepes.fr;) evil.example"),
        "mx.crepes.fr; none (dkim=pass header.d=hamburger.edu; dmarc=pass)",
        'mx.crepes.fr; spf=none reason="; dmarc=pass; dkim=pass header.d=hamburger.edu"',
        "mx.crepes.fr; dkim=pass header.d=evil.example; dmarc=pass header.from=evil.example",
        "mx.crepes.fr; dkim=pass header.d=evil-hamburger.edu; dmarc=pass header.from=hamburger.edu",
        "mx.crepes.fr; dkim=pass header.d=edu; dmarc=pass header.from=hamburger.edu",
        "mx.crepes.fr; dmarc=pass header.from=hamburger.edu",
        "",
        ";",
        "mx.crepes.fr",
    ],
)
def test_c72_forged_results_are_ignored(forged: str) -> None:
    assert trust(forged).verdict == ""


@pytest.mark.parametrize(
    "sender",
    [
        "Bob <bob@hamburger.edu>, Eve <eve@evil.example>",
        "bob@hamburger.edu <eve@evil.example>",
        "hamburger.edu:;",
        '"bob@hamburger.edu\\" <x@y" <eve@evil.example>',
        "=?utf-8?q?bob=40hamburger=2Eedu?=",
    ],
)
def test_c71_no_mark_for_somebody_else(sender: str) -> None:
    assert trust(PASS, sender=sender).verdict == ""


def test_c65_two_from_fields_are_nobodys() -> None:
    assert trust(PASS, more="From: Eve <eve@evil.example>\n").verdict == ""


def test_a_field_of_enormous_length() -> None:
    assert trust("mx.crepes.fr; " + "(" * 50_000 + "dkim=pass; " * 5_000).verdict == ""
