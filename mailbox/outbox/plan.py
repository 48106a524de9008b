"""Which addressees share a transaction. Pure.

To the provider's own server everybody at once; straight to the world one domain at a time, because one server takes one
domain's mail. A Bcc addressee is always alone: nothing a server writes into the letter may name two of them.
"""

from collections.abc import Sequence

from mailbox.models import Recipient


def talks(recipients: Sequence[Recipient], *, direct: bool, most: int) -> list[list[Recipient]]:
    """The transactions for the way out that the first addressee needs; the others wait for the next claim."""
    if direct:
        recipients = [recipient for recipient in recipients if domain_of(recipient) == domain_of(recipients[0])]
    shown = [recipient for recipient in recipients if recipient.kind != Recipient.Kind.BCC]
    hidden = [recipient for recipient in recipients if recipient.kind == Recipient.Kind.BCC]
    return [shown[start : start + most] for start in range(0, len(shown), most)] + [[recipient] for recipient in hidden]


def domain_of(recipient: Recipient) -> str:
    return recipient.address.rpartition("@")[2].lower()
