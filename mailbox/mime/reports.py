"""Delivery reports (RFC 3464): what a letter that came back says of each recipient."""

import re
from collections.abc import Iterator
from itertools import islice

from mailbox.mime.fields import read_header
from mailbox.mime.headers import read_id
from mailbox.mime.letter import Report, ReportedFate
from mailbox.mime.limits import Limits
from mailbox.mime.structure import Entity
from mailbox.mime.words import one_line

_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_RECIPIENTS = 1_000
_NOT_BLANK = re.compile(rb"[^\r\n]")

Group = dict[str, str]  # names in lower case; of a repeated field the first


def read_report(leaves: list[Entity], limits: Limits) -> Report | None:
    """The report among the parts of a letter, or None if none is a delivery-status. Never raises."""
    status = next((leaf for leaf in leaves if leaf.content_type in _STATUS), None)
    if status is None:
        return None
    groups = list(islice(_groups(status.content(), limits), 2 * _RECIPIENTS))
    reporter = next((_typed(group["reporting-mta"]) for group in groups if "reporting-mta" in group), "")
    returned = next((leaf for leaf in leaves if leaf.content_type in _RETURNED), None)
    return Report(reporter, _message_id(returned, limits) if returned else "", tuple(map(_fate, _recipients(groups))))


def _groups(content: bytes, limits: Limits) -> Iterator[Group]:
    """The stretches between empty lines; where that line was forgotten, a second recipient begins one as well."""
    begin = _NOT_BLANK.search(content)
    while begin:
        header = read_header(content, begin.start(), len(content), limits)
        group: Group = {}
        for name, value in header.fields:
            if name.lower() == "final-recipient" and "final-recipient" in group:
                yield group
                group = {}
            group.setdefault(name.lower(), value)
        if group:
            yield group
        begin = _NOT_BLANK.search(content, header.body) if header.body > begin.start() else None


def _recipients(groups: list[Group]) -> list[Group]:
    """One group each; fields that an empty line tore off go back to the recipient before them."""
    found: list[Group] = []
    for group in groups:
        if "final-recipient" in group or "original-recipient" in group:
            found.append(dict(group))
        elif found and "reporting-mta" not in group:
            found[-1] = group | found[-1]
    return found[:_RECIPIENTS]


def _fate(group: Group) -> ReportedFate:
    final, original = _typed(group.get("final-recipient", "")), _typed(group.get("original-recipient", ""))
    return ReportedFate(
        recipient=(final or original).strip("<>"),
        original=original.strip("<>"),
        action=one_line(group.get("action", "")).lower(),
        status=one_line(group.get("status", "")).partition(" ")[0],
        diagnostic=_typed(group.get("diagnostic-code", "")),
        host=_typed(group.get("remote-mta", "")),
    )


def _typed(value: str) -> str:
    """`rfc822; bob@hamburger.edu` without the type before it (section 2.1.2)."""
    kind, semicolon, rest = value.partition(";")
    return one_line(rest if semicolon else kind)


def _message_id(returned: Entity, limits: Limits) -> str:
    content = returned.content()
    fields = read_header(content, 0, len(content), limits).fields
    return next((read_id(value) for name, value in fields if name.lower() == "message-id"), "")
