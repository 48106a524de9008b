"""Who gets what of the panel: one row an address. To people without a duty it is not there."""

from dataclasses import dataclass
from typing import Any

from tests.house.access import GATE, Row


@dataclass(frozen=True)
class PanelRow(Row):
    """`keeper` keeps crepes.fr, where Alice is; `other` keeps another domain."""

    helper: int | str = 403
    keeper: int | str = 403
    other: int | str = 403
    operator: int | str = 200


def seen(**more: Any) -> PanelRow:
    """By every duty."""
    return PanelRow(GATE, 404, 404, helper=200, keeper=200, other=200, **more)


def done(status: int | str, **more: Any) -> PanelRow:
    """By operators and by keepers, each in what they look after."""
    facts = {"keeper": status, "other": status, "operator": status, "method": "post", **more}
    return PanelRow(GATE, 404, 404, **facts)


def own(status: int | str, **more: Any) -> PanelRow:
    """A thing of one domain: its keeper's, and to another keeper it is not there."""
    return done(status, **{"other": 404, **more})


PANEL_TABLE: dict[str, PanelRow] = {
    "panel": seen(),
    "panel_mailboxes": seen(),
    "panel_queue": seen(),
    "panel_queue_deed": done("panel_queue"),
    "panel_audit": done(200, method="get"),
    "panel_audit_export": done(200),
}
