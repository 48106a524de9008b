"""DKIM (RFC 6376): a letter that goes straight to the world carries the signature of its author's domain. Pure.

rsa-sha256 and ed25519-sha256 (RFC 8463), relaxed/relaxed, without l=. Every header that a reader sees is signed once more
often than it stands in the letter, so none can be added on the way (section 8.15).
"""

import base64
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TypeAlias

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

SIGNED = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references", b"mime-version",
    b"content-type", b"content-transfer-encoding",
)  # fmt: skip
RSA, ED25519 = "rsa", "ed25519"
BITS = 2048  # RFC 8301 section 3.2: what signers should use
_LINE = 74  # characters of a folded line
_STRING = 255  # octets of one string of a TXT record (RFC 1035 section 3.3.14)

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r]|\r\n[ \t])*)\r\n")
_BLANKS = re.compile(rb"[ \t\r\n]+")
_WIDE = re.compile(rb"[ \t]{2,}|\t")


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of a domain: `selector`._domainkey.`domain` publishes its other half."""

    domain: str
    selector: str
    key: PrivateKey

    @property
    def algorithm(self) -> str:
        return f"{kind_of(self.key)}-sha256"

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(sha256(data).digest())  # RFC 8463 section 3


def signatures(letter: bytes, signers: Sequence[Signer], moment: int) -> bytes:
    """The DKIM-Signature fields to stand before that letter, one for each key. `letter` has CRLF everywhere."""
    head, _, body = letter.partition(b"\r\n\r\n")
    names, fields = _signed_fields(head + b"\r\n")
    body_hash = base64.b64encode(sha256(relaxed_body(body)).digest()).decode()
    return b"".join(_signature(signer, names, fields, body_hash, moment) for signer in signers)


def relaxed_body(body: bytes) -> bytes:
    """Section 3.4.4: no blanks at a line's end, one blank for many, no empty lines at the end."""
    if b"  " in body or b"\t" in body:
        body = _WIDE.sub(b" ", body)
    body = body.replace(b" \r\n", b"\r\n")
    if body.endswith(b" "):
        body = body[:-1]
    body = body.rstrip(b"\r\n")
    return body + b"\r\n" if body else b""


def make_key(kind: str) -> PrivateKey:
    return ed25519.Ed25519PrivateKey.generate() if kind == ED25519 else rsa.generate_private_key(65537, BITS)


def kind_of(key: PrivateKey) -> str:
    return RSA if isinstance(key, rsa.RSAPrivateKey) else ED25519


def pack(key: PrivateKey) -> bytes:
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return key.private_bytes(der, pkcs8, serialization.NoEncryption())


@lru_cache(maxsize=256)  # reading an RSA key costs as much as signing with it
def unpack(packed: bytes) -> PrivateKey:
    key = serialization.load_der_private_key(packed, None)
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise TypeError("A DKIM key is an RSA or an Ed25519 key.")
    return key


def record(key: PrivateKey) -> str:
    """What the TXT record says (section 3.6.1; an Ed25519 key stands there bare, RFC 8463 section 4)."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        packed = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    else:
        packed = public.public_bytes_raw()
    return f"v=DKIM1; k={kind_of(key)}; p={base64.b64encode(packed).decode()}"


def in_strings(text: str) -> str:
    """That text as a zone file has it: in strings of at most 255 octets."""
    return " ".join(f'"{text[start : start + _STRING]}"' for start in range(0, len(text), _STRING))


def _signed_fields(head: bytes) -> tuple[str, bytes]:
    """The names for h= and the fields in that order, relaxed (section 3.4.2), the last of a name first (section 5.4.2)."""
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for name, value in _FIELD.findall(head):
        found[name.lower()].append(_BLANKS.sub(b" ", value).strip())
    names = [name for name in SIGNED for _ in range(len(found[name]) + 1)]
    fields = b"".join(b"%b:%b\r\n" % (name, value) for name in SIGNED for value in reversed(found[name]))
    return b":".join(names).decode(), fields


def _signature(signer: Signer, names: str, fields: bytes, body_hash: str, moment: int) -> bytes:
    tags = [
        f"v=1; a={signer.algorithm}; c=relaxed/relaxed; t={moment};",
        f"d={signer.domain};",
        f"s={signer.selector};",
        *_folded_names(names),
        f"bh={body_hash};",
        "b=",
    ]
    unsigned = f"dkim-signature:{' '.join(tags)}".encode()
    value = base64.b64encode(signer.sign(fields + unsigned)).decode()
    pieces = [value[start : start + _LINE] for start in range(0, len(value), _LINE)]
    return b"DKIM-Signature: %b\r\n" % "\r\n ".join([*tags, *pieces]).encode()


def _folded_names(names: str) -> list[str]:
    """The h= tag in lines; blanks may stand around its colons."""
    lines: list[str] = []
    line = "h="
    for name in names.split(":"):
        if len(line) + len(name) >= _LINE:
            lines.append(line)
            line = ""
        line += f"{name}:"
    return [*lines, f"{line[:-1]};"]
