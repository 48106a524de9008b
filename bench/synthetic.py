"""Letters to measure with, the same ones on every machine: 60 % Korean, 17 % with attachments, some 50 KB on average."""

import base64
import quopri
import random
from collections.abc import Iterator
from email.utils import formatdate
from urllib.parse import quote

ENGLISH = "the kitchen menu pickle ketchup order delivery tomorrow terrace jars mustard invoice meeting please thanks sour slice"
KOREAN = (
    "회의 일정 피클 케첩 주문 배송 내일 옥상 병 겨자 견적 부탁드립니다 감사합니다 안녕하세요 얇게 접시 비용 첨부 확인 바랍니다"
)
WORDS = {"en": ENGLISH.split(), "ko": KOREAN.split()}
NAMES = {"en": ["Alice Martin", "Bob Marlow", "Camille Roux", "Theo Petit"], "ko": ["김철수", "박영희", "이민준", "최서연"]}
KINDS = [("application/pdf", "pdf"), ("image/jpeg", "jpg"), ("application/zip", "zip"), ("application/x-hwp", "hwp")]


def letters(number: int, seed: int = 7, slim: float = 1.0) -> list[bytes]:
    """That many letters; the same seed gives the same bytes. `slim`: so much of the usual length."""
    dice = random.Random(seed)
    noise = dice.randbytes(300_000)
    return [_letter(dice, index, noise, slim) for index in range(number)]


def _letter(dice: random.Random, index: int, noise: bytes, slim: float) -> bytes:
    language = "ko" if dice.random() < 0.6 else "en"
    charset = dice.choice(["utf-8", "utf-8", "utf-8", "euc-kr"]) if language == "ko" else "utf-8"
    boundary = f"----=_Part_{index}_{dice.getrandbits(40):x}"
    parts = [_text(dice, language, charset, slim)]
    kind = "mixed"
    if dice.random() < 0.17:
        parts += [_file(dice, language, noise, slim) for _ in range(dice.choice([1, 1, 2]))]
    elif dice.random() < 0.7:
        parts.append(_html(dice, language, charset, slim))
        kind = "alternative"
    head = "\r\n".join(_header(dice, index, language, charset)).encode()
    if len(parts) == 1:
        return head + b"\r\n" + parts[0]
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return (
        head
        + f'\r\nContent-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode()
        + body
        + f"--{boundary}--\r\n".encode()
    )


def _header(dice: random.Random, index: int, language: str, charset: str) -> Iterator[str]:
    sender, receiver = dice.sample(NAMES[language], 2)
    for hop in range(3):
        yield f"Received: from mx{hop}.example.net (mx{hop}.example.net [192.0.2.{hop}])"
        yield f"\tby mail.example.com (Postfix) with ESMTPS id {index:010X}"
        yield f"\tfor <bob@hamburger.edu>; {formatdate(1_770_000_000 + index)}"
    yield (
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;\r\n\th=from:to:subject:date; bh="
        + "A" * 43
        + "=;"
    )
    yield "\tb=" + "\r\n\t ".join(["Q" * 64] * 5)
    yield "Authentication-Results: mail.example.com; dkim=pass header.d=example.com; spf=pass smtp.mailfrom=example.com"
    yield f"Date: {formatdate(1_770_000_000 + index * 60)}"
    yield f"From: {_words(sender, charset)} <user{index % 50}@example.com>"
    yield ",\r\n\t".join(
        [f"To: {_words(receiver, charset)} <bob@hamburger.edu>", *[f"user{n}@example.org" for n in range(dice.randint(0, 4))]]
    )
    yield f"Subject: {_words(_sentence(dice, language, 7), charset)}"
    yield f"Message-ID: <{index}.{dice.getrandbits(48):x}@example.com>"
    yield "References: " + "\r\n ".join(f"<{index - n}.{n}@example.com>" for n in range(1, dice.randint(2, 8)))
    yield "X-Mailer: Microsoft Outlook 16.0"
    yield "MIME-Version: 1.0"


def _sentence(dice: random.Random, language: str, words: int) -> str:
    return " ".join(dice.choices(WORDS[language], k=words))


def _words(text: str, charset: str) -> str:
    """RFC 2047 in words of a line each."""
    if text.isascii():
        return text
    pieces = [text[start : start + 12] for start in range(0, len(text), 12)]
    return "\r\n ".join(f"=?{charset}?B?{base64.b64encode(piece.encode(charset)).decode()}?=" for piece in pieces)


def _encoded(text: str, language: str, charset: str, content_type: str) -> bytes:
    raw = text.encode(charset)
    encoding = "base64" if language == "ko" else "quoted-printable"
    body = base64.encodebytes(raw) if language == "ko" else quopri.encodestring(raw)
    head = f'Content-Type: {content_type}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + body.replace(b"\n", b"\r\n")


def _text(dice: random.Random, language: str, charset: str, slim: float) -> bytes:
    lines = [_sentence(dice, language, 10) for _ in range(round(dice.randint(3, 60) * slim))]
    return _encoded("\r\n".join(lines), language, charset, "text/plain")


def _html(dice: random.Random, language: str, charset: str, slim: float) -> bytes:
    style = "padding:16px 24px;font-family:Arial,sans-serif;color:#333333"
    cell = f'<tr><td align="left" style="{style}"><a href="https://example.com/{{}}">{{}}</a></td></tr>'
    rows = [cell.format(dice.getrandbits(200), _sentence(dice, language, 12)) for _ in range(round(dice.randint(20, 220) * slim))]
    return _encoded(f"<html><body><table>{''.join(rows)}</table></body></html>", language, charset, "text/html")


def _file(dice: random.Random, language: str, noise: bytes, slim: float) -> bytes:
    kind, ending = dice.choice(KINDS)
    name = f"{_sentence(dice, language, 2)}.{ending}"
    size = round(dice.randint(10_000, 200_000) * slim)
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    head += f"Content-Disposition: attachment;\r\n filename*=UTF-8''{quote(name)}\r\n\r\n"
    start = dice.randint(0, len(noise) - size)
    return head.encode() + base64.encodebytes(noise[start : start + size]).replace(b"\n", b"\r\n")
