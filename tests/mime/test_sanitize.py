"""The first wall: what leaves the sanitizer holds only what the lists allow, and cleaning it again changes nothing."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.mime.sanitize import Picture, Sanitized, sanitize_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>x</a><a href=' java\tscript:alert(1)'>x</a><a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a><a href='vbscript:x'>x</a><a href='blob:x'>x</a>",
    "<a href='file:///etc'>x</a><a href='//evil'>x</a><a href='\\\\evil'>x</a>",
    "<a href='/logout'>x</a><img src='/logout'><img src='?x'>",
    "<div id=csrfmiddlewaretoken name=x class=dock hx-post=/trash data-hx-get=/ x-on:click=1 @click=1 :class=1>x</div>",
    "<template><img src=x onerror=alert(1)></template><object data=x></object><embed src=x>",
    "<iframe src=x></iframe><frameset onload=alert(1)><base href=//evil>",
    "<meta http-equiv=refresh content='0;url=//evil'><link rel=stylesheet href=//evil><link rel=dns-prefetch href=//evil>",
    "<form action=//evil><input name=q><button>b</button><textarea>t</textarea><select><option>o</select></form>",
    "<p style='position:fixed;z-index:9;top:0;margin:-9px;background:url(//evil);width:100vw;behavior:url(x)'>x</p>",
    "<p style='color:\\75rl(//evil);background-image:url(//evil);content:\"x\";-moz-binding:url(x);--x:1'>x</p>",
    "<style>p{position:fixed;background:url(//evil)} @import '//evil'; input[value^=a]{color:red}</style><p>x</p>",
    "<table background=//evil><td background=//evil><img srcset='//evil 2x' lowsrc=//evil dynsrc=//evil>",
    "<video poster=//evil><source src=//evil></video><audio src=//evil></audio><track src=//evil>",
    "<img name=getElementById><a name=x ping=//evil download>x</a><area href=//evil><map name=x></map>",
    "<!--[if gte mso 9]><img src=x onerror=alert(1)><![endif]--><?xml x?><![CDATA[<img onerror=alert(1)>]]>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
    "<a title='&quot;><img src=x onerror=alert(1)>'>x</a><img alt='`><script>alert(1)</script>'>",
]  # fmt: skip
ALLOWED_ATTRIBUTES = {
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "colspan", "color", "dir", "face", "height", "href",
    "lang", "rel", "rowspan", "size", "src", "style", "target", "title", "type", "valign", "width",
    "abbr", "span", "start", "value",
}  # fmt: skip
ALLOWED_TAGS = {
    "a",
    "b",
    "br",
    "col",
    "div",
    "font",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "table",
    "tbody",
    "td",
    "tr",
    "ul",
}


def clean(html: str, remote: Picture | None = None) -> Sanitized:
    return sanitize_html(
        html, picture=lambda content_id: f"/part/{content_id}" if content_id == "pickle@x" else None, remote=remote
    )


class Walk(HTMLParser):
    """Refuses every tag, attribute and value that is not on the list."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED_TAGS
        given = {name: value or "" for name, value in attrs}
        assert given.keys() <= ALLOWED_ATTRIBUTES
        assert re.fullmatch(r"(https?:|mailto:|tel:).*|", given.get("href", ""))
        assert re.fullmatch(r"/part/pickle@x|", given.get("src", ""))
        assert not re.search(r"[\\@]|url|position|z-index|:-|vw", given.get("style", ""))

    def handle_comment(self, data: str) -> None:
        pytest.fail("a comment came through")

    handle_decl = unknown_decl = handle_pi = handle_comment


@pytest.mark.parametrize("html", HOSTILE)
def test_only_what_is_on_the_lists_comes_through(html: str) -> None:
    Walk().feed(clean(html).html)


@pytest.mark.parametrize("html", HOSTILE)
def test_cleaning_twice_is_cleaning_once(html: str) -> None:
    once = clean(html).html
    assert clean(once).html == once


TAGS = st.sampled_from(
    [*sorted(ALLOWED_TAGS), "svg", "math", "style", "script", "form", "select", "template", "title", "noscript", "body", "h1"]
)
TEXT = st.sampled_from(["x", "<", ">", "&lt;", "&", '"', "'", "<!--", "-->", "]]>", "\0", "&#0;", "피클", "\u2028", " ", "\n"])
PIECE = st.one_of(
    TEXT, TAGS.map("<{}>".format), TAGS.map("</{}>".format), TAGS.map("<{} style='color:red' title='</p>' href=http://x>".format)
)


@given(st.lists(PIECE, max_size=30).map("".join))
def test_any_markup_settles_and_keeps_the_second_parser_honest(html: str) -> None:
    once = clean(html).html
    assert clean(once).html == once
    assert not re.search(r"<(?:script|style|svg|math|form|template|x-|!)", once)


@pytest.mark.parametrize(
    "address", ["http://a.example/?x=1&y=2", "https://a.example", "mailto:bob@hamburger.edu", "tel:+8225551234"]
)
def test_link_opens_elsewhere_and_tells_nothing(address: str) -> None:
    html = clean(f'<a href="{address.replace("&", "&amp;")}" target="_top" rel="opener">x</a>').html
    assert html == f'<a href="{address.replace("&", "&amp;")}" target="_blank" rel="noopener noreferrer nofollow">x</a>'


def test_picture_of_the_letter_is_shown_from_our_address() -> None:
    assert clean('<img src="CID:pickle%40x" alt="a pickle">') == Sanitized('<img src="/part/pickle@x" alt="a pickle">')


def test_letter_names_no_other_address_of_ours() -> None:
    assert (
        clean('<img src="/part/pickle@x"><img src="cid:pickle@x"><img src="/logout">').html
        == '<img><img src="/part/pickle@x"><img>'
    )


def test_pictures_of_others_are_blocked_and_counted() -> None:
    html = "<img src=http://a.example/1><img src='https://a.example/2'><table background=//a.example/3><p style='background:url(http://a.example/4)'>"
    assert clean(html).blocked_pictures == 4
    assert "a.example" not in clean(html).html


def test_pictures_of_others_stay_if_the_person_says_so() -> None:
    copies = {"https://a.example/2": "/copy/2", "HTTP://b.example/ü": "/copy/3"}
    for address, copy in copies.items():
        assert clean(f"<img src='{address}'>", remote=copies.get) == Sanitized(f'<img src="{copy}">')
    assert clean("<img src='https://a.example/other'>", remote=copies.get).blocked_pictures == 1
    assert clean("<img src='/copy/2'>", remote=copies.get).html == "<img>"  # an address of ours that the letter made up


def test_style_sheet_becomes_style_attributes() -> None:
    css = ".big > b, #x{font-size:20px;position:fixed} body{color:#333} b:hover{color:red}"
    html = f"<style>{css}</style><body><p class=big><b>x</b></p></body>"
    assert clean(html).html == '<div style="color:#333"><p><b style="font-size:20px">x</b></p></div>'


@pytest.mark.parametrize(
    "reference", ["<link rel=stylesheet href='file:///etc/passwd'>", "<style>@import url(file:///etc/passwd);</style>"]
)
def test_style_sheet_from_elsewhere_is_not_fetched(reference: str) -> None:
    assert clean(f"{reference}<p>x</p>").html == "<p>x</p>"


def test_newsletter_keeps_its_looks() -> None:
    cell = '<td align="center" style="padding:8px 16px"><font color="red">a</font></td>'
    html = f'<table width="600" bgcolor="#fff"><tbody><tr>{cell}</tr></tbody></table>'
    assert clean(html).html == html


def test_long_letter_is_cut_with_a_notice() -> None:
    result = clean("<p>pickle</p>" * 100_000)
    assert result.is_cut
    assert len(result.html) <= 500_010


COSTLY = {
    "deep": "<div>" * 100_000,
    "formatting": "<p><b><i>" * 50_000,
    "formatting with names": "".join(f"<b class={number}>" for number in range(30_000)),
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(60_000)) + ">",
    "tables": "<table><a>" * 50_000,
    "references": "&" * 500_000,
    "foreign": "<svg><td>" * 40_000,
    "styles": "<style>" * 70_000,
    "rules": "<style>" + "*{color:red;border:1px solid red}" * 10_000 + "</style>" + "<p>x" * 20_000,
    "selectors": "<style>" + "p p p p p{color:red}" * 500 + "</style>" + "<p><u>x</u>" * 10_000,
    "lost end tags": "<div><table></div></table>" * 20_000,
    "comments": "<!--" * 100_000,
    "comments that end at once": "<!-->" + "<div>" * 90_000,
    "comments that end oddly": "<!--->" + "<div>" * 45_000 + "<!-- --!>" + "<div>" * 45_000,
    "a quote that a title ends": "<title><a b='</title>" + "<div>" * 90_000,
    "a title that is none": "<select><title></select>" + "<div>" * 90_000,
    "a drawing that is not closed": "<svg><style><a b='</style>" + "<div>" * 90_000,
    "blanks in a selector": "<style>p" + " " * 400 + "!{color:red}</style><p>x",
    "noughts in a style": "<p style='opacity:" + "0" * 400_000 + "x'>x",
}


@pytest.mark.parametrize("name", COSTLY)
def test_costly_markup_is_shown_in_time(name: str) -> None:
    began = time.process_time()
    clean(COSTLY[name])
    assert time.process_time() - began < 2


def test_markup_too_intricate_to_check_is_shown_as_text() -> None:
    result = clean("<div>" * 90_000 + "<script>alert(1)</script>pickle")
    assert (result.html, result.is_plain) == ("<p>pickle</p>", True)
