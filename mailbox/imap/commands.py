"""What we may say to a mail server, one builder for each command; the driver of the line puts the tag before it."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from mailbox.imap.arguments import Literal, date_time, flag_list, folder, string, uid_set, whole
from mailbox.imap.errors import BadArgument
from mailbox.imap.events import Capability, Enabled, Event, Exists, Fetched, FolderFlags, FolderStatus, Found, Listed, Status
from mailbox.imap.items import Items, Since
from mailbox.imap.parser import TOP_NUMBER
from mailbox.imap.uids import UidSet

# RFC 7888: a literal up to this size need not wait for the server's leave where LITERAL- (or +) is offered. A larger one
# waits even under LITERAL+, so that a server may refuse a letter before it has travelled.
UNASKED_MAX = 4096


@dataclass(frozen=True, slots=True)
class Pause:
    """Here a `+` of the server is waited for (AUTHENTICATE, IDLE)."""


@dataclass(frozen=True, slots=True)
class Command:
    """`wants`: the kinds of untagged events that belong to its answer; the others are news for whoever asks later."""

    name: str
    parts: tuple[bytes | Literal | Pause, ...] = field(repr=False)
    wants: tuple[type[Event], ...] = ()


def encode(command: Command, tag: str, capabilities: frozenset[str]) -> list[list[bytes]]:
    """The octets to send, in chunks: before each but the first the server's `+` must have come."""
    hurry = "LITERAL+" in capabilities or "LITERAL-" in capabilities
    chunks = [[tag.encode() + b" "]]
    for part in command.parts:
        if isinstance(part, Pause):
            chunks[-1].append(b"\r\n")
            chunks.append([])
        elif isinstance(part, bytes):
            chunks[-1].append(part)
        elif hurry and len(part.data) <= UNASKED_MAX:
            chunks[-1] += [b"{%d+}\r\n" % len(part.data), part.data]
        else:
            chunks[-1].append(b"{%d}\r\n" % len(part.data))
            chunks.append([part.data])
    chunks[-1].append(b"\r\n")
    return chunks


# --- Any state ---------------------------------------------------------------------------------------------------------


def capability() -> Command:
    return Command("CAPABILITY", (b"CAPABILITY",), (Capability,))


def noop() -> Command:
    return Command("NOOP", (b"NOOP",))


def logout() -> Command:
    return Command("LOGOUT", (b"LOGOUT",), (Status,))


def identify(name: str, version: str) -> Command:
    """ID (RFC 2971); 163.com and QQ refuse everything until they have it."""
    return Command("ID", (b'ID ("name" ', string(name.encode()), b' "version" ', string(version.encode()), b")"))


# --- Before the sign-in --------------------------------------------------------------------------------------------------


def starttls() -> Command:
    return Command("STARTTLS", (b"STARTTLS",))


def login(user: str, password: str) -> Command:
    return Command("the sign-in", (b"LOGIN ", string(user.encode()), b" ", string(password.encode())), (Capability,))


def authenticate_plain(user: str, password: str, capabilities: frozenset[str]) -> Command:
    """RFC 4616; in one go where SASL-IR (RFC 4959) is offered."""
    for word in (user, password):
        string(word.encode())  # refuses what PLAIN cannot carry
    answer = b64encode(b"\0" + user.encode() + b"\0" + password.encode())
    between = b" " if "SASL-IR" in capabilities else Pause()
    return Command("the sign-in", (b"AUTHENTICATE PLAIN", between, answer), (Capability,))


def authenticate_oauthbearer(user: str, token: str, capabilities: frozenset[str]) -> Command:
    """RFC 7628: a lone ^A is said to a server that explains in JSON why it refuses the token."""
    name = user.replace("=", "=3D").replace(",", "=2C")
    return _bearer("OAUTHBEARER", f"n,a={name},\x01auth={token}\x01\x01", b"AQ==", capabilities)


def authenticate_xoauth2(user: str, token: str, capabilities: frozenset[str]) -> Command:
    """The same before it was an RFC, as Gmail and Exchange speak it; the explanation is answered by an empty line."""
    return _bearer("XOAUTH2", f"user={user}\x01auth={token}\x01\x01", b"", capabilities)


def _bearer(mechanism: str, text: str, after_refusal: bytes, capabilities: frozenset[str]) -> Command:
    string(text.encode())  # refuses line breaks and NUL
    between = b" " if "SASL-IR" in capabilities else Pause()
    parts = (f"AUTHENTICATE {mechanism}".encode(), between, b64encode(text.encode()), Pause(), after_refusal)
    return Command("the sign-in", parts, (Capability,))


def notify() -> Command:
    """RFC 5465: news of every folder of ours, not only of the open one, and without reading anything of them."""
    events = b"(MessageNew MessageExpunge FlagChange"
    return Command("NOTIFY", (b"NOTIFY SET (selected ", events, b")) (personal ", events, b" MailboxName))"))


# --- Signed in -----------------------------------------------------------------------------------------------------------


def enable(names: Iterable[str]) -> Command:
    return Command("ENABLE", (b"ENABLE ", " ".join(names).encode()), (Enabled,))


def list_all(*, special_use: bool, figures_of: frozenset[str] | None = None) -> Command:
    """RFC 6154: a server need not tell the special uses unless they are asked for. RFC 5819: with the figures of each folder,
    as far as these capabilities have them."""
    options = [b"SPECIAL-USE"] if special_use else []
    options += [b"STATUS " + _figures(figures_of)] if figures_of is not None else []
    wanted = b" RETURN (" + b" ".join(options) + b")" if options else b""
    return Command("the list of folders", (b'LIST "" "*"', wanted), (Listed, FolderStatus))


def status(wire_name: str, capabilities: frozenset[str]) -> Command:
    return Command("the state of a folder", (b"STATUS ", folder(wire_name), b" ", _figures(capabilities)), (FolderStatus,))


def _figures(capabilities: frozenset[str]) -> bytes:
    """Cyrus, which alone offers ANNOTATE-EXPERIMENT-1, gives octets without a sense for the MAILBOXID where it keeps no
    conversations, and they break the line."""
    extra = b" HIGHESTMODSEQ" if "CONDSTORE" in capabilities else b""
    extra += b" MAILBOXID" if "OBJECTID" in capabilities and "ANNOTATE-EXPERIMENT-1" not in capabilities else b""
    return b"(MESSAGES UNSEEN UIDNEXT UIDVALIDITY" + extra + b")"


def select(wire_name: str, *, readonly: bool, condstore: bool, since: Since | None = None) -> Command:
    """`condstore` where CONDSTORE is offered but was not enabled for the whole session (RFC 7162 section 3.1.8); `since`:
    what changed and what vanished is told in the same breath (section 3.2.5)."""
    verb = b"EXAMINE " if readonly else b"SELECT "
    option = b" (CONDSTORE)" if condstore else b""
    if since:
        marks = whole(since.uidvalidity), whole(since.modseq, TOP_NUMBER), uid_set(since.uids)
        option = b" (QRESYNC (%b %b %b))" % marks
    return Command("the opening of the folder", (verb, folder(wire_name), option), (Status, Exists, FolderFlags))


def unselect() -> Command:
    """RFC 3691."""
    return Command("the closing of the folder", (b"UNSELECT",))


def create(wire_name: str) -> Command:
    return Command("the new folder", (b"CREATE ", folder(wire_name)))


def rename(wire_name: str, new_wire_name: str) -> Command:
    return Command("the new name of the folder", (b"RENAME ", folder(wire_name), b" ", folder(new_wire_name)))


def delete(wire_name: str) -> Command:
    return Command("the removal of the folder", (b"DELETE ", folder(wire_name)))


def append(wire_name: str, raw: bytes, flags: Iterable[str], internal_date: datetime | None) -> Command:
    if b"\0" in raw:
        raise BadArgument("A letter that holds a NUL cannot be filed on a mail server.")
    date = b" " + date_time(internal_date) if internal_date else b""
    return Command("the filing of the letter", (b"APPEND ", folder(wire_name), b" ", flag_list(flags), date, b" ", Literal(raw)))


# --- In a folder -----------------------------------------------------------------------------------------------------------


def search(*criteria: bytes | Literal, esearch: bool) -> Command:
    """What criteria() and its like made; CHARSET is never needed, as nothing but ASCII is searched for."""
    return Command("the search", (b"UID SEARCH RETURN (ALL) " if esearch else b"UID SEARCH ", *criteria), (Found,))


def fetch(uids: UidSet, items: Items, capabilities: frozenset[str]) -> Command:
    return Command("the fetching of letters", (b"UID FETCH ", uid_set(uids), b" ", items.encode(capabilities)), (Fetched,))


def fetch_changed(since: int, *, vanished: bool, labels: bool) -> Command:
    """RFC 7162 sections 3.1.4.1 and 3.2.6; `labels`: Gmail's as well."""
    wanted = b"UID FETCH 1:* (UID FLAGS MODSEQ X-GM-LABELS) " if labels else b"UID FETCH 1:* (UID FLAGS MODSEQ) "
    modifier = b"(CHANGEDSINCE %b%b)" % (whole(since, TOP_NUMBER), b" VANISHED" if vanished else b"")
    return Command("the fetching of changes", (wanted, modifier), (Fetched,))


def fetch_slice(uid: int, offset: int, length: int) -> Command:
    window = b"<%b.%b>" % (whole(offset, TOP_NUMBER), whole(length))
    return Command("the fetching of a letter", (b"UID FETCH ", whole(uid), b" (UID BODY.PEEK[]", window, b")"), (Fetched,))


def store(uids: UidSet, flags: Iterable[str], *, on: bool) -> Command:
    """Always a difference, never the whole list, so that what other clients set stays (RFC 9051 section 6.4.6)."""
    verb = b" +FLAGS.SILENT " if on else b" -FLAGS.SILENT "
    return Command("the change of flags", (b"UID STORE ", uid_set(uids), verb, flag_list(flags)))


def store_label(uids: UidSet, label: str, *, on: bool) -> Command:
    """Gmail's own; a label that is not there yet is made."""
    verb = b" +X-GM-LABELS.SILENT (" if on else b" -X-GM-LABELS.SILENT ("
    return Command("the change of labels", (b"UID STORE ", uid_set(uids), verb, string(label.encode()), b")"))


def copy(uids: UidSet, wire_name: str) -> Command:
    return Command("the copying of letters", (b"UID COPY ", uid_set(uids), b" ", folder(wire_name)), (Status,))


def move(uids: UidSet, wire_name: str) -> Command:
    return Command("the moving of letters", (b"UID MOVE ", uid_set(uids), b" ", folder(wire_name)), (Status,))


def expunge(uids: UidSet) -> Command:
    """RFC 4315 section 2.1: only these letters, and of these only the ones that are marked \\Deleted."""
    return Command("the removal of letters", (b"UID EXPUNGE ", uid_set(uids)))


def idle() -> Command:
    """RFC 2177; the second chunk is sent when we want to hear no more."""
    return Command("IDLE", (b"IDLE", Pause(), b"DONE"))
