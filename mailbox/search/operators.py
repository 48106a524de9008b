"""The words of the query language, in English and in Korean, and what their values may be. Pure."""

import re
import unicodedata

from mailbox.search.tree import FIRST_YEAR, LAST_YEAR, Age, Conversation, Fact, Field, Leaf, Size, Text, When

OR = {"OR", "또는", "|"}
FIELDS: dict[str, Field] = {"subject": "subject", "from": "from", "to": "to", "cc": "cc", "filename": "filename"}
KOREAN = {
    "from": "보낸사람",
    "to": "받는사람",
    "cc": "참조",
    "subject": "제목",
    "in": "위치",
    "label": "라벨",
    "is": "상태",
    "has": "포함",
    "filename": "파일",
    "before": "이전",
    "after": "이후",
    "on": "날짜",
    "older_than": "오래된",
    "newer_than": "최근",
    "larger": "이상",
    "smaller": "이하",
    "conversation": "대화",
}
OPERATORS = (
    {name: name for name in KOREAN} | {korean: name for name, korean in KOREAN.items()} | {"folder": "in", "file": "filename"}
)

# The first name of each is the one that is suggested; the second its Korean one.
IS = {
    "unread": ("안읽음", "읽지않음"),
    "read": ("읽음",),
    "starred": ("별표", "flagged"),
    "answered": ("답장함", "replied", "답장"),
}
HAS = {
    "attachment": ("첨부", "file", "files", "attachments", "첨부파일"),
    "pdf": ("문서",),
    "image": ("그림", "images", "사진", "이미지"),
    "invite": ("초대", "invitation", "일정"),
    "audio": ("소리",),
    "video": ("동영상",),
}
IN = {
    "inbox": ("받은편지함",),
    "sent": ("보낸편지함",),
    "drafts": ("임시보관함", "draft"),
    "archive": ("보관함",),
    "junk": ("스팸", "spam", "스팸함"),
    "trash": ("휴지통",),
    "anywhere": ("모든곳", "all", "everywhere"),
}
VALUES = {"is": IS, "has": HAS, "in": IN}

_UNITS = {"일": "d", "주": "w", "개월": "m", "달": "m", "년": "y", "days": "d", "day": "d", "weeks": "w", "week": "w"} | {
    "months": "m",
    "month": "m",
    "years": "y",
    "year": "y",
}
_DATE = re.compile(r"(\d{4})(?:[-/.년](\d{1,2})(?:[-/.월](\d{1,2})일?)?월?)?[-/.년]?")
_AGE = re.compile(r"(\d{1,5})(d|w|m|y|일|주|개월|달|년|days?|weeks?|months?|years?)")
_SIZE = re.compile(r"(\d{1,12})(?:\.(\d))?([kmg]?)b?")
_PLAIN = re.compile(r'[^\s()"]+')


class Unreadable(Exception):
    """A query that cannot be read as it stands: what kind of trouble, and with which piece."""

    def __init__(self, kind: str, piece: str) -> None:
        super().__init__(kind)
        self.kind, self.piece = kind, piece


def folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def quoted(value: str) -> str:
    """A value as it is typed: in quotes if it holds more than a word."""
    return value if _PLAIN.fullmatch(value) else '"' + value.replace('"', "") + '"'


def _named(names: dict[str, tuple[str, ...]], value: str) -> str:
    """The first name of a value that has several; empty if it is none."""
    wanted = folded(value).replace(" ", "")
    return next((name for name, others in names.items() if wanted == name or wanted in others), "")


def leaf(operator: str, value: str, *, quoted: bool = False) -> Leaf:
    """An operator and its value. Raises Unreadable for a value that it cannot have."""
    if operator in FIELDS:
        return Text(value, FIELDS[operator], phrase=quoted)
    if operator in ("before", "after", "on"):
        return _when(operator, value)
    if operator in ("older_than", "newer_than"):
        return _age(operator, value)
    if operator in ("larger", "smaller"):
        return _size(operator, value)
    if operator == "conversation":
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise Unreadable("number", value)
        return Conversation(int(value))
    return _fact(operator, value)


def _fact(operator: str, value: str) -> Fact:
    if operator == "label":
        return Fact("label", value)
    if operator == "in":
        return Fact("in", _named(IN, value) or value)
    known = _named(VALUES[operator], value)
    if not known:
        raise Unreadable(operator, value)
    return Fact("is" if operator == "is" else "has", known)


def _when(operator: str, value: str) -> When:
    found = _DATE.fullmatch(value.rstrip("."))
    if not found:
        raise Unreadable("date", value)
    when = When(operator, *(int(number or 0) for number in found.groups()))  # type: ignore[arg-type]
    try:
        if not FIRST_YEAR <= when.first.year <= LAST_YEAR or (found[2] and not when.month) or (found[3] and not when.day):
            raise ValueError
    except ValueError:
        raise Unreadable("date", value) from None
    return when


def _age(operator: str, value: str) -> Age:
    found = _AGE.fullmatch(folded(value))
    if not found:
        raise Unreadable("age", value)
    return Age(operator, int(found[1]), _UNITS.get(found[2], found[2]))  # type: ignore[arg-type]


def _size(operator: str, value: str) -> Size:
    found = _SIZE.fullmatch(folded(value))
    if not found:
        raise Unreadable("size", value)
    unit = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[found[3]]
    return Size(operator, int(found[1]) * unit + int(found[2] or 0) * unit // 10)  # type: ignore[arg-type]


def written(node: Leaf) -> str:
    """A leaf as it would be typed."""
    match node:
        case Text(text, field, phrase):
            return f"{field}:" * bool(field) + (f'"{text}"' if phrase else text)
        case Fact(kind, value):
            return f"{kind}:{quoted(value)}"
        case When(kind, year, month, day):
            return f"{kind}:{year:04}" + f"-{month:02}" * bool(month) + f"-{day:02}" * bool(day)
        case Age(kind, number, unit):
            return f"{kind}:{number}{unit}"
        case Size(kind, octets):
            return f"{kind}:{octets}"
        case Conversation(number):
            return f"conversation:{number}"
