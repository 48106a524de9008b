"""What the survey says of a letter's markup is what a parser will find, so that none is given more than it can bear."""

from html.parser import HTMLParser

import nh3
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox.mime.markup import VOID, names
from mailbox.mime.survey import survey

TAGS = names(
    "a b font div span p table tr td li ul dl dd h1 center form button option optgroup x-y nobr marquee caption rt br img pre"
)
SILENT = names("style script title textarea noscript iframe xmp select svg math object template plaintext body html")
END_EACH_OTHER = names("caption colgroup dd dt li p tbody td tfoot th thead tr")
NAME = st.sampled_from(sorted(TAGS | SILENT))
ODD = st.sampled_from(
    ["x", "<!-->", "<!--", "-->", "--!>", "<a b='", "'>", '<p title="', '">', "<![CDATA[", "]]>", "</ x>", "<?", "<"]
)
PIECE = st.one_of(NAME.map("<{}>".format), NAME.map("</{}>".format), ODD)
CLEANER = nh3.Cleaner(tags=TAGS, clean_content_tags=set(), attributes={}, link_rel=None)


class Depth(HTMLParser):
    """How deep the elements lie, those apart that end each other."""

    deepest = 0

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
            self.deepest = max(self.deepest, len([one for one in self.open if one not in END_EACH_OTHER]))

    def handle_endtag(self, tag: str) -> None:
        while self.open.pop() != tag:
            pass


@settings(max_examples=300)
@given(st.lists(PIECE, max_size=60).map("".join))
def test_tree_is_no_deeper_than_the_survey_says(html: str) -> None:
    seen = survey(html)
    tree = Depth()
    tree.feed(CLEANER.clean(seen.html))
    assert tree.deepest <= seen.depth + 4


@given(st.lists(PIECE, max_size=60).map("".join))
def test_nothing_is_left_that_is_read_by_other_rules(html: str) -> None:
    again = survey(survey(html).html)
    assert again.styles == []
    assert again.html == survey(again.html).html
