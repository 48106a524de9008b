"""The editor's markup: cleaned, as plain text, and dressed for other programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.mime import authored


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Dear Bob,</p><p></p><p>ketchup?<br>pickles?</p>", "Dear Bob,\n\nketchup?\npickles?"),
        ("<p>-- </p><p>Alice</p>", "-- \nAlice"),
        ("<p>Yes.</p><blockquote><p>a</p><p></p><blockquote><p>b</p></blockquote></blockquote>", "Yes.\n> a\n>\n> > b"),
        ("<ul><li><p>one</p><ul><li><p>in</p></li></ul></li><li><p>two</p></li></ul>", "- one\n  - in\n- two"),
        ('<ol start="3"><li><p>c</p></li><li><p>d</p></li></ol>', "3. c\n4. d"),
        ('<p><a href="https://jars.example">jars</a></p>', "jars <https://jars.example>"),
        ('<p><a href="mailto:bob@hamburger.edu">bob@hamburger.edu</a></p>', "bob@hamburger.edu"),
        ("<p>케첩  &lt;b&gt;</p>", "케첩  <b>"),
    ],
)
def test_as_plain_text(html: str, text: str) -> None:
    assert authored.to_text(authored.clean(html)) == text


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<p onclick="x()" style="position:fixed" id="app" class="btn" hx-post="/x">',
        '<a href="javascript:alert(1)">',
        '<img src="https://spy.example/1.gif">',
        "<svg><animate onbegin=alert(1)>",
        "<iframe src=//x></iframe><form><input name=csrfmiddlewaretoken>",
    ],
)
def test_nothing_that_acts_survives(hostile: str) -> None:
    clean = authored.clean(f"<p>so</p>{hostile}")
    assert not [bad for bad in ("script", "on", "style", "=", "img", "svg", "iframe", "input", "alert") if bad in clean[:-4]]


@given(st.text())
def test_cleaned_twice_is_the_same_and_reads_as_lines(html: str) -> None:
    clean = authored.clean(html)
    assert authored.clean(clean) == clean
    assert isinstance(authored.to_text(clean), str)


@pytest.mark.parametrize(
    ("html", "formatted"), [("<p>a<br>b</p><blockquote><p>q</p></blockquote>", False), ("<p><strong>a</strong></p>", True)]
)
def test_lines_and_quotes_are_no_formatting(html: str, formatted: bool) -> None:
    assert authored.is_formatted(authored.clean(html)) is formatted


def test_dressed_and_undressed() -> None:
    html = authored.clean('<p>a <em>b</em></p><p></p><ol start="2"><li><p>c</p></li></ol>')
    assert authored.undressed(authored.dressed(html)) == html


def test_two_blanks_stay_two() -> None:
    assert "a &nbsp;b" in authored.dressed("<p>a  b</p>")
