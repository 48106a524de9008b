"""Words that mean something else than their code: each as servers of the world have said it."""

import pytest

from mailbox.smtp.phase import Phase
from mailbox.smtp.reply import Reply
from mailbox.smtp.rulings import ruling_of
from mailbox.smtp.verdict import Outcome, Verdict, asks_to_slow, is_hard, judge, second_chance

SAID = {
    "450 4.2.0 <bob@hamburger.edu>: Recipient address rejected: Greylisted, see http://postgrey.example": ("later", "greylist"),
    "550 5.7.1 Greylisting in action, please come back later": ("later", "greylist"),
    "554 Try again later": ("later", "greylist"),
    "421 4.7.0 [TSS04] Messages from 192.0.32.7 temporarily deferred due to user complaints": ("later", "rate"),
    "421-4.7.28 Our system has detected an unusual rate of unsolicited mail": ("later", "rate"),
    "550 5.4.5 Daily user sending limit exceeded": ("later", "rate"),
    "452 4.5.3 Too many concurrent connections": ("later", "rate"),
    "550 5.5.0 milter error, mail not accepted": ("later", "trouble"),
    "554 5.3.0 LDAP lookup failure": ("later", "trouble"),
    "550 5.1.8 <alice@crepes.fr>: Sender address rejected: Domain not found": ("later", "trouble"),
    "554 5.7.1 Service unavailable; Client host [192.0.32.7] blocked using zen.spamhaus.org": ("later", "blocklist"),
    "550 5.7.1 Unfortunately, messages from [192.0.32.7] weren't sent. Part of their network is on our block list (S3150)": (
        "later",
        "blocklist",
    ),
    "550 5.7.606 Access denied, banned sending IP. Your IP 192.0.32.7 is listed": ("later", "blocklist"),
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated. SPF did not pass": ("refused", "proof"),
    "550 5.7.25 The IP address sending this message does not have a PTR record setup": ("refused", "proof"),
    "552 5.3.4 Message size exceeds fixed limit": ("refused", "size"),
    "452 4.3.4 Message too big for system": ("refused", "size"),
    "452 4.2.2 The email account that you tried to reach is over quota": ("later", "full"),
    "552 5.2.2 Mailbox full": ("refused", "full"),
    "550 5.1.1 <bob@hamburger.edu>: Recipient address rejected: User unknown in virtual mailbox table": ("refused", "address"),
    "550 No such user here": ("refused", "address"),
    "554 5.7.1 The message was rejected because it contains spam": ("refused", "content"),
    "550 5.7.1 Relaying denied": ("refused", ""),
    "451 4.3.0 Something": ("later", ""),
}


@pytest.mark.parametrize("said", SAID)
def test_t61_what_a_reply_means(said: str) -> None:
    reply = Reply(int(said[:3]), (said[4:],))
    ruling = ruling_of(reply)
    assert (judge(reply, Phase.RCPT).value, str(ruling.category) if ruling else "") == SAID[said]


def test_t62_a_domain_that_is_not_found_for_now_is_tried_again() -> None:
    assert judge(Reply(450, ("4.1.2 <bob@hamburger.edu>: Domain not found",)), Phase.RCPT) is Verdict.LATER


HARD = [
    (550, "5.1.1", "550 5.1.1 User unknown"),
    (550, "", "550 Requested action not taken"),
    (551, "", "551 User not local"),
    (550, "5.2.1", "550 5.2.1 The account is closed"),
    (550, "5.7.1", "550 5.7.1 No such user"),
    (554, "", "554 user does not exist"),
]
SOFT = [
    (550, "5.7.1", "550 5.7.1 Relaying denied"),
    (552, "5.2.2", "552 5.2.2 Mailbox full"),
    (550, "5.7.1", "550 5.7.1 blocked using spamhaus"),
    (550, "", "550 rejected: spam"),
    (554, "", "554 go away"),
    (552, "", "552 message too large"),
]


@pytest.mark.parametrize("said", [*HARD, *SOFT])
def test_which_refusals_are_about_the_address(said: tuple[int, str, str]) -> None:
    assert is_hard(*said) == (said in HARD)


@pytest.mark.parametrize(
    ("phase", "text", "verdict"),
    [
        (Phase.MAIL, "5.7.1 not from there", Verdict.LATER),
        (Phase.RCPT, "5.7.1 not from there", Verdict.REFUSED),
        (Phase.MAIL, "5.1.7 bad sender", Verdict.REFUSED),
    ],
)
def test_a_sender_who_is_not_liked_comes_once_more(phase: Phase, text: str, verdict: Verdict) -> None:
    assert second_chance(Outcome(Verdict.REFUSED, Reply(550, (text,)), at=phase)).verdict is verdict


def test_who_asks_to_slow() -> None:
    assert asks_to_slow(Reply(421))
    assert asks_to_slow(Reply(452, ("4.7.28 unusual rate",)))
    assert not asks_to_slow(Reply(450, ("4.2.0 Greylisted",)))
