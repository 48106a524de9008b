"""Text for people: previews, plain letters as paragraphs, quotes, and what the eye sees of an HTML letter."""

import pytest

from mailbox.mime.letter import Letter
from mailbox.mime.text import html_to_text, plain_to_html, quote, snippet, split_quote


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>two</b>\n three</p><p>four<br>five</p>", "One two three\n\nfour\nfive"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
        ("<p>Yes.</p><blockquote>No?<blockquote>Yes?</blockquote></blockquote>So.", "Yes.\n\n> No?\n>\n> > Yes?\n\nSo."),
        ("&lt;p&gt; &amp; &nbsp;&#54588; &bogus; &#0;", "<p> & 피 &bogus; \ufffd"),
        ("a<style>p{x}</style><script>b</script><title>c</title><!-- d --><svg><text>e</text></svg>f", "af"),
        ("a < b and c > d <3", "a < b and c > d <3"),
        ("<a href='x' title='>'>a</a><img alt='<b>'>", "a"),
        ("<p title=\"</p>\">x</p", "x"),
    ],
)  # fmt: skip
def test_html_as_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>X<div>X</div>X</div>",
        "<span style='DISPLAY : none !important'>X</span>",
        "<p style='visibility:hidden'>X<p>",
        "<td style='font-size:0px'>X</td>",
        "<td style='font-size:0'>X<td>X</td>X</td>",
        "<div style='max-height:0;overflow:hidden'>X</div>",
        "<div style='mso-hide:all'>X</div>",
        "<div style='opacity:0'>X</div>",
        "<div style='position:absolute;left:-9999px'>X</div>",
        "<div style='text-indent:-5000px'>X</div>",
        "<font style='color:#fff;background-color:#FFF'>X</font>",
        "<div hidden>X</div>",
        "<style>.pre, b{display:none!important}</style><div class='a pre'>X</div>",
        "<style>/* x */ #q {visibility:hidden}</style><i id=q>X</i>",
        "<div style='display:none'>X",
    ],
)
def test_what_the_eye_does_not_see_is_dropped(hidden: str) -> None:
    assert "X" not in html_to_text(f"<p>pickle</p>{hidden}")


@pytest.mark.parametrize(
    "shown",
    [
        "<td style='font-size:0'><div style='font-size:14px'>X</div></td>",
        "<div style='display:none'>hidden</div>X",
        "<p style='display:none'>hidden<p>X",
        "<div style='opacity:0.5;max-height:100px;font-size:1em'>X</div>",
        "<style>@media print{.x{display:none}}</style><div class=x>X</div>",
        "<div style='margin-left:-5px'>X</div>",
    ],
)
def test_what_the_eye_sees_stays(shown: str) -> None:
    assert "X" in html_to_text(shown)


def test_snippet_is_what_was_newly_written() -> None:
    text = "> Do you like ketchup?\n> And pickles?\n\nYes,\nthin and   sour.\n\n-- \nBob\n"
    assert snippet(Letter(text=text)) == "Yes, thin and sour."


def test_snippet_leaves_out_the_line_that_introduces_a_quote() -> None:
    text = "Pickles, yes.\n\nOn Monday, 9 March 2026 at 17:20\nAlice <alice@crepes.fr> wrote:\n> Ketchup?\n"
    assert snippet(Letter(text=text)) == "Pickles, yes."


def test_snippet_of_nothing_but_a_quote_is_the_quote() -> None:
    assert snippet(Letter(text="> Do you like\n> ketchup?\n")) == "Do you like ketchup?"


def test_snippet_of_html_leaves_out_what_is_hidden_and_what_takes_no_room() -> None:
    html = "<div style='display:none'>Preheader</div><p>\u200c\u00ad\ufeffNew in the kitchen&zwnj;&nbsp;</p>"
    assert snippet(Letter(html=html)) == "New in the kitchen"


def test_snippet_is_one_line_of_at_most_200_characters() -> None:
    assert len(snippet(Letter(text="피클 " * 1000))) <= 200
    assert snippet(Letter()) == ""


def test_plain_letter_becomes_paragraphs() -> None:
    assert plain_to_html("One\ntwo\n\n\nthree\n") == "<p>One<br>two</p><p>three</p>"


def test_plain_letter_keeps_its_quote_levels() -> None:
    html = "<p>Yes.</p><blockquote><p>No?</p><blockquote><p>Yes?</p></blockquote></blockquote><p>So.</p>"
    assert plain_to_html("Yes.\n> No?\n> > Yes?\nSo.") == html


def test_plain_letter_is_never_markup() -> None:
    assert plain_to_html("<b>&\"'") == "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("see https://crepes.fr/menu?a=1&b=2.", "https://crepes.fr/menu?a=1&amp;b=2", "https://crepes.fr/menu?a=1&amp;b=2"),
        ("(www.crepes.fr)", "http://www.crepes.fr", "www.crepes.fr"),
        ("https://ko.example/wiki/피클_(음식)", "https://ko.example/wiki/피클_(음식)", "https://ko.example/wiki/피클_(음식)"),
        ("<bob@hamburger.edu>,", "mailto:bob@hamburger.edu", "bob@hamburger.edu"),
        ('"http://a.example/"onclick="x', "http://a.example/", "http://a.example/"),
    ],
)
def test_addresses_become_links(text: str, address: str, shown: str) -> None:
    link = f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'
    assert link in plain_to_html(text)
    assert plain_to_html(text).count("<a ") == 1


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "@bob", "a@", "1@2", "http://"]
)
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert "<a " not in plain_to_html(text)


def test_quote_is_split_from_what_was_written() -> None:
    assert split_quote("Yes.\n\nBob wrote:\n> No?\n\n> Yes?\n") == ("Yes.", "Bob wrote:\n> No?\n\n> Yes?")


@pytest.mark.parametrize("text", ["Yes.\n", "> No?\nYes.", "", "a > b\n"])
def test_letter_that_does_not_end_in_a_quote_is_whole(text: str) -> None:
    assert split_quote(text) == (text, "")


def test_forwarded_letter_is_split_off() -> None:
    assert split_quote("See below.\n\n-----Original Message-----\nFrom: x\n") == (
        "See below.",
        "-----Original Message-----\nFrom: x\n",
    )


def test_quoting_marks_every_line_and_leaves_the_signature() -> None:
    letter = Letter(text="Ketchup?\n\n> Pickles?\n\n-- \nAlice\n")
    assert quote(letter, "Alice wrote:") == "Alice wrote:\n> Ketchup?\n>\n>> Pickles?\n"


def test_quote_of_html_is_what_was_seen() -> None:
    assert quote(Letter(html="<p>Yes</p><p style='display:none'>No</p>")) == "> Yes\n"
