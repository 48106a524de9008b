"""The invitation in a letter: a text/calendar part (RFC 5545) as one small value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailbox.mime.headers import is_address
from mailbox.mime.letter import Address, Invitation
from mailbox.mime.words import one_line
from mailbox.mime.zones import Observance, offset_at, rule_of

_LONGEST = 256 * 1024  # characters that are looked at
_ATTENDEES = 200
_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r'([\w-]++)((?:;[\w-]++=(?:"[^"]*+"|[^";:,]*+)(?:,(?:"[^"]*+"|[^";:,]*+))*+)*+):(.*+)')
_PARAMETER = re.compile(r';([\w-]++)=("[^"]*+"|[^";:]*+)')
_ESCAPE = re.compile(r"\\([\\;,nN])")
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2}))?")
_DURATION = re.compile(r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?")
_YEARS = range(1970, 2200)


@dataclass(slots=True)
class _Component:
    name: str
    properties: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)  # the first of each name
    attendees: list[tuple[dict[str, str], str]] = field(default_factory=list)


def read_invitation(text: str) -> Invitation | None:
    """The first event of a calendar file; None if there is none. Never raises; a repeating event is its first occurrence."""
    components = list(_components(text[:_LONGEST]))
    event = next((component for component in components if component.name == "VEVENT"), None)
    if event is None:
        return None
    calendar = next((component for component in components if component.name == "VCALENDAR"), _Component(""))
    zones = _zones(components)
    start, zone = _moment(event, "DTSTART", zones)
    end, _ = _moment(event, "DTEND", zones)
    return Invitation(
        method=_plain(calendar, "METHOD").upper(),
        uid=_plain(event, "UID"),
        sequence=_number(_plain(event, "SEQUENCE")),
        summary=_plain(event, "SUMMARY"),
        start=start,
        end=end or _after(start, _plain(event, "DURATION")),
        zone=zone,
        location=_plain(event, "LOCATION"),
        organizer=_person(*event.properties["ORGANIZER"]) if "ORGANIZER" in event.properties else None,
        attendees=tuple((_person(about, value), about.get("PARTSTAT", "").lower()) for about, value in event.attendees),
        is_cancelled=_plain(event, "STATUS").upper() == "CANCELLED" or _plain(calendar, "METHOD").upper() == "CANCEL",
        repeats="RRULE" in event.properties or "RDATE" in event.properties,
    )


def _components(text: str) -> Iterator[_Component]:
    """Every component, each with its own properties only, in the order in which they begin."""
    made: list[_Component] = []
    around: list[_Component] = []
    for name, parameters, value in _PROPERTY.findall(_FOLD.sub("", text)):
        name, value = name.upper(), value.rstrip("\r")
        if name == "BEGIN":
            around.append(_Component(value.upper()))
            made.append(around[-1])
        elif name == "END":
            del around[-1:]
        elif around:
            about = {key.upper(): quoted.strip('"') for key, quoted in _PARAMETER.findall(parameters)}
            if name == "ATTENDEE" and len(around[-1].attendees) < _ATTENDEES:
                around[-1].attendees.append((about, value))
            around[-1].properties.setdefault(name, (about, value))
    yield from made


def _plain(component: _Component, name: str) -> str:
    """A text value in one line (section 3.3.11)."""
    value = component.properties.get(name, ({}, ""))[1]
    return one_line(_ESCAPE.sub(lambda escaped: " " if escaped[1] in "nN" else escaped[1], value))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _person(about: dict[str, str], value: str) -> Address:
    address = value[7:] if value[:7].lower() == "mailto:" else value
    address = address.strip() if is_address(address.strip()) else ""
    return Address(one_line(about.get("CN", "")), address)


def _moment(event: _Component, name: str, zones: dict[str, list[Observance]]) -> tuple[datetime | date | None, str]:
    """The value of DTSTART or DTEND and the name of its zone."""
    about, value = event.properties.get(name, ({}, ""))
    moment = _local(value)
    if moment is None or moment.year not in _YEARS:
        return None, ""
    if not isinstance(moment, datetime):
        return moment, ""
    zone = "UTC" if value.rstrip().upper().endswith("Z") else about.get("TZID", "")
    return _in_zone(moment, zone, zones), zone


def _local(value: str) -> datetime | date | None:
    found = _TIME.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return date(year, month, day) if found[4] is None else datetime(year, month, day, hour, minute, min(second, 59))
    except ValueError:
        return None


def _in_zone(moment: datetime, zone: str, zones: dict[str, list[Observance]]) -> datetime:
    """Aware if the zone is in the database or described in the file itself; local time of nowhere if not."""
    if known := _known(zone) or _known("/".join(zone.split("/")[-2:])):  # "/vendor.example/Europe/Berlin"
        return moment.replace(tzinfo=known)
    offset = offset_at(moment, zones.get(zone, []))
    return moment if offset is None else moment.replace(tzinfo=timezone(offset))


def _known(zone: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # also of what is a folder, or no path at all
        return None


def _zones(components: list[_Component]) -> dict[str, list[Observance]]:
    """What the file says of its zones, by TZID."""
    zones: dict[str, list[Observance]] = {}
    zone = ""
    for component in components:
        if component.name == "VTIMEZONE":
            zone = component.properties.get("TZID", ({}, ""))[1]
        elif component.name in ("STANDARD", "DAYLIGHT") and (observance := _observance(component)):
            zones.setdefault(zone, []).append(observance)
    return zones


def _observance(component: _Component) -> Observance | None:
    start = _local(_plain(component, "DTSTART"))
    offset = re.fullmatch(r"([+-])(\d{2})(\d{2})(?:\d{2})?", _plain(component, "TZOFFSETTO"))
    if not isinstance(start, datetime) or not offset or int(offset[2]) > 23:
        return None
    ahead = timedelta(hours=int(offset[2]), minutes=min(int(offset[3]), 59))
    return Observance(start, -ahead if offset[1] == "-" else ahead, *rule_of(_plain(component, "RRULE")))


def _after(start: datetime | date | None, duration: str) -> datetime | date | None:
    found = _DURATION.fullmatch(duration)
    if start is None or not duration or not found or found[1] == "-":
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return start + length if length < timedelta(days=400) else None
