"""Doubles: a sender who looks like somebody the person knows, a link that says another address than it leads to."""

from collections.abc import Collection

from django.db.models import F
from django.utils.translation import gettext

from mailbox.mime.lookalike import is_mixed, misleading_links, resembles
from mailbox.models import Contact, Message

KNOWN = 500  # contacts that are compared, those lately written to first
NAMED = 3  # links that are told


def of_sender(message: Message, mine: Collection[str]) -> list[str]:
    """Nothing about somebody whom one of this Mailbox's people knows."""
    address, domain = message.from_address.lower(), message.from_address.lower().rpartition("@")[2]
    if not domain or address in mine:
        return []
    known = _known(message)
    domains = {one.rpartition("@")[2] for one in (*known, *mine)}
    if domain in domains:
        return []
    if like := resembles(domain, domains):
        words = gettext("The address ends with %(domain)s, which looks like %(known)s and is another.")
        return [words % {"domain": _ascii(domain), "known": like}]
    if is_mixed(domain):
        return [
            gettext("The address ends with %(domain)s: its letters come from several alphabets.") % {"domain": _ascii(domain)}
        ]
    name = " ".join(message.from_name.split()).casefold()
    other = next((one for one, called in known.items() if name and called.casefold() == name), "")
    words = gettext("You know %(name)s by another address: %(address)s.")
    return [words % {"name": message.from_name, "address": other}] if other else []


def of_links(clean: str) -> list[str]:
    words = gettext("A link says %(said)s and leads to %(host)s.")
    return [words % {"said": said, "host": _ascii(host)} for said, host in misleading_links(clean)[:NAMED]]


def _known(message: Message) -> dict[str, str]:
    """Addresses and names of the contacts that those of this Mailbox have."""
    known = Contact.objects.filter(user__access__mailbox=message.mailbox_id).order_by(F("last_at").desc(nulls_last=True))
    return {one.lower(): name for one, name in known.values_list("address", "name")[:KNOWN]}


def _ascii(host: str) -> str:
    """As it stands on the wire, where no letter can pass for another."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
