"""A small authoritative name server on 127.0.0.1, for one test's zone."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from mailbox.smtp.names import Names

Records = list[str] | int  # as text, or an rcode to answer with
Zone = dict[str, Records | dict[str, Records]]  # name: its MX records, or its records by type


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, line = self.request
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        question = query.question[0]
        name, kind = question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
        found = self.server.zone.get(name, dns.rcode.NXDOMAIN)
        self.server.asked.append((name, kind))
        if isinstance(found, dict):
            found = found.get(kind, [])
        elif isinstance(found, list) and kind != "MX":
            found = []
        if isinstance(found, int):
            answer.set_rcode(dns.rcode.Rcode(found))
        elif found:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        answer.flags |= dns.flags.AA | dns.flags.RA
        if name in self.server.secure:
            answer.flags |= dns.flags.AD
        line.sendto(answer.to_wire(), self.client_address)


@dataclass
class NameServer:
    """`secure`: the names that DNSSEC vouches for; `asked`: (name, type) of every question."""

    zone: Zone
    port: int
    secure: set[str]
    asked: list[tuple[str, str]]

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def names(self) -> Names:
        return Names.at([self.server], seconds=3)


@contextmanager
def serving(zone: Zone) -> Iterator[NameServer]:
    with socketserver.UDPServer(("127.0.0.1", 0), _Handler) as server:
        server.zone, server.secure, server.asked = zone, set(), []
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield NameServer(zone, server.server_address[1], server.secure, server.asked)
        finally:
            server.shutdown()
            thread.join()
