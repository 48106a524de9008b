"""A real Exim as the addressee's MX: another server's ways of saying yes, no and later."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django.fixtures import Settings

from mailbox.models import Mailbox, Outgoing
from mailbox.outbox import posting, relay
from mailbox.outbox.rules import RULES
from tests.exim import Exim
from tests.fakes.dns import serving
from tests.outbox.letters import draft_of, only, post, states
from tests.real import own_folder

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def mx() -> Iterator[Exim]:
    root = own_folder()
    try:
        server = Exim(root)
        yield server
        server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(autouse=True)
def names(settings: Settings) -> Iterator[None]:
    with serving({"hamburger.edu": ["10 mx.hamburger.edu."], "mx.hamburger.edu": {"A": ["127.0.0.1"]}}) as server:
        settings.DNS_SERVERS = [server.server]
        yield


def deliver(outgoing: Outgoing, mx: Exim) -> Outgoing:
    relay.deliver(outgoing.pk, replace(RULES, port=mx.smtp))
    print(*outgoing.attempts.values(), mx.log(), sep="\n")
    return outgoing


def test_it_arrives_as_it_was_frozen(alices: Mailbox, mx: Exim) -> None:
    outgoing = deliver(post(alices, text="점심\n.\n..\nFrom me\n" * 20), mx)
    assert (only(outgoing).state, only(outgoing).host) == ("sent", "mx.hamburger.edu")
    body = outgoing.letter().partition(b"\r\n\r\n")[2].replace(b"\r\n", b"\n")
    assert mx.letters[-1] == body


def test_e35_each_addressee_hears_of_its_own_fate(alices: Mailbox, mx: Exim) -> None:
    outgoing = deliver(post(alices, "bob@hamburger.edu, nobody@hamburger.edu, later@hamburger.edu"), mx)
    assert states(outgoing) == {
        "bob@hamburger.edu": "sent", "nobody@hamburger.edu": "failed", "later@hamburger.edu": "deferred",
    }  # fmt: skip


def test_t65_more_addressees_than_it_takes_at_once(alices: Mailbox, mx: Exim) -> None:
    outgoing = deliver(post(alices, ", ".join(f"bob{number}@hamburger.edu" for number in range(8))), mx)
    assert set(states(outgoing).values()) == {"sent"}


def test_e37_its_own_certificate_is_better_than_none(alices: Mailbox, mx: Exim) -> None:
    assert deliver(post(alices), mx).attempts.get().tls.endswith("certificate not verified")


def test_e39_a_letter_that_is_too_large_is_refused_without_a_transfer(alices: Mailbox, mx: Exim) -> None:
    outgoing = deliver(post(alices, text="점심 " * 10_000), mx)
    assert "takes at most 20,480" in only(outgoing).trouble


def test_e39_an_address_beyond_ascii(alices: Mailbox, mx: Exim) -> None:
    assert only(deliver(post(alices, "김하늘@hamburger.edu"), mx)).state == "sent"
    assert "김하늘@hamburger.edu" in mx.envelopes()


def test_what_it_calls_spam_is_refused_in_its_words(alices: Mailbox, mx: Exim) -> None:
    outgoing = deliver(post(alices, subject="unwanted"), mx)
    assert (only(outgoing).state, only(outgoing).code) == ("failed", 550)
    assert "classified as SPAM" in only(outgoing).reply


def test_a_report_is_asked_for_in_its_own_form(alices: Mailbox, mx: Exim) -> None:
    draft = draft_of(alices, "reported@hamburger.edu", notify=True)
    outgoing = posting.post_draft(draft, draft.user, not_before=draft.created_at)
    assert only(deliver(outgoing, mx)).state == "sent"
    assert "rfc822;reported@hamburger.edu" in mx.envelopes()
