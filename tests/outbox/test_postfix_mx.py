"""A real Postfix as the addressee's MX: it greylists, offers little, takes only small letters, and its certificate is old."""

import shutil
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from mailbox.models import Mailbox, Outgoing
from mailbox.outbox import relay
from mailbox.outbox.rules import RULES
from mailbox.smtp.phase import Timeouts
from tests.fakes.authority import DAY, NOW, Authority
from tests.fakes.dns import serving
from tests.outbox.letters import make_due, only, post
from tests.postfix import DOMAINS, Postfix, read
from tests.real import Dovecot, own_folder

pytestmark = pytest.mark.servers

MORE = """
message_size_limit = 20000
smtpd_sasl_auth_enable = no
smtpd_discard_ehlo_keywords = pipelining, 8bitmime, chunking, dsn
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service inet:127.0.0.1:{policy}
"""


class _Greylist(socketserver.StreamRequestHandler):
    """Postfix's policy protocol: who is seen for the first time has to come again."""

    def handle(self) -> None:
        facts: dict[str, str] = {}
        while line := self.rfile.readline().decode().strip("\n"):
            name, _, value = line.partition("=")
            facts[name] = value
        seen = self.server.seen
        known = facts.get("recipient", "") in seen
        seen.add(facts.get("recipient", ""))
        self.wfile.write(f"action={'DUNNO' if known else '451 4.7.1 Greylisted, come back later'}\n\n".encode())


@pytest.fixture(scope="module")
def greylist() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Greylist) as server:
        server.seen = set()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class OldPostfix(Postfix):
    policy = 0

    def more(self) -> dict[str, str]:
        paper = Authority(self.root).issue("x.example", until=NOW - DAY)
        return read(MORE.format(certificate=paper.certificate, key=paper.key, policy=self.policy))


@pytest.fixture(scope="module")
def mx(dovecot: Dovecot, greylist: socketserver.ThreadingTCPServer) -> Iterator[Postfix]:
    OldPostfix.policy = greylist.server_address[1]
    root = own_folder()
    try:
        server = OldPostfix(root, dovecot)
        yield server
        server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(autouse=True)
def names(settings: Settings) -> Iterator[None]:
    zone = {**{domain: ["10 mx.hamburger.edu."] for domain in DOMAINS}, "mx.hamburger.edu": {"A": ["127.0.0.1"]}}
    with serving(zone) as server:
        settings.DNS_SERVERS = [server.server]
        yield


def deliver(outgoing: Outgoing, mx: Postfix) -> Outgoing:
    """Its attempts and the server's log are printed, which shows them beside a failure."""
    make_due(outgoing)
    relay.deliver(outgoing.pk, replace(RULES, port=mx.smtp, timeouts=Timeouts(greeting=20, ehlo=20, starttls=20)))
    print(*outgoing.attempts.values(), mx.log(), sep="\n")
    return outgoing


def test_e31_greylisted_first_taken_then(alices: Mailbox, mx: Postfix, dovecot: Dovecot) -> None:
    bob = dovecot.newcomer()
    outgoing = deliver(post(alices, bob), mx)
    assert (only(outgoing).state, only(outgoing).enhanced) == ("deferred", "4.7.1")
    assert only(deliver(outgoing, mx)).state == "sent"
    dovecot.wait_for_letters(bob, 1)


def test_e37_an_expired_certificate_is_better_than_none(alices: Mailbox, mx: Postfix, dovecot: Dovecot) -> None:
    outgoing = deliver(post(alices, dovecot.newcomer()), mx)
    assert outgoing.attempts.get().tls.endswith("certificate not verified")


def test_e39_a_letter_that_is_too_large_is_refused_without_a_transfer(alices: Mailbox, mx: Postfix, dovecot: Dovecot) -> None:
    outgoing = deliver(post(alices, dovecot.newcomer(), text="점심 " * 10_000), mx)
    assert only(outgoing).state == "failed"
    assert "takes at most 20,000" in only(outgoing).trouble


def test_e39_nothing_that_is_not_offered_is_used(alices: Mailbox, mx: Postfix, dovecot: Dovecot) -> None:
    outgoing = deliver(post(alices, dovecot.newcomer()), mx)
    said = [line[2] for line in outgoing.attempts.get().dialogue if line[1] == "C"]
    assert any("MAIL FROM" in line for line in said)
    assert not any("BODY=" in line for line in said)
