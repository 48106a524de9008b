"""One line to an office: its commands are read, done, and answered in the dialect of the house."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from tests.fakes.imap_office import GMAIL_ROLES, ITEM, NOON, Box, Dialect, Letter, Office, uids_of

LITERAL = re.compile(rb"\{(\d+)\+?\}\r\n\Z")
DATE = NOON.strftime('"%d-%b-%Y %H:%M:%S +0000"')
STATUS = "(MESSAGES {} UIDVALIDITY {} UNSEEN {}{})"


@contextmanager
def imap_office(dialect: Dialect) -> Iterator[Office]:
    office = Office(dialect)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # who says good-bye need not wait for the answer
                Desk(office, self.rfile, self.wfile).serve()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            office.trouble.append("the office fell over")
            super().handle_error(request, client_address)

    with Server(("127.0.0.1", 0), Handler) as server:
        office.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield office
        server.shutdown()
    assert not office.trouble, office.trouble


class Desk:
    def __init__(self, office: Office, lines: IO[bytes], out: IO[bytes]) -> None:
        self.office, self.lines, self.out, self.dialect = office, lines, out, office.dialect
        self.selected, self.letters, self.known = "", dict[int, Letter](), not office.dialect.wants_id

    def say(self, *pieces: str | bytes) -> None:
        self.out.write(b"".join(one.encode() if isinstance(one, str) else one for one in pieces) + b"\r\n")

    def serve(self) -> None:
        self.say(f"* OK [CAPABILITY IMAP4rev1 {self.dialect.offers}] ready")
        while line := self._command():
            tag, _, rest = line.partition(b" ")
            text = rest.decode("latin-1").strip()
            self.office.heard.append(text)
            with self.office.lock:
                done = self._do(text, len(line))
            self.say(f"{tag.decode()} {done}")
            if text == "LOGOUT":
                return

    def _command(self) -> bytes:
        line = self.lines.readline()
        while found := LITERAL.search(line):
            if b"+}" not in found[0]:
                self.say("+ go on")
            line = line[: found.start()] + b"\x01" + self.lines.read(int(found[1])) + b"\x02" + self.lines.readline()
        return line

    def _do(self, text: str, octets: int) -> str:
        name, _, rest = text.partition(" ")
        if octets > self.dialect.longest and name != "APPEND":
            self.office.trouble.append(f"a command of {octets} octets")
            return "BAD too long"
        if not self.known and name not in {"ID", "LOGIN", "CAPABILITY", "LOGOUT"}:
            self.office.trouble.append(f"{name} before ID")
            return "NO Unsafe Login. Please contact the postmaster"
        if name == "UID":
            name, _, rest = rest.partition(" ")
        deed = getattr(self, f"_{name.lower()}", None)
        if deed is None:
            self.office.trouble.append(text)
            return "BAD unknown command"
        return deed(rest) or "OK done"

    # --- Any state ---------------------------------------------------------------------------------------------------------

    def _login(self, _: str) -> str:
        return f"OK [CAPABILITY IMAP4rev1 {self.dialect.offers}] welcome"

    def _id(self, _: str) -> None:
        self.known = True
        self.say("* ID NIL")

    def _enable(self, names: str) -> None:
        self.say(f"* ENABLED {names}")

    def _noop(self, _: str) -> None:
        self._renew()

    def _logout(self, _: str) -> None:
        self.say("* BYE")

    def _list(self, rest: str) -> None:
        roles = GMAIL_ROLES if self.dialect.gmail else self.dialect.folders
        if self.dialect.gmail:
            self.say('* LIST (\\Noselect \\HasChildren) "/" "[Gmail]"')
        for name, box in self.office.boxes.items():
            self.say(f'* LIST ({roles.get(name, "")}) "/" "{name}"')
            if "STATUS" in rest:
                self.say(f'* STATUS "{name}" {self._figures(box)}')

    def _status(self, rest: str) -> None:
        name = rest.split('"')[1]
        self.say(f'* STATUS "{name}" {self._figures(self.office.boxes[name])}')

    def _figures(self, box: Box) -> str:
        more = f" UIDNEXT {box.uidnext}" if self.dialect.uidnext else ""
        more += f" HIGHESTMODSEQ {self._modseq(self.office.modseq)}" if "CONDSTORE" in self.dialect.offers else ""
        return STATUS.format(len(box.letters), box.uidvalidity, 0, more)

    def _modseq(self, number: int) -> str:
        return self.dialect.modseq or str(number)

    def _append(self, rest: str) -> str:
        name, raw = rest.split('"')[1], rest.partition("\x01")[2].partition("\x02")[0].encode("latin-1")
        flags = rest.partition("(")[2].partition(")")[0].split()
        letter = self.office.add(name, raw, *flags)
        uid = next(uid for uid, one in self.office.boxes[name].letters.items() if one is letter)
        return f"OK [APPENDUID {self.office.boxes[name].uidvalidity} {uid}] filed" if "UIDPLUS" in self.dialect.offers else "OK"

    def _create(self, rest: str) -> None:
        self.office.boxes[rest.split('"')[1]] = Box(50 + len(self.office.boxes))

    # --- In a folder ---------------------------------------------------------------------------------------------------------

    def _select(self, rest: str, code: str = "READ-WRITE") -> str:
        self.selected = rest.split('"')[1]
        box = self.office.boxes[self.selected]
        self.letters = dict(box.letters)
        self.say(f"* {len(self.letters)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {box.uidvalidity}] lasting")
        self.say(f"* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft {self.dialect.keeps})] limited")
        if self.dialect.uidnext:
            self.say(f"* OK [UIDNEXT {box.uidnext}] next")
        if "CONDSTORE" in self.dialect.offers:
            self.say(f"* OK [HIGHESTMODSEQ {self._modseq(self.office.modseq)}] highest")
        return f"OK [{code}] open"

    def _examine(self, rest: str) -> str:
        return self._select(rest, "READ-ONLY")

    def _renew(self) -> None:
        """What came or went since; a house that hides what was filed on this line shows nothing before it opens again."""
        if self.selected and not self.dialect.hides_own:
            now = dict(self.office.boxes[self.selected].letters)
            gone = [at for at, uid in enumerate(self.letters, 1) if uid not in now]
            for at in reversed(gone):
                self.say(f"* {at} EXPUNGE")
            if now.keys() - self.letters.keys():
                self.say(f"* {len(now)} EXISTS")
            self.letters = now

    def _search(self, rest: str) -> None:
        criteria = rest.removeprefix("RETURN (ALL) ")
        if criteria.startswith("UID "):
            found = uids_of(criteria[4:], self.letters)
        elif "HEADER " in criteria:
            wanted = criteria.rpartition('"')[0].rpartition('"')[2].encode()
            found = [uid for uid, one in self.letters.items() if wanted in one.raw]
        else:
            found = list(self.letters)
        if "RETURN" in rest:
            self.say("* ESEARCH UID" + (f" ALL {','.join(map(str, found))}" if found else ""))
        else:
            self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())

    def _fetch(self, rest: str) -> None:
        uids, _, items = rest.partition(" ")
        since = int(items.rpartition("CHANGEDSINCE ")[2].rstrip(")").split()[0]) if "CHANGEDSINCE" in items else 0
        if self.dialect.stray:
            self.say(self.dialect.stray)
        asked = set(uids_of(uids, self.letters))
        for at, (uid, letter) in enumerate(self.letters.items(), 1):
            if uid in asked and letter.modseq > since:
                self._tell(at, uid, letter, items)

    def _tell(self, at: int, uid: int, letter: Letter, items: str) -> None:
        parts = [f"UID {uid}"]
        parts += [f"FLAGS ({' '.join(sorted(letter.flags))})"] if "FLAGS" in items else []
        parts += [f"MODSEQ ({self._modseq(letter.modseq)})"] if "MODSEQ" in items else []
        parts += [f"INTERNALDATE {DATE}"] if "INTERNALDATE" in items else []
        parts += [f"RFC822.SIZE {len(letter.raw)}"] if "RFC822.SIZE" in items else []
        parts += [f"X-GM-MSGID {letter.number} X-GM-THRID {letter.number}"] if "X-GM-MSGID" in items else []
        parts += [f"EMAILID (M{letter.number})"] if "EMAILID" in items else []
        if "X-GM-LABELS" in items:
            quoted = (label if label.startswith("\\") else f'"{label}"' for label in sorted(letter.labels))
            parts.append(f"X-GM-LABELS ({' '.join(quoted)})")
        body = ITEM.search(items)
        if body is None:
            self.say(f"* {at} FETCH ({' '.join(parts)})")
        elif self.office.bare and body[1] is None:
            self.office.bare -= 1
            self.say(f"* {at} FETCH ({' '.join(parts)} BODY[] NIL)")
        else:
            name = f"BODY[{body[1] or ''}]" + ("<0>" if body[3] else "")
            content = _header(letter.raw, body[2]) if body[1] else letter.raw[: int(body[4]) if body[4] else None]
            self.say(f"* {at} FETCH ({' '.join(parts)} {name} {{{len(content)}}}\r\n", content, ")")

    def _store(self, rest: str) -> None:
        uids, verb, words = rest.split(" ", 2)
        names = re.findall(r'"([^"]*)"|([^\s()]+)', words)
        for uid in uids_of(uids, self.letters):
            letter, found = self.letters[uid], {quoted or plain for quoted, plain in names}
            if "X-GM-LABELS" in verb:
                self.office.label(letter, *found, on=verb.startswith("+"))
                continue
            kept = {one for one in found if one.startswith("\\") or self.dialect.keeps}
            letter.flags = letter.flags | kept if verb.startswith("+") else letter.flags - found
            self.office.touch(letter)

    def _copy(self, rest: str, *, stays: bool = True) -> str:
        uids, target = uids_of(rest.partition(" ")[0], self.letters), rest.split('"')[1]
        there = self.office.carry(self.selected, target, uids, stays=stays)
        self._renew()
        if "UIDPLUS" not in self.dialect.offers:
            return "OK done"
        first = "" if self.dialect.bad_copyuid else ",".join(map(str, uids))
        code = f"COPYUID {self.office.boxes[target].uidvalidity} {first} {','.join(map(str, there))}"
        return f"OK [{code}] done"

    def _move(self, rest: str) -> str:
        return self._copy(rest, stays=False)

    def _expunge(self, rest: str) -> None:
        for uid in uids_of(rest, self.letters):
            if "\\Deleted" in self.letters[uid].flags:
                del self.office.boxes[self.selected].letters[uid]
        self._renew()


def _header(raw: bytes, fields: str | None) -> bytes:
    head = raw.partition(b"\r\n\r\n")[0].decode("latin-1")
    wanted = set((fields or "").lower().split())
    lines = [line for line in head.split("\r\n") if not wanted or line.partition(":")[0].lower() in wanted]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
