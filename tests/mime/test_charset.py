"""Labels mean what the WHATWG Encoding Standard says, and a wrong or missing one does not make a letter unreadable."""

import codecs

import pytest

from mailbox.mime.charset import codec_of, decode, decode_raw
from mailbox.mime.labels import CODECS


def test_every_label_has_a_codec() -> None:
    for codec in set(CODECS.values()):
        codecs.lookup(codec)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("EUC-KR", "cp949"), ("ks_c_5601-1987", "cp949"), ("KS_C_5601-1989", "cp949"), ("windows-949", "cp949"), ("uhc", "cp949"),
        ("GB2312", "gb18030"), ("x-gbk", "gb18030"), ("windows-31j", "cp932"), ("shift-jis", "cp932"), ("iso-8859-1", "cp1252"),
        ("us-ascii", "cp1252"), ("windows-874", "cp874"), ("iso-8859-8-i", "iso8859-8"), ("utf8", "utf-8"), ("'utf-8'", "utf-8"),
        ("UTF-8;", "utf-8"), ("iso_8859_1", "cp1252"), ("unicode-1-1-utf-7", "utf-7"), ("rot13", ""), ("zlib", ""), ("", ""),
    ],
)  # fmt: skip
def test_label_means_what_the_web_means(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1", "utf-8", "windows-1252", "x-unknown", "rot13"])
@pytest.mark.parametrize(
    "text", ["회의 일정 안내입니다", "똠방각하 펲시콜라", "[광고] 특가!", "안녕하세요, bob님. 피클 3개와 ketchup 2병"]
)
def test_t45_korean_is_read_under_a_wrong_label(label: str, text: str) -> None:
    assert decode(text.encode("cp949"), label) == text
    assert decode(text.encode("utf-8"), label) == text


@pytest.mark.parametrize(
    "text", ["Café à la crème", "Ähnliche Größe", "naïve résumé", "Año español", "“smart” – quotes…", "£10 ±½°C", "ÄÖÜ äöü ß"]
)
@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1", "utf-8"])
def test_western_text_does_not_turn_korean(text: str, label: str) -> None:
    assert decode(text.encode("cp1252"), label) == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("关于放假安排的通知", "gbk"),
        ("會議通知請各位同事參加", "big5"),
        ("お世話になっております", "cp932"),
        ("明日の会議の件", "euc-jp"),
        ("Приглашаем вас на встречу", "cp1251"),
        ("Приглашаем вас на встречу", "koi8-r"),
        ("Ελληνικά κείμενο", "cp1253"),
        ("שלום עולם", "cp1255"),
        ("สวัสดีครับ", "cp874"),
        ("مرحبا بالعالم", "cp1256"),
        ("Příliš žluťoučký kůň", "cp1250"),
    ],
)
def test_other_scripts_do_not_turn_korean(text: str, codec: str) -> None:
    assert not any("가" <= character <= "힣" for character in decode(text.encode(codec)))
    assert decode(text.encode(codec), codec) == text


def test_raw_header_takes_the_hint_of_the_body() -> None:
    assert decode_raw("Привет".encode("koi8-r"), "koi8-r") == "Привет"
    assert decode_raw("Привет".encode(), "koi8-r") == "Привет"


def test_raw_header_is_never_utf_16() -> None:
    assert decode_raw("회의 일정".encode("cp949"), "utf-16") == "회의 일정"


def test_byte_order_mark_wins() -> None:
    assert decode("\ufeff피클".encode(), "iso-8859-1") == "피클"
    assert decode("피클".encode("utf-16"), "utf-8") == decode("피클".encode("utf-16-be"), "utf-16be") == "피클"


def test_utf_16_that_is_none() -> None:
    assert decode("<p>피클</p>".encode(), "unicode") == "<p>피클</p>"


def test_utf_7_only_when_it_is_declared() -> None:
    assert decode(b"+ADw-", "utf-7") == "<"
    assert decode(b"+ADw-") == "+ADw-"
    decode(b"+2AA-x+3AA-", "utf-7").encode()


def test_shift_in_and_out_without_a_designator() -> None:
    assert decode(b"\x0e0!3*\x0f ok", "iso-2022-kr") == "가나 ok"


@pytest.mark.parametrize("text", ["①②㈱", "髙﨑", "Ⅳ№"])
def test_japanese_of_vendors(text: str) -> None:
    assert decode(text.encode("cp932"), "shift_jis") == text


def test_nothing_that_a_database_refuses() -> None:
    assert decode(b"a\0b") == decode(b"\0a\0\0\0b", "utf-16be").replace("a\0", "a") == "a\ufffdb"
