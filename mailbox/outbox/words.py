"""What happened to one addressee, in one plain sentence; the server's own words stand beside it, never in it."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from mailbox.models import Recipient
from mailbox.sentences import told
from mailbox.smtp.reply import Reply
from mailbox.smtp.rulings import Category, ruling_of

State = Recipient.State

SPIKE = "Too many addressees refused this mailing."  # the trouble of those that were held for it


def sentence(recipient: Recipient) -> str:
    about = {
        "host": recipient.host or domain_of(recipient),
        "domain": domain_of(recipient),
        "who": recipient.name or recipient.address,
        "address": recipient.address,
    }
    return _SENTENCES[State(recipient.state)](recipient) % about


def domain_of(recipient: Recipient) -> str:
    return recipient.address.rpartition("@")[2]


def category_of(recipient: Recipient) -> Category | None:
    """What kind of answer the last one was, if its words are known."""
    ruling = ruling_of(Reply(recipient.code, tuple(recipient.reply.split("\n")))) if recipient.code else None
    return ruling.category if ruling else None


def _categories() -> dict[Category | None, str]:
    return {
        Category.GREYLIST: _("%(domain)s asked us to come back later. This is normal for a first letter."),
        Category.RATE: _("%(domain)s takes only so many letters at a time. Yours waits its turn."),
        Category.BLOCKLIST: _(
            "%(host)s distrusts the address that this house sends from, because a block list names it. The operator can ask "
            "that list to take it off."
        ),
        Category.PROOF: _(
            "%(host)s could not see that the letter is truly from you: SPF, DKIM, DMARC or the name of this house did not "
            "convince it. The operator can see what is missing."
        ),
        Category.CONTENT: _("%(host)s took the letter for spam. Word it differently, or ask %(who)s to expect it."),
        Category.FULL: _("The mailbox of %(who)s is full."),
        Category.SIZE: _("The letter is larger than %(domain)s takes."),
        Category.TROUBLE: _("%(domain)s has trouble of its own and cannot take the letter now."),
    }


def next_step(recipient: Recipient) -> str:
    """What the sender can do after a failure."""
    who = {"who": recipient.name or recipient.address}
    steps: dict[Category | None, str] = {
        Category.ADDRESS: _("Look at the address: a slip is quickly made. Correct it and send the letter again."),
        Category.FULL: _("Send it again in some days, or reach %(who)s another way.") % who,
        Category.SIZE: _("Send the files in several letters, or as a link."),
        Category.CONTENT: _("Word it differently and send it again, or reach %(who)s another way.") % who,
        Category.PROOF: _("Tell the operators of this house; they can see what is missing."),
        Category.BLOCKLIST: _("Tell the operators of this house; it concerns all its letters."),
    }
    found = category_of(recipient)
    if recipient.enhanced.startswith("5.1.") or recipient.enhanced == "5.2.1":
        found = Category.ADDRESS
    return steps.get(found) or _("Send it again later, or reach %(who)s another way.") % who


def _deferred(recipient: Recipient) -> str:
    if recipient.trouble:
        return _escaped(told(recipient.trouble))
    if found := _categories().get(category_of(recipient)):
        return found
    if recipient.enhanced == "4.2.2" or recipient.code == 452:
        return _("The mailbox of %(who)s is full for now.")
    if recipient.attempts <= 1 and recipient.code in {450, 451}:
        return _("%(domain)s asked us to come back later. This is normal for a first letter.")
    return _("%(domain)s cannot take the letter now.")


def _failed(recipient: Recipient) -> str:
    if recipient.trouble:
        return _escaped(told(recipient.trouble))
    if recipient.code is None or recipient.code < 500:
        return _("%(domain)s did not take the letter as long as we tried, and we have stopped.")
    if found := _categories().get(category_of(recipient)):
        return found
    named = recipient.enhanced or _USUAL.get(recipient.code, "5.0.0")
    refusals = _refusals()
    return refusals.get(named) or refusals.get(named.rpartition(".")[0]) or _("%(host)s refused the letter.")


# What servers without enhanced codes mean by their three digits (RFC 5321 section 4.2.3).
_USUAL = {550: "5.1.0", 551: "5.1.0", 552: "5.2.2", 553: "5.1.0", 556: "5.1.10"}


def _refusals() -> dict[str, str]:
    """By enhanced code (RFC 3463), or by its first two numbers."""
    return {
        "5.1.1": _("There is no mailbox called %(address)s."),
        "5.1.2": _("There is no domain called %(domain)s, or it does not take mail."),
        "5.1.10": _("%(domain)s does not take mail."),
        "5.2.1": _("The mailbox of %(who)s is closed."),
        "5.2.2": _("The mailbox of %(who)s is full."),
        "5.2.3": _("The letter is larger than %(domain)s takes."),
        "5.3.4": _("The letter is larger than %(domain)s takes."),
        "5.7": _("%(host)s refused the letter because of its own rules."),
        "5.1": _("%(host)s does not take letters for %(address)s."),
    }


def _sent(recipient: Recipient) -> str:
    if recipient.confirmed_at:
        return _("The letter lies in the mailbox of %(who)s, as its server has told.")
    return _("%(host)s accepted the letter for %(who)s.")


def _held(recipient: Recipient) -> str:
    if recipient.trouble == SPIKE:
        return _("Too many addressees refused this mailing, so the rest waits until an operator of this house has looked at it.")
    if recipient.stopped:
        return _("An operator of this house holds the letter. Ask them why.")
    return _escaped(told(recipient.trouble)) or _("%(host)s wants you to sign in again. The letter waits until you do.")


def _cancelled(recipient: Recipient) -> str:
    if recipient.stopped:
        return _("The letter was not sent: an operator of this house stopped it.")
    return _("The letter was not sent: it was stopped here.")


def _unknown(recipient: Recipient) -> str:
    return _(
        "The line broke before %(host)s answered, so nobody here knows whether it has the letter. Ask %(who)s, or send it again: "
        "it may then arrive twice."
    )


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


_SENTENCES: dict[State, Callable[[Recipient], str]] = {
    State.SCHEDULED: lambda _recipient: _("The letter has not left this house. Until then it can be changed or taken back."),
    State.QUEUED: lambda _recipient: _("The letter waits to be handed over."),
    State.LEASED: lambda _recipient: _("The letter is being handed to %(domain)s now."),
    State.DEFERRED: _deferred,
    State.SENT: _sent,
    State.FAILED: _failed,
    State.CANCELLED: _cancelled,
    State.HELD: _held,
    State.UNKNOWN: _unknown,
}
