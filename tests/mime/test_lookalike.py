"""C-14, C-74: what looks like something else is told, what only looks ordinary is not."""

import pytest

from mailbox.mime.lookalike import is_mixed, misleading_links, resembles, site_of

KNOWN = ["hamburger.edu", "crepes.fr", "paypal.com", "naver.com"]


@pytest.mark.parametrize(
    ("domain", "like"),
    [
        ("harnburger.edu", "hamburger.edu"),
        ("hamburgr.edu", "hamburger.edu"),
        ("hambruger.edu", "hamburger.edu"),
        ("pаypal.com", "paypal.com"),
        ("xn--pypal-4ve.com", "paypal.com"),
        ("paypaI.com".lower(), "paypal.com"),
        ("paypa1.com", "paypal.com"),
        ("nаver.com", "naver.com"),
        ("ham-burger.edu", "hamburger.edu"),
        ("hamburger.edu", ""),
        ("mail.hamburger.edu", ""),
        ("crepe.fr", ""),
        ("mustard.example", ""),
        ("", ""),
    ],
)
def test_a_domain_like_a_known_one(domain: str, like: str) -> None:
    assert resembles(domain, KNOWN) == like


@pytest.mark.parametrize(
    ("domain", "mixed"),
    [("pаypal.com", True), ("xn--pypal-4ve.com", True), ("한글.com", False), ("日本語かな.jp", False), ("почта.рф", False)],
)
def test_letters_of_several_scripts(domain: str, mixed: bool) -> None:
    assert is_mixed(domain) == mixed


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="https://evil.example/x">paypal.com</a>', [("paypal.com", "evil.example")]),
        ('<a href="https://evil.example/"><b>https://www.paypal.com/login</b></a>', [("www.paypal.com", "evil.example")]),
        ('<a href="https://click.paypal.com/x">www.paypal.com</a>', []),
        ('<a href="https://evil.example/">Sign in</a>', []),
        ('<a href="https://shop.example.co.kr/">example.co.kr</a>', []),
        ('<a href="https://other.co.kr/">example.co.kr</a>', [("example.co.kr", "other.co.kr")]),
        ('<a href="mailto:a@evil.example">paypal.com</a>', []),
        ('<a href="https://[::1/">paypal.com</a>', []),
    ],
)
def test_words_that_name_another_host(html: str, found: list[tuple[str, str]]) -> None:
    assert misleading_links(html) == found


def test_what_somebody_owns() -> None:
    assert [site_of(one) for one in ("a.b.example.com", "x.example.co.kr", "example.kr", "localhost")] == [
        "example.com",
        "example.co.kr",
        "example.kr",
        "localhost",
    ]
