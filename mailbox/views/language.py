"""The query language for people: an example of everything, in both languages, with what it finds."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Line:
    english: str
    korean: str
    finds: Promise


LINES = (
    Line("pickles jar", "회의록 첨부", _("letters with all these words")),
    Line('"thin and sour"', '"회의록을 첨부"', _("these words in this order")),
    Line("-ketchup", "-광고", _("letters without this word")),
    Line("pickles OR relish", "회의 또는 모임", _("one word or the other")),
    Line("(dill OR onion) jar", "(회의 또는 모임) 장소", _("brackets hold together what belongs together")),
    Line("from:bob", "보낸사람:하늘", _("who wrote it: a name, an address or a part of one")),
    Line("to:camille", "받는사람:지훈", _("whom it was written to")),
    Line("cc:noor", "참조:지훈", _("who got a copy")),
    Line("subject:tasting", "제목:견적서", _("words of the subject")),
    Line("in:archive", "위치:보관함", _("where it lies; in:anywhere looks into spam and trash too")),
    Line("label:suppliers", "라벨:거래처", _("a label or a keyword")),
    Line("is:unread", "상태:안읽음", _("unread, read, starred or answered")),
    Line("has:attachment", "포함:첨부", _("attachment, pdf, image, audio, video or invite")),
    Line("filename:offer", "파일:견적서", _("the name of a file")),
    Line("before:2026-03-17", "이전:2026-03-17", _("older than that day")),
    Line("after:2026-03", "이후:2026-03", _("since the beginning of that day, month or year")),
    Line("on:2026-03-17", "날짜:2026-03-17", _("of that day, month or year")),
    Line("older_than:1y", "오래된:1년", _("older than so many days (d), weeks (w), months (m) or years (y)")),
    Line("newer_than:7d", "최근:7일", _("not older than that")),
    Line("larger:10M", "이상:10M", _("larger than that")),
    Line("smaller:500K", "이하:500K", _("smaller than that")),
)
