"""The direct way under a policy: the letter goes to a host that has proven itself, or it waits and says why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import dns.rcode
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from pytest_django.fixtures import Settings

from mailbox.models import Mailbox, Outgoing, Site, StsPolicy
from mailbox.outbox import policies, relay, ways
from mailbox.outbox.rules import Rules
from mailbox.wire import Guard
from tests.fakes.authority import DAY, NOW, Authority, Paper
from tests.fakes.dns import NameServer, serving
from tests.fakes.https import POLICY, Web, webbing
from tests.fakes.smtp_script import scripted
from tests.outbox.letters import HASTY, make_due, only, post
from tests.smtp.scripts import BYE, TO_THE_DOT
from tests.smtp.test_proof import DISTRUSTED, HOST, SECURED

LETTER = TO_THE_DOT + "S: 250 ok\n" + BYE
IN_THE_CLEAR = "S: 220 mx\nC: EHLO *\nS: 250 mx\n"
UNTRUSTED = DISTRUSTED.replace("\nTLS\n", "\nTLS FAILS\n")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(settings: Settings) -> Iterator[NameServer]:
    zone = {
        "hamburger.edu": [f"10 {HOST}."],
        HOST: {"A": ["127.0.0.1"]},
        "_mta-sts.hamburger.edu": {"TXT": ['"v=STSv1\\; id=1"']},
        "mta-sts.hamburger.edu": {"A": ["127.0.0.1"]},
    }
    with serving(zone) as server:
        settings.DNS_SERVERS = [server.server]
        yield server


@pytest.fixture
def web(authority: Authority) -> Iterator[Web]:
    with webbing(authority.issue("mta-sts.hamburger.edu").server()) as web:
        yield web


@pytest.fixture
def rules(authority: Authority, web: Web) -> Rules:
    return replace(HASTY, https_port=web.port, trust=authority.trust(), timeouts=replace(HASTY.timeouts, starttls=5))


def carried(mailbox: Mailbox, rules: Rules, script: str, paper: Paper, outgoing: Outgoing | None = None) -> Outgoing:
    outgoing = outgoing or post(mailbox)
    make_due(outgoing)
    with scripted(script, tls=paper.server()) as host:
        relay.deliver(outgoing.pk, replace(rules, port=host.port))
    return outgoing


def test_e37_an_enforced_policy_and_a_good_certificate(
    alices: Mailbox, server: NameServer, rules: Rules, authority: Authority
) -> None:
    outgoing = carried(alices, rules, SECURED + LETTER, authority.issue(HOST))
    assert only(outgoing).state == "sent"
    assert outgoing.attempts.get().tls.endswith("certificate verified (MTA-STS)")


BAD = {"expired": (HOST, NOW - DAY, "has expired"), "for another name": ("x.example", NOW + DAY, "is for another name")}


@pytest.mark.parametrize("fault", BAD)
def test_e37_an_enforced_policy_and_a_bad_certificate(
    fault: str, alices: Mailbox, server: NameServer, rules: Rules, authority: Authority
) -> None:
    name, until, words = BAD[fault]
    outgoing = carried(alices, rules, UNTRUSTED, authority.issue(name, until=until))
    assert only(outgoing).state == "deferred"
    assert words in only(outgoing).trouble
    assert "(MTA-STS)" in only(outgoing).trouble


def test_e37_an_enforced_policy_and_no_starttls(alices: Mailbox, server: NameServer, rules: Rules, authority: Authority) -> None:
    outgoing = carried(alices, rules, IN_THE_CLEAR, authority.issue(HOST))
    assert (only(outgoing).state, "STARTTLS" in only(outgoing).trouble) == ("deferred", True)


def test_e37_a_host_that_the_policy_does_not_name(alices: Mailbox, server: NameServer, rules: Rules, web: Web) -> None:
    web.text = POLICY.replace(HOST, "mx.elsewhere.example")
    outgoing = post(alices)
    relay.deliver(outgoing.pk, rules)
    assert only(outgoing).state == "deferred"
    assert f"does not name {HOST}" in only(outgoing).trouble
    assert not Site.objects.exclude(failures=0).exists()  # its hosts take letters for others, and are well


@pytest.mark.parametrize("mode", ["testing", "none"])
def test_e37_t67_a_policy_that_is_only_tested_stops_nothing(
    mode: str, alices: Mailbox, server: NameServer, rules: Rules, web: Web, authority: Authority
) -> None:
    web.text = POLICY.replace("enforce", mode).replace(HOST, "mx.elsewhere.example")
    assert only(carried(alices, rules, IN_THE_CLEAR + LETTER, authority.issue(HOST))).state == "sent"


def test_e37_without_a_policy_a_bad_certificate_is_better_than_none(
    alices: Mailbox, server: NameServer, rules: Rules, authority: Authority
) -> None:
    del server.zone["_mta-sts.hamburger.edu"]
    outgoing = carried(alices, rules, SECURED + LETTER, authority.issue("x.example", until=NOW - DAY))
    assert outgoing.attempts.get().tls.endswith("certificate not verified")


def test_a_host_whose_tls_is_broken_is_not_asked_for_it_again_within_the_hour(
    alices: Mailbox, server: NameServer, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "_broken", {})
    del server.zone["_mta-sts.hamburger.edu"]
    offering = "S: 220 mx\nC: EHLO *\nS: 250-mx\nS: 250 STARTTLS\n"
    with scripted(offering + "C: STARTTLS\nS: 220 go\nCLOSE", offering + LETTER, offering + LETTER) as host:
        for _ in range(2):
            outgoing = post(alices)
            relay.deliver(outgoing.pk, replace(rules, port=host.port))
            assert only(outgoing).state == "sent"
    remarks = [line[2] for line in outgoing.attempts.get().dialogue if line[1] == "!"]
    assert any("TLS failed with this host within the last hour" in remark for remark in remarks)


def of(server: NameServer, rules: Rules) -> object:
    guard = Guard(("127.0.0.0/8",), look_up=server.names.look_up)
    return policies.of("hamburger.edu", server.names, guard, rules)


@pytest.mark.django_db
def test_a_policy_is_fetched_once_until_its_id_changes(server: NameServer, rules: Rules, web: Web) -> None:
    of(server, rules)
    of(server, rules)
    server.zone["_mta-sts.hamburger.edu"] = {"TXT": ['"v=STSv1\\; id=2"']}
    of(server, rules)
    assert len(web.asked) == 2


@pytest.mark.django_db
def test_a_policy_that_is_known_outlives_whoever_cuts_the_line(server: NameServer, rules: Rules, web: Web) -> None:
    known = of(server, rules)
    web.status = 500
    for silence in ({"TXT": ['"v=STSv1\\; id=3"']}, {}, dns.rcode.SERVFAIL):
        server.zone["_mta-sts.hamburger.edu"] = silence
        assert of(server, rules) == known


@pytest.mark.django_db
def test_a_policy_that_has_expired_binds_nobody(server: NameServer, rules: Rules, web: Web) -> None:
    of(server, rules)
    web.status = 500
    StsPolicy.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert of(server, rules) is None


@pytest.mark.django_db
def test_a_policy_that_cannot_be_fetched_is_asked_for_again_after_a_while(server: NameServer, rules: Rules, web: Web) -> None:
    web.status = 500
    of(server, rules)
    of(server, rules)
    assert len(web.asked) == 1
    StsPolicy.objects.update(tried_at=timezone.now() - policies.AGAIN)
    of(server, rules)
    assert len(web.asked) == 2


def test_e37_dane_comes_before_mta_sts(alices: Mailbox, server: NameServer, rules: Rules, web: Web, authority: Authority) -> None:
    paper = authority.issue("x.example")  # MTA-STS would not have it
    key = x509.load_pem_x509_certificate(paper.certificate.read_bytes()).public_key()
    digest = sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    outgoing = post(alices)
    with scripted(SECURED + LETTER, tls=paper.server()) as host:
        name = f"_{host.port}._tcp.{HOST}"
        server.zone[name] = {"TLSA": [f"3 1 1 {digest}"]}
        server.secure.update({"hamburger.edu", HOST, name})
        relay.deliver(outgoing.pk, replace(rules, port=host.port))
    assert outgoing.attempts.get().tls.endswith("certificate verified (DANE)")


def test_e37_a_letter_that_waits_for_protection_is_never_sent_without(
    alices: Mailbox, server: NameServer, rules: Rules, authority: Authority
) -> None:
    paper = authority.issue(HOST, until=NOW - DAY)
    outgoing = carried(alices, rules, UNTRUSTED, paper)
    carried(alices, rules, UNTRUSTED, paper, outgoing)
    assert only(outgoing).state == "deferred"
    assert only(carried(alices, rules, SECURED + LETTER, authority.issue(HOST), outgoing)).state == "sent"
