"""Addresses of every shape: a letter to one is refused with one sentence, or arrives at exactly that address."""

import base64
import time

import dkim as oracle
import pytest
from pytest_django.fixtures import Settings

from mailbox.models import Mailbox
from mailbox.outbox import domains, posting, relay
from mailbox.outbox.posting import CannotPost
from mailbox.smtp.commands import wire_address
from tests.fakes.smtp_sink import Sink, sinking
from tests.outbox.letters import make_due, only, post, states
from tests.outbox.test_injection import posted

SHAPES = [
    "bob@hamburger.edu",
    "BOB@Hamburger.EDU",
    "bob+pickles@hamburger.edu",
    "o'brien@hamburger.edu",
    "!#$%&'*+-/=?^_`{|}~@hamburger.edu",
    '"bob marlow"@hamburger.edu',
    '"bob@work"@hamburger.edu',
    '"bob\\"s"@hamburger.edu',
    "bob@[127.0.0.1]",
    "bob@[IPv6:::1]",
    "bob@메일.한국",
    "봅@hamburger.edu",
    "bоb@hamburger.edu",  # with a Cyrillic letter
    "a..b@hamburger.edu",
    ".bob@hamburger.edu",
    "bob.@hamburger.edu",
    "bob@hamburger..edu",
    "bob@-hamburger.edu",
    "bob@hamburger_edu",
    f"{'x' * 65}@hamburger.edu",
    f"bob@{'x' * 64}.edu",
    f"bob@{'x.' * 130}edu",
    "bob@",
    "@hamburger.edu",
    "bob",
    "bob@hamburger.edu>",
    "<bob@hamburger.edu",
    "bob@ham burger.edu",
    "bob\u200b@hamburger.edu",
    "bob@hamburger.edu\u202e",
]


@pytest.mark.parametrize("address", SHAPES)
def test_an_address_of_that_shape(address: str, alices: Mailbox, sink: Sink) -> None:
    outgoing = posted(lambda: post(alices, address))
    if isinstance(outgoing, CannotPost):
        assert (outgoing.field, "\n" in outgoing.sentence) == ("to", False)
        return
    recipient = only(outgoing)
    relay.deliver(outgoing.pk)
    taken = [one.recipients for one in sink.letters]
    assert taken in ([], [(wire_address(recipient.address),)])
    assert taken or only(outgoing).trouble.endswith(".")


def test_an_address_beyond_ascii_goes_where_it_is_understood(alices: Mailbox, settings: Settings) -> None:
    outgoing = post(alices, "김하늘 <김하늘@메일.한국>, bob@hamburger.edu")
    with sinking(wide=True) as sink:
        settings.RELAY_ROUTES = dict.fromkeys(["xn--h32bq4v.xn--3e0b707e", "hamburger.edu"], str(sink.endpoint))
        relay.deliver(outgoing.pk)
    assert set(states(outgoing).values()) == {"sent"}
    assert {one.recipients for one in sink.letters} == {("김하늘@xn--h32bq4v.xn--3e0b707e",), ("bob@hamburger.edu",)}
    assert "<김하늘@xn--".encode() in sink.letters[0].raw


def test_a_letter_that_names_one_is_refused_clearly_where_it_is_not(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices, "bob@hamburger.edu, 김하늘@jangdok.example")
    relay.deliver(outgoing.pk)
    assert not sink.letters
    assert {one.state for one in outgoing.recipients.all()} == {"failed"}
    assert all("is not plain ASCII" in one.trouble for one in outgoing.recipients.all())


def test_a_hundred_thousand_addressees_are_refused_at_once(alices: Mailbox) -> None:
    start = time.monotonic()
    with pytest.raises(CannotPost, match="500 addresses at most"):
        post(alices, ", ".join(f"bob{number}@hamburger.edu" for number in range(100_000)))
    assert not alices.queue.exists()
    assert time.monotonic() - start < 60  # not a figure: it only must not go on for ever


def test_e43_three_blind_copies_know_nothing_of_each_other(alices: Mailbox, sink: Sink) -> None:
    hidden = [f"spy{number}@hamburger.edu" for number in range(3)]
    outgoing = post(alices, bcc=", ".join(hidden))
    relay.deliver(outgoing.pk)
    assert sorted(one.recipients for one in sink.letters) == [("bob@hamburger.edu",), *((one,) for one in hidden)]
    assert all(b"spy" not in one.raw and b"\r\nBcc" not in one.raw for one in sink.letters)
    assert "spy0@hamburger.edu" in outgoing.bcc


def published(name: bytes, **_options: object) -> bytes:
    keys = domains.keys(domains.keep("crepes.fr"))
    return next(key.record for key in keys if str(key) == name.decode().rstrip(".")).encode()


def test_e45_every_copy_of_every_try_verifies(alices: Mailbox, sink: Sink) -> None:
    domains.keys(domains.keep("crepes.fr"))
    sink.answers = {"bob@hamburger.edu": "451 4.7.1 later"}
    outgoing = post(alices, "bob@hamburger.edu, camile@hamburger.edu", text="Ketchup?  \n\n\n점심 \n" + "x" * 3000)
    relay.deliver(outgoing.pk)
    sink.answers = {}
    make_due(outgoing)
    relay.deliver(outgoing.pk)
    assert set(states(outgoing).values()) == {"sent"}
    assert len(sink.letters) == 2
    assert all(oracle.DKIM(one.raw).verify(idx=index, dnsfunc=published) for one in sink.letters for index in (0, 1))


def test_a_provider_signs_its_own(alices: Mailbox, sink: Sink) -> None:
    domains.keys(domains.keep("crepes.fr"))
    alices.outgoing = "smtp+plain://127.0.0.1:25"
    alices.save()
    assert b"DKIM-Signature" not in post(alices).letter()
    raw = b"From: alice@crepes.fr\r\nTo: bob@hamburger.edu\r\nSubject: x\r\n\r\n" + base64.b64encode(b"hi") + b"\r\n"
    assert b"DKIM-Signature" not in posting.post_raw(alices, raw, ["bob@hamburger.edu"], "key").letter()
