"""Domains that the same hosts take letters for share slots, feedback and the pause for the dead."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from mailbox.models import Destination, Mailbox, Site
from mailbox.outbox import claims, posting, relay, sites, ways
from mailbox.outbox.rules import RULES
from tests.fakes.dns import NameServer, serving
from tests.outbox.letters import make_due, only, post

ONE_EACH = replace(RULES, at_once=1)
DOMAINS = ("hamburger.edu", "pizza.example")
HOSTS = ["10 mx1.hoster.example.", "10 mx2.hoster.example."]


@pytest.fixture
def server(settings: Settings) -> Iterator[NameServer]:
    with serving(dict.fromkeys(DOMAINS, HOSTS)) as server:
        settings.DNS_SERVERS = [server.server]
        yield server


@pytest.fixture
def met(db: None, server: NameServer) -> None:
    for domain in DOMAINS:
        sites.meet(domain)


def test_two_domains_share_the_slots_of_their_hosts(alices: Mailbox, met: None) -> None:
    for domain in DOMAINS * 2:
        post(alices, f"bob@{domain}")
    claimed = [claims.claim(domain, ONE_EACH) for domain in DOMAINS * 2]
    assert [bool(one) for one in claimed] == [True, True, False, False]
    assert list(Site.objects.values_list("key", flat=True)) == ["mx1.hoster.example mx2.hoster.example"]


def test_a_claim_is_of_one_domain_still(alices: Mailbox, met: None) -> None:
    post(alices, ", ".join(f"bob@{domain}" for domain in DOMAINS))
    claim = claims.claim("pizza.example", RULES)
    assert claim
    assert [one.address for talk in claim.talks for one in talk.recipients] == ["bob@pizza.example"]


def test_what_one_domain_meets_slows_the_other(alices: Mailbox, met: None) -> None:
    sites.lock("hamburger.edu")
    sites.learn("hamburger.edu", timezone.now(), RULES, slower=True)
    sites.learn("pizza.example", timezone.now(), RULES, taken=1)
    assert Site.objects.get().slots == 2


def test_dead_hosts_are_dead_for_both_until_a_person_asks(alices: Mailbox, met: None) -> None:
    letters = [post(alices, f"bob@{domain}") for domain in DOMAINS]
    sites.lock("hamburger.edu")
    Site.objects.update(failures=3, dead_until=timezone.now() + timedelta(minutes=1))
    assert claims.due_sites() == []
    letters[1].recipients.update(state="deferred")
    posting.retry(letters[1], alices.access.get().user)
    assert sorted(claims.due_sites()) == sorted(DOMAINS)


def test_hosts_are_looked_up_before_the_first_letter(alices: Mailbox, server: NameServer) -> None:
    server.zone["hamburger.edu"] = ["0 ."]
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    assert Destination.objects.get().site == "hamburger.edu"
    assert only(outgoing).state == "failed"


def test_hosts_are_looked_up_once_an_hour(server: NameServer, met: None) -> None:
    sites.meet("hamburger.edu")
    assert server.asked.count(("hamburger.edu", "MX")) == 1
    Destination.objects.update(seen_at=timezone.now() - timedelta(hours=2))
    server.zone["hamburger.edu"] = ["10 mx.new.example."]
    sites.meet("hamburger.edu")
    assert Destination.objects.get(domain="hamburger.edu").site == "mx.new.example"


@pytest.mark.parametrize("domain", ["nowhere.example", "ham burger.edu", "\u200b.edu", "x" * 300])
def test_a_domain_that_takes_no_mail_stands_for_itself(server: NameServer, domain: str) -> None:
    assert ways.group_of(domain) == domain


def test_while_dns_is_silent_a_domain_stands_for_itself(alices: Mailbox, server: NameServer) -> None:
    server.zone["hamburger.edu"] = 2  # SERVFAIL
    outgoing = post(alices)
    make_due(outgoing)
    relay.deliver_due()
    assert (Destination.objects.count(), Site.objects.get().key) == (0, "hamburger.edu")


def test_a_domain_whose_dns_falls_silent_stands_for_itself_again(server: NameServer, met: None) -> None:
    Destination.objects.update(seen_at=timezone.now() - timedelta(hours=2))
    server.zone["hamburger.edu"] = 2
    sites.meet("hamburger.edu")
    assert list(Destination.objects.values_list("domain", flat=True)) == ["pizza.example"]


def test_a_mailboxs_own_way_out_asks_nobody(db: None, server: NameServer) -> None:
    sites.meet("smtp.hamburger.edu/7")
    assert not server.asked
