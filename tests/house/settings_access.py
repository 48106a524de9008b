"""Who gets what of a mailbox's settings: its filters, and the addresses that it writes as."""

from mailbox.models import Filter
from tests.house.access import Row, World, owners, signed_in
from tests.house.mail_access import deed, mailbox, mailbox_id


def claim_of(world: World) -> tuple[int, int]:
    return (mailbox(world).pk, mailbox(world).claims.create(user=world.alice, address="orders@crepes.fr", digest="x").pk)


def other_identity_of(world: World) -> tuple[int, int]:
    return (mailbox(world).pk, mailbox(world).identities.create(address="orders@crepes.fr").pk)


def filter_id(world: World) -> tuple[int]:
    return (Filter.objects.create(mailbox=mailbox(world), sender="bob", star=True).pk,)


FILTERS = {
    "filters": signed_in(),
    "filter": owners(args=filter_id, reader=403),
    "filter_new": owners(args=mailbox_id, reader=403),
    "filter_fits": owners(args=mailbox_id, reader=403),
    "filter_switch": deed("filters", filter_id, reader=403),
    "filter_earlier": deed("filters", filter_id, reader=403),
    "filter_undo": deed("filters", filter_id, reader=403),
    "filter_remove": deed("filters", filter_id, reader=403),
}
ADDRESSES = {
    "address_claim": deed("mailbox", mailbox_id, reader=403),
    "address_prove": deed("mailbox", claim_of, reader=403),
    "address_remove": deed("mailbox", other_identity_of, reader=403),
}

SETTINGS_TABLE: dict[str, Row] = FILTERS | ADDRESSES
