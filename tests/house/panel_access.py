"""Who gets what of the panel: one row an address. To people without a duty it is not there."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from mailbox.models import Access, Domain
from tests.house.access import CONFIRM, GATE, Row, World
from tests.house.mail_access import mailbox, mailbox_id


@dataclass(frozen=True)
class PanelRow(Row):
    """`keeper` keeps crepes.fr, where Alice is; `other` keeps another domain."""

    helper: int | str = 403
    keeper: int | str = 403
    other: int | str = 403
    operator: int | str = 200


def seen(unseen: int = 200, **more: Any) -> PanelRow:
    """By every duty; `unseen` is what the keeper of another domain hears."""
    return PanelRow(GATE, 404, 404, helper=200, keeper=200, other=unseen, **more)


def done(status: int | str, **more: Any) -> PanelRow:
    """By operators and by keepers, each in what they look after."""
    facts = {"keeper": status, "other": status, "operator": status, "method": "post", **more}
    return PanelRow(GATE, 404, 404, **facts)


def own(status: int | str, **more: Any) -> PanelRow:
    """A thing of one domain: its keeper's, and to another keeper it is not there."""
    return done(status, **{"other": 404, **more})


def ours(status: int | str = 200, **more: Any) -> PanelRow:
    """The operators' alone."""
    return PanelRow(GATE, 404, 404, operator=status, **more)


def bobs_access(world: World) -> tuple[int, int]:
    home = mailbox(world)
    return (home.pk, home.access.get(role=Access.Role.READ).pk)


def charlie_id(world: World) -> tuple[int]:
    return (User.objects.get(email="charlie@stranger.example").pk,)


def alice_id(world: World) -> tuple[int]:
    return (world.alice.pk,)


def domain_id(world: World) -> tuple[int]:
    return (Domain.objects.get_or_create(name="crepes.fr")[0].pk,)


BOX = {"args": mailbox_id}
PANEL_TABLE: dict[str, PanelRow] = {
    "panel": seen(),
    "panel_mailboxes": seen(),
    "panel_domains": seen(),
    "panel_domain_add": ours("panel_domains", method="post"),
    "panel_domain_check": own("panel_domains", args=domain_id),
    "panel_domain_limit": ours("panel_domains", args=domain_id, method="post"),
    "panel_make": done(200, method="get"),
    "panel_mailbox": seen(args=mailbox_id, unseen=404),
    "panel_pause": own("panel_mailbox", **BOX),
    "panel_resume": own("panel_mailbox", **BOX),
    "panel_look": own("panel_mailbox", **BOX),
    "panel_servers": own(422, **BOX),
    "panel_heir": own(422, **BOX),
    "panel_leave": own("panel_mailbox", **BOX),
    "panel_stay": own("panel_mailbox", **BOX),
    "panel_take": own("panel_mailbox", args=bobs_access),
    "panel_people": seen(),
    "panel_person": seen(args=alice_id, unseen=404),
    "panel_person_change": ours(CONFIRM, args=charlie_id, method="post"),
    "panel_invite": own("panel_person", args=alice_id),
    "panel_queue": seen(),
    "panel_queue_deed": done("panel_queue"),
    "panel_audit": done(200, method="get"),
    "panel_audit_export": done(CONFIRM),
}
