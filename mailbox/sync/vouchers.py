"""Whose word on the sender of a letter counts: the names that a person's own server gives itself in Authentication-Results."""

from collections.abc import Callable

from django.conf import settings

from mailbox.models import Mailbox

# Servers that say it of every letter, and take out what says it in their name (RFC 8601 section 5). Names end like this.
VOUCHERS = {
    "imap.gmail.com": "mx.google.com",
    "imap.fastmail.com": "messagingengine.com",
    "imap.mail.yahoo.com": "yahoo.com",
    "imap.aol.com": "yahoo.com",
    "imap.mail.me.com": "icloud.com",
}


def own_server(mailbox: Mailbox) -> Callable[[str], bool]:
    """Whether an authserv-id is that of this Mailbox's server. Nobody's is, where neither we nor the operator know it."""
    host = mailbox.incoming_endpoint.host
    names = {*settings.AUTHSERV_IDS.get(host, ()), *(name for name in [VOUCHERS.get(host)] if name)}
    return lambda authserv: any(authserv == name or authserv.endswith(f".{name}") for name in names)
