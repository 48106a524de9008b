"""A web server on 127.0.0.1 that answers as a test wants it, and remembers who asked for what."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Page = tuple[int, dict[str, str], bytes]  # status, headers, body


@dataclass
class Web:
    """`asked`: of each request the method and the path, its headers, its body."""

    pages: Mapping[str, Page]
    port: int = 0
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def web_server(pages: Mapping[str, Page]) -> Iterator[Web]:
    """What is not among the pages is 404."""
    web = Web(pages)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            web.asked.append((f"{self.command} {self.path}", dict(self.headers), body))
            status, headers, content = web.pages.get(self.path, (404, {}, b""))
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        web.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
