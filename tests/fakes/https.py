"""A web server with TLS on 127.0.0.1 that answers one path, for MTA-STS policies."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx.hamburger.edu\r\nmax_age: 604800\r\n"


@dataclass
class Web:
    port: int
    text: str = POLICY
    status: int = 200
    content_type: str = "text/plain"
    asked: list[tuple[str, str]] = field(default_factory=list)  # host, path


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        web = self.server.web
        web.asked.append((self.headers["Host"].partition(":")[0], self.path))
        self.send_response(web.status)
        self.send_header("Content-Type", web.content_type)
        self.end_headers()
        self.wfile.write(web.text.encode())

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Who does not like our certificate hangs up."""


@contextmanager
def webbing(tls: ssl.SSLContext) -> Iterator[Web]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.web = Web(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.web
        finally:
            server.shutdown()
            thread.join()
