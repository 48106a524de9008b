"""Bounces that come back: each shape of `reports/` is read, tied to the letter and the addressee, and nobody else suffers."""

import json
from pathlib import Path

import pytest
from django.utils import timezone

from mailbox import ingest
from mailbox.models import Bounce, Domain, Folder, Mailbox, Message, Outgoing, Recipient, Suppression
from mailbox.outbox import bounces, notices, relay
from mailbox.outbox.fate import fate
from mailbox.outbox.rules import RULES
from tests.conftest import make_mailbox
from tests.fakes.smtp_sink import Sink
from tests.outbox.letters import only, post

REPORTS = sorted((Path(__file__).parent / "reports").glob("*.eml"))
BOB, CAMILE = "bob@hamburger.edu", "camile@hamburger.edu"


@pytest.fixture
def inbox(alices: Mailbox) -> Folder:
    folder, _ = Folder.objects.get_or_create(mailbox=alices, role=Folder.Role.INBOX, defaults={"name": "INBOX"})
    return folder


def sent(alices: Mailbox, to: str = f"{BOB}, {CAMILE}", message_id: str = "lunch@crepes.fr") -> Outgoing:
    """A letter that its server has accepted."""
    outgoing = post(alices, to)
    outgoing.recipients.update(state="sent", done_at=timezone.now(), code=250, reply="250 ok", host="mx.hamburger.edu")
    Outgoing.objects.filter(pk=outgoing.pk).update(message_id=message_id)
    outgoing.refresh_from_db()
    return outgoing


def arrive(inbox: Folder, raw: bytes) -> None:
    ingest.place(inbox, raw, uid=None, uidvalidity=inbox.uidvalidity, flags=0, internal_date=timezone.now())
    bounces.read_due()


def found(outgoing: Outgoing) -> dict[str, dict[str, object]]:
    suppressed = set(Suppression.objects.values_list("address", flat=True))
    failed = outgoing.recipients.filter(state="failed")
    return {
        one.address: {"state": one.state, "enhanced": one.enhanced, "suppressed": one.address in suppressed} for one in failed
    }


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_e46_t74_every_shape(path: Path, alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices)
    arrive(inbox, path.read_bytes())
    assert found(outgoing) == json.loads(path.with_suffix(".json").read_text())


def test_there_are_many_shapes() -> None:
    assert len(REPORTS) >= 30


def shape(name: str) -> bytes:
    return (Path(__file__).parent / "reports" / f"{name}.eml").read_bytes()


def test_e46_what_the_server_said_stands_on_the_letter(alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, BOB)
    arrive(inbox, shape("postfix"))
    assert (only(outgoing).reply, only(outgoing).host, only(outgoing).code) == ("550 5.1.1 User unknown", "mx.hamburger.edu", 550)
    assert only(outgoing).bounced_at
    assert fate(outgoing).destinations[0].came_back
    assert Bounce.objects.get().outgoing == outgoing


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_e46_a_report_of_success_is_said_on_the_letter(state: str, alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices)
    outgoing.recipients.filter(address=BOB).update(state=state)
    arrive(inbox, next(path for path in REPORTS if path.stem == "delivered").read_bytes())
    words = {one.address: (one.state, one.sentence) for one in fate(outgoing).destinations}
    assert words[BOB] == ("sent", f"The letter lies in the mailbox of {BOB}, as its server has told.")
    assert words[CAMILE][1].endswith(f"accepted the letter for {CAMILE}.")


def test_e46_a_bounce_for_a_blind_copy(alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, CAMILE)
    outgoing.recipients.create(address=BOB, kind="bcc", state="sent", next_at=timezone.now())
    arrive(inbox, shape("postfix"))
    assert set(found(outgoing)) == {BOB}


def test_e46_a_bounce_in_another_mailbox_changes_nothing(alices: Mailbox, bob: object, inbox: Folder) -> None:
    outgoing = sent(make_mailbox(bob), BOB)
    arrive(inbox, shape("postfix"))
    assert not found(outgoing)


@pytest.mark.parametrize("state", ["deferred", "leased", "cancelled", "queued"])
def test_e46_a_bounce_of_what_never_left_changes_nothing(state: str, alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, BOB)
    outgoing.recipients.update(state=state)
    arrive(inbox, shape("postfix"))
    assert only(outgoing).state == state


NAMED = (
    "From: x@y.example\r\nTo: alice@crepes.fr\r\nReturn-Path: <>\r\nSubject: Undeliverable\r\n{}\r\n"
    "550 5.1.1 <{}>: no such user\r\n"
)


def test_e48_a_bounce_names_our_header_alone(alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, BOB)
    returned = "\r\n----- Original message -----\r\nX-Relish-Letter: lunch@crepes.fr\r\nMessage-ID: <theirs@their.example>\r\n"
    arrive(inbox, (NAMED.format("", BOB) + returned).encode())
    assert only(outgoing).state == "failed"


def test_e48_a_bounce_names_the_letter_as_the_provider_does(alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, BOB)
    assert outgoing.filed
    Message.objects.filter(pk=outgoing.filed.pk).update(message_id="theirs@their.example")
    arrive(inbox, NAMED.format("In-Reply-To: <theirs@their.example>\r\n", BOB).encode())
    assert only(outgoing).state == "failed"


def test_a_letter_of_which_nobody_knew_has_come_back(alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, BOB)
    outgoing.recipients.update(state="unknown")
    arrive(inbox, shape("postfix"))
    assert only(outgoing).state == "failed"


def test_e47_the_sender_is_not_told_twice(alices: Mailbox, inbox: Folder) -> None:
    sent(alices, BOB)
    arrive(inbox, shape("postfix"))
    notices.tell(RULES)
    assert inbox.placements.count() == 1


def test_e47_our_own_report_is_no_news(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    sink.answers = {BOB: "554 5.7.1 no"}
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    notices.tell(RULES)
    bounces.read_due()
    assert only(outgoing).bounced_at is None
    assert Bounce.objects.get().outgoing == outgoing


def test_a_refusal_on_the_way_out_is_remembered_too(alices: Mailbox, inbox: Folder, sink: Sink) -> None:
    sink.answers = {BOB: "550 5.1.1 no such user"}
    relay.deliver(post(alices).pk)
    notices.tell(RULES)
    assert Suppression.objects.get().address == BOB


def vague(to: str) -> bytes:
    """A bounce that says nothing but where it was sent to."""
    return f"From: x@y.example\r\nTo: {to}\r\nReturn-Path: <>\r\nSubject: Undeliverable\r\n\r\nNo.\r\n".encode()


@pytest.fixture
def tagged(db: None) -> None:
    Domain.objects.create(name="crepes.fr", tagged=True)


@pytest.mark.usefixtures("tagged")
def test_t75_by_the_token_whatever_the_bounce_says(alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, BOB)
    assert outgoing.return_path == f"alice+b-{outgoing.token}@crepes.fr"
    raw = (
        b"From: x@y.example\r\nTo: %b\r\nReturn-Path: <>\r\nSubject: Undeliverable\r\n\r\nNo.\r\n" % outgoing.return_path.encode()
    )
    arrive(inbox, raw)
    assert only(outgoing).state == "failed"


@pytest.mark.usefixtures("tagged")
def test_a_forged_token_changes_nothing(alices: Mailbox, inbox: Folder) -> None:
    outgoing = sent(alices, BOB)
    arrive(inbox, vague(f"alice+b-{'0' * 20}@crepes.fr"))
    assert only(outgoing).state == "sent"


@pytest.mark.usefixtures("tagged")
def test_the_token_travels_in_the_envelope_alone(alices: Mailbox, sink: Sink) -> None:
    outgoing = post(alices)
    relay.deliver(outgoing.pk)
    (taken,) = sink.letters
    assert taken.return_path == outgoing.return_path
    assert outgoing.token.encode() not in taken.raw


def test_a_bounce_that_our_code_cannot_read_is_left_alone(
    alices: Mailbox, inbox: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    outgoing = sent(alices, BOB)
    monkeypatch.setattr(bounces, "read_bounce", lambda _letter: 1 / 0)
    arrive(inbox, shape("postfix"))
    assert Bounce.objects.get().read_at
    assert Recipient.objects.get(outgoing=outgoing).state == "sent"
