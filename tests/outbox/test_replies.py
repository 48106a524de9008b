"""To whom an answer goes: one table, a line for every way in which others got it wrong."""

import pytest

from mailbox.mime.letter import Address, Letter
from mailbox.outbox.replies import answering_address, forward_subject, reply_recipients, reply_subject

ME = ["alice@crepes.fr", "commandes@crepes.fr"]


def people(text: str) -> tuple[Address, ...]:
    return tuple(Address("", address) for address in text.split())


def letter(sender: str, to: str = "", cc: str = "", reply_to: str = "", bcc: str = "") -> Letter:
    return Letter(senders=people(sender), to=people(to), cc=people(cc), reply_to=people(reply_to), bcc=people(bcc))


def addresses(found: tuple[Address, ...]) -> str:
    return " ".join(person.address for person in found)


REPLIES = {
    "to the author": (letter("bob@h.edu", "alice@crepes.fr", "noor@b.example"), "bob@h.edu"),
    "to Reply-To instead of the author": (letter("bob@h.edu", "alice@crepes.fr", reply_to="desk@h.edu"), "desk@h.edu"),
    "to everybody in Reply-To": (letter("bob@h.edu", "alice@crepes.fr", reply_to="a@h.edu b@h.edu"), "a@h.edu b@h.edu"),
    "to the author when Reply-To is only me": (letter("bob@h.edu", reply_to="alice@crepes.fr"), "bob@h.edu"),
    "to all authors": (letter("bob@h.edu camille@h.edu", "alice@crepes.fr"), "bob@h.edu camille@h.edu"),
    "once to an author named twice": (letter("bob@h.edu Bob@H.edu", "alice@crepes.fr"), "bob@h.edu"),
    "of my own letter to its addressees": (letter("alice@crepes.fr", "bob@h.edu noor@b.example"), "bob@h.edu noor@b.example"),
    "of my own letter without its Reply-To": (letter("alice@crepes.fr", "bob@h.edu", reply_to="desk@crepes.fr"), "bob@h.edu"),
    "of my alias's letter": (letter("commandes@crepes.fr", "bob@h.edu alice@crepes.fr"), "bob@h.edu"),
    "of my own letter that had only Cc": (letter("alice@crepes.fr", "", "bob@h.edu"), "bob@h.edu"),
    "of a note to myself, to myself": (letter("alice@crepes.fr", "alice@crepes.fr"), "alice@crepes.fr"),
    "of my own letter under a tag": (letter("alice+shop@crepes.fr", "bob@h.edu"), "bob@h.edu"),
    "to a stranger whose tag looks like mine": (letter("al+alice@crepes.fr", "alice@crepes.fr"), "al+alice@crepes.fr"),
    "of my own letter never to its Bcc": (letter("alice@crepes.fr", "bob@h.edu", bcc="spy@h.edu"), "bob@h.edu"),
    "to nobody when nobody wrote it": (letter("", "alice@crepes.fr"), ""),
}


@pytest.mark.parametrize(("case", "to"), REPLIES.values(), ids=REPLIES)
def test_a_reply_goes(case: Letter, to: str) -> None:
    assert addresses(reply_recipients(case, ME).to) == to
    assert reply_recipients(case, ME).cc == ()


TO_ALL = {
    "the others in Cc": (
        letter("bob@h.edu", "alice@crepes.fr noor@b.example", "kim@j.example"),
        "bob@h.edu",
        "noor@b.example kim@j.example",
    ),
    "not me in another case": (letter("bob@h.edu", "ALICE@Crepes.FR"), "bob@h.edu", ""),
    "not my alias": (letter("bob@h.edu", "alice@crepes.fr", "commandes@crepes.fr"), "bob@h.edu", ""),
    "not me under a tag": (letter("bob@h.edu", "alice+menu@crepes.fr kim@j.example"), "bob@h.edu", "kim@j.example"),
    "not the author again": (letter("bob@h.edu", "alice@crepes.fr bob@h.edu"), "bob@h.edu", ""),
    "not twice": (letter("bob@h.edu", "kim@j.example", "KIM@j.example"), "bob@h.edu", "kim@j.example"),
    "the list that asks for answers": (letter("bob@h.edu", "list@l.example", reply_to="list@l.example"), "list@l.example", ""),
    "of my own letter": (letter("alice@crepes.fr", "bob@h.edu", "kim@j.example", bcc="spy@h.edu"), "bob@h.edu", "kim@j.example"),
    "not those without an address": (Letter(senders=people("bob@h.edu"), to=(Address("undisclosed", ""),)), "bob@h.edu", ""),
}


@pytest.mark.parametrize(("case", "to", "cc"), TO_ALL.values(), ids=TO_ALL)
def test_a_reply_to_all_reaches(case: Letter, to: str, cc: str) -> None:
    found = reply_recipients(case, ME, everyone=True)
    assert (addresses(found.to), addresses(found.cc)) == (to, cc)


WRITTEN_TO = {
    "the address it was sent to": (letter("bob@h.edu", "commandes@crepes.fr"), "commandes@crepes.fr"),
    "the one in Cc": (letter("bob@h.edu", "kim@j.example", "alice@crepes.fr"), "alice@crepes.fr"),
    "the one behind a tag": (letter("bob@h.edu", "Alice+menu@crepes.fr"), "alice@crepes.fr"),
    "the one I wrote it as": (letter("commandes@crepes.fr", "alice@crepes.fr"), "commandes@crepes.fr"),
    "the one it was delivered to": (Letter(fields=(("Delivered-To", "<alice@crepes.fr>"),)), "alice@crepes.fr"),
    "none when it names none": (letter("bob@h.edu", "list@l.example"), ""),
}


@pytest.mark.parametrize(("case", "address"), WRITTEN_TO.values(), ids=WRITTEN_TO)
def test_the_answer_comes_from(case: Letter, address: str) -> None:
    assert answering_address(case, ME) == address


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Pickles", "Re: Pickles"),
        ("RE: Pickles", "RE: Pickles"),
        ("Re[2]: x", "Re[2]: x"),
        ("답장: 피클", "답장: 피클"),
        ("", "Re:"),
    ],
)
def test_re_is_written_once(subject: str, answered: str) -> None:
    assert reply_subject(subject) == answered


@pytest.mark.parametrize(("subject", "forwarded"), [("Pickles", "Fwd: Pickles"), ("FW: x", "FW: x"), ("Re: x", "Fwd: Re: x")])
def test_fwd_is_written_once(subject: str, forwarded: str) -> None:
    assert forward_subject(subject) == forwarded
