"""A certificate authority for tests: good certificates, and each kind of bad one."""

import datetime
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _subject(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


@dataclass(frozen=True)
class Paper:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    """Issues certificates into a folder; `trust()` is a client that believes in them."""

    def __init__(self, folder: Path, name: str = "Test Authority") -> None:
        self.folder = folder
        self.name = _name(name)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = folder / "root.pem"
        self.root.write_bytes(self._sign(self.name, self.key.public_key(), [], NOW + DAY, ca=True))

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.root))

    def issue(self, *hosts: str, until: datetime.datetime = NOW + DAY) -> Paper:
        key = ec.generate_private_key(ec.SECP256R1())
        stem = f"{hosts[0]}-{until:%Y%m%d}".replace(":", "_")
        paper = Paper(self.folder / f"{stem}.pem", self.folder / f"{stem}.key")
        paper.certificate.write_bytes(self._sign(_name(hosts[0]), key.public_key(), list(hosts), until))
        paper.key.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return paper

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, hosts: list[str], until: datetime.datetime, *, ca: bool = False
    ) -> bytes:
        builder = x509.CertificateBuilder(self.name, subject, key, x509.random_serial_number(), NOW - 30 * DAY, until)
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_subject(host) for host in hosts]), critical=False)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
