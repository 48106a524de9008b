"""DANE: the certificate is the one that DNS names, or the letter waits."""

import datetime
import ssl
from collections.abc import Iterator
from hashlib import sha256, sha512
from pathlib import Path

import dns.rcode
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mailbox.smtp.client import SmtpClient
from mailbox.smtp.names import Names
from mailbox.smtp.proof import Unproven, dane
from mailbox.wire import Endpoint, Guard, TryLater
from tests.fakes.authority import DAY, NOW, Authority, Paper
from tests.fakes.dns import NameServer, serving
from tests.fakes.smtp_script import scripted
from tests.smtp.scripts import BYE

HOST = "mx.hamburger.edu"
SECURED = """
S: 220 mx.hamburger.edu
C: EHLO *
S: 250-mx.hamburger.edu
S: 250 STARTTLS
C: STARTTLS
S: 220 go
TLS
C: EHLO *
S: 250 mx.hamburger.edu
"""
DISTRUSTED = SECURED.partition("C: EHLO *\nS: 250 mx")[0]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server() -> Iterator[NameServer]:
    with serving({HOST: {"A": ["127.0.0.1"]}}) as server:
        server.secure.update({HOST})
        yield server


def parts(pem: Path) -> tuple[bytes, bytes]:
    """The certificate, and its key alone."""
    certificate = x509.load_pem_x509_certificate(pem.read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_bytes(Encoding.DER), key


def demand(server: NameServer, port: int, *records: str) -> Names:
    name = f"_{port}._tcp.{HOST}"
    server.zone[name] = {"TLSA": list(records)}
    server.secure.add(name)
    return server.names


def with_chain(authority: Authority, paper: Paper) -> ssl.SSLContext:
    both = paper.certificate.with_suffix(".chain")
    both.write_bytes(paper.certificate.read_bytes() + authority.root.read_bytes())
    return Paper(both, paper.key).server()


def reached(tls: ssl.SSLContext, server: NameServer, script: str, *records: str) -> str:
    """How the line is protected."""
    with scripted(script, tls=tls) as host:
        proof = dane(HOST, host.port, demand(server, host.port, *records))
        guard = Guard(("127.0.0.0/8",), look_up=server.names.look_up)
        with SmtpClient.connect(Endpoint("direct", HOST, host.port), guard, name="crepes.fr", proof=proof) as client:
            return client.tls


def records_of(authority: Authority, paper: Paper) -> dict[str, str]:
    (leaf, key), (root, root_key) = parts(paper.certificate), parts(authority.root)
    return {
        "3 1 1": f"3 1 1 {sha256(key).hexdigest()}",
        "3 0 1": f"3 0 1 {sha256(leaf).hexdigest()}",
        "3 1 2": f"3 1 2 {sha512(key).hexdigest()}",
        "3 0 0": f"3 0 0 {leaf.hex()}",
        "2 0 1": f"2 0 1 {sha256(root).hexdigest()}",
        "2 1 1": f"2 1 1 {sha256(root_key).hexdigest()}",
    }


@pytest.mark.parametrize("kind", ["3 1 1", "3 0 1", "3 1 2", "3 0 0", "2 0 1", "2 1 1"])
def test_e37_a_certificate_that_dns_names(kind: str, authority: Authority, server: NameServer) -> None:
    paper = authority.issue(HOST)
    record = records_of(authority, paper)[kind]
    assert "verified (DANE)" in reached(with_chain(authority, paper), server, SECURED + BYE, record)


def test_e37_a_leaf_that_is_named_may_be_old_and_for_another_name(authority: Authority, server: NameServer) -> None:
    paper = authority.issue("other.example", until=NOW - DAY)
    assert "verified (DANE)" in reached(paper.server(), server, SECURED + BYE, records_of(authority, paper)["3 1 1"])


BAD = {"expired": ("mx.hamburger.edu", NOW - DAY), "for another name": ("other.example", NOW + DAY)}


@pytest.mark.parametrize("fault", BAD)
def test_e37_an_authority_vouches_only_for_good_leaves(fault: str, authority: Authority, server: NameServer) -> None:
    name, until = BAD[fault]
    paper = authority.issue(name, until=until)
    with pytest.raises(Unproven, match="not the one that DNS names"):
        reached(with_chain(authority, paper), server, DISTRUSTED, records_of(authority, paper)["2 0 1"])


def test_e37_another_certificate(authority: Authority, server: NameServer) -> None:
    with pytest.raises(Unproven, match=r"demanded \(DANE\).*not the one that DNS names"):
        reached(authority.issue(HOST).server(), server, DISTRUSTED, f"3 1 1 {'00' * 32}")


def test_e37_one_of_several_records_is_enough(authority: Authority, server: NameServer) -> None:
    paper = authority.issue(HOST)
    records = (f"3 1 1 {'00' * 32}", records_of(authority, paper)["3 1 1"])
    assert "DANE" in reached(paper.server(), server, SECURED + BYE, *records)


def test_e37_records_that_nobody_can_use_demand_tls_alone(authority: Authority, server: NameServer) -> None:
    tls = authority.issue("x.example", until=NOW - datetime.timedelta(days=1)).server()
    assert "not verified (DANE" in reached(tls, server, SECURED + BYE, f"1 1 1 {'00' * 32}")


def test_e37_no_starttls_no_letter(authority: Authority, server: NameServer) -> None:
    stripped = "S: 220 mx\nC: EHLO *\nS: 250 mx"
    with pytest.raises(Unproven, match="does not offer STARTTLS"):
        reached(authority.issue(HOST).server(), server, stripped, f"3 1 1 {'00' * 32}")


def test_e37_a_bogus_answer_is_no_permission(server: NameServer) -> None:
    server.zone[f"_25._tcp.{HOST}"] = dns.rcode.SERVFAIL
    with pytest.raises(TryLater):
        dane(HOST, 25, server.names)


@pytest.mark.parametrize("insecure", [HOST, f"_25._tcp.{HOST}"], ids=["address", "TLSA"])
def test_what_dnssec_does_not_vouch_for_demands_nothing(insecure: str, server: NameServer) -> None:
    names = demand(server, 25, f"3 1 1 {'00' * 32}")
    server.secure.discard(insecure)
    assert dane(HOST, 25, names) is None


def test_t68_tlsa_is_asked_for_only_where_the_address_is_secure(server: NameServer) -> None:
    server.secure.clear()
    assert dane(HOST, 25, server.names) is None
    assert not [kind for _, kind in server.asked if kind == "TLSA"]


def test_a_resolver_far_away_vouches_for_nothing() -> None:
    assert not Names.at(["192.0.32.7"]).validates
    assert not Names.at(["127.0.0.1", "192.0.32.7"]).validates
    assert Names.at(["127.0.0.1:5300"]).validates
    assert Names.at(["[::1]:53"]).validates
