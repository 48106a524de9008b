"""The editor's markup: cleaned, as plain text, and dressed for other programs."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.mime import authored

KEY = UUID("6f2c1b1e-6a4e-4f0f-9a37-0d7c1c2b3a44")


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


SHOWN = '<img src="/draft/6f2c1b1e-6a4e-4f0f-9a37-0d7c1c2b3a44/picture/12/" alt="jar">'


def test_a_picture_goes_along_under_its_content_id_and_comes_back() -> None:
    clean = authored.clean(f"<p>A jar: {SHOWN}</p>")
    dressed = authored.dressed(clean, {12: "picture12.x@crepes.fr"})
    assert '<img src="cid:picture12.x@crepes.fr" style="max-width:100%" alt="jar">' in dressed
    assert authored.undressed(dressed, {"picture12.x@crepes.fr": authored.picture_path(KEY, 12)}) == clean


def test_a_picture_is_named_in_the_plain_text() -> None:
    assert authored.to_text(f"<p>A jar: {SHOWN}</p>") == "A jar: [jar]"
    assert authored.is_formatted(f"<p>{SHOWN}</p>")


def test_a_picture_that_is_not_there_is_left_out() -> None:
    assert "<img" not in authored.dressed(f"<p>{SHOWN}</p>", {13: "another"})


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<p onclick="x()" style="position:fixed" id="app" class="btn" hx-post="/x">',
        '<a href="javascript:alert(1)">',
        '<img src="https://spy.example/1.gif">',
        '<img src="/draft/6f2c1b1e-6a4e-4f0f-9a37-0d7c1c2b3a44/picture/12/../../send/" alt="=">',
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
