"""What a host must prove before it is given a letter: that its domain named it, by DANE (RFC 7672) or MTA-STS (RFC 8461).

Without either the direct way takes TLS if it is offered, from whoever answers, and goes in the clear if not (RFC 7435).
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256, sha512
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from mailbox.smtp.names import Names, NoSuchName
from mailbox.wire import Refused, TryLater, default_trust

_SPKI, _WHOLE = 1, 0
_ANCHOR, _LEAF = 2, 3  # DANE-TA, DANE-EE: the usages that mail knows (RFC 7672 section 3.1)


class Unproven(TryLater):
    """The letter waits: it is not given to a host that does not prove what its domain demands."""


class Source(StrEnum):
    DANE = "DANE"
    STS = "MTA-STS"


class Tlsa(NamedTuple):
    """RFC 6698 section 2.1."""

    usage: int
    selector: int
    matching: int
    data: bytes

    def names(self, certificate: x509.Certificate) -> bool:
        """Whether it is this certificate."""
        if self.selector == _WHOLE:
            data = certificate.public_bytes(Encoding.DER)
        else:
            data = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return self.data == {0: data, 1: sha256(data).digest(), 2: sha512(data).digest()}[self.matching]


@dataclass(frozen=True, slots=True)
class Proof:
    """`records`: the usable TLSA records; DANE with none of them wants TLS from whomever (RFC 7672 section 2.2)."""

    source: Source
    records: tuple[Tlsa, ...] = ()

    def trust(self, trust: ssl.SSLContext | None) -> ssl.SSLContext:
        """What the handshake goes by. OpenSSL in Python knows no DANE, so there the certificate is looked at afterwards."""
        return without_proof() if self.source is Source.DANE else trust or default_trust()

    def check(self, line: ssl.SSLSocket, host: str) -> str:
        """After the handshake: how the host proved itself, in words. Raises Refused."""
        if self.source is Source.STS:
            return f"certificate verified ({self.source})"
        if not self.records:
            return f"certificate not verified ({self.source} without usable records)"
        if not any(_proves(record, line, host) for record in self.records):
            raise Refused(f"The certificate of {host} is not the one that DNS names.")
        return f"certificate verified ({self.source})"


@cache
def without_proof() -> ssl.SSLContext:
    """TLS against listeners only: MX hosts seldom have a certificate for the name they are found by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def dane(host: str, port: int, names: Names) -> Proof | None:
    """What DNS demands of a host that a secure MX record names; None if it demands nothing.

    The addresses are asked for first: a name server that breaks on TLSA does not know DNSSEC either (RFC 7672 section
    2.2.2). Raises TryLater where the answer is bogus or missing: then nobody may say that there is no demand."""
    if not names.validates or not names.addresses(host)[1]:
        return None
    try:
        answer = names.ask(f"_{port}._tcp.{host}", "TLSA")
    except NoSuchName:
        return None
    if not answer.secure or not answer.records:
        return None
    found = [Tlsa(one.usage, one.selector, one.mtype, bytes(one.cert)) for one in answer.records]
    return Proof(Source.DANE, tuple(one for one in found if _is_usable(one)))


def _is_usable(record: Tlsa) -> bool:
    return record.usage in {_ANCHOR, _LEAF} and record.selector in {_WHOLE, _SPKI} and record.matching in {0, 1, 2}


def _proves(record: Tlsa, line: ssl.SSLSocket, host: str) -> bool:
    """The leaf itself, whatever its name and dates (section 3.1.1), or an authority that vouches for the leaf."""
    leaf, *above = _chain(line)
    if record.usage == _LEAF:
        return record.names(leaf)
    return any(_vouches(anchor, leaf, above, host) for anchor in above if record.names(anchor))


def _vouches(anchor: x509.Certificate, leaf: x509.Certificate, between: list[x509.Certificate], host: str) -> bool:
    """Private authorities write sparse certificates: chain, dates, signatures and the name are what counts."""
    anything = ExtensionPolicy.permit_all()
    named = anything.require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    signing = anything.require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    policy = PolicyBuilder().store(Store([anchor])).time(datetime.now(UTC))
    policy = policy.extension_policies(ca_policy=signing, ee_policy=named)
    try:
        policy.build_server_verifier(x509.DNSName(host)).verify(leaf, between)
    except VerificationError:
        return False
    return True


def _chain(line: ssl.SSLSocket) -> list[x509.Certificate]:
    """What the host sent; before Python 3.13 only the inner object tells."""
    if hasattr(line, "get_unverified_chain"):
        return [x509.load_der_x509_certificate(data) for data in line.get_unverified_chain()]
    inner = line._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
    return [x509.load_pem_x509_certificate(one.public_bytes().encode()) for one in inner]
