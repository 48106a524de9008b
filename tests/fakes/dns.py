"""A small authoritative name server on 127.0.0.1, for one test's zone."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.resolver import Resolver

Zone = dict[str, list[str] | int]  # name: MX records as text, or an rcode to answer with


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, line = self.request
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        question = query.question[0]
        found = self.server.zone.get(question.name.to_text().rstrip("."), dns.rcode.NXDOMAIN)
        if isinstance(found, int):
            answer.set_rcode(dns.rcode.Rcode(found))
        elif found:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", dns.rdatatype.to_text(question.rdtype), *found))
        answer.flags |= dns.flags.AA | dns.flags.RA
        line.sendto(answer.to_wire(), self.client_address)


@contextmanager
def name_server(zone: Zone) -> Iterator[Resolver]:
    """A resolver that asks that server only."""
    with socketserver.UDPServer(("127.0.0.1", 0), _Handler) as server:
        server.zone = zone
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        resolver = Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = server.server_address[1]
        resolver.lifetime = 3
        try:
            yield resolver
        finally:
            server.shutdown()
            thread.join()
