"""A whole SMTP server (aiosmtpd) that takes every letter and keeps its bytes and its envelope."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailbox.wire import Endpoint


@dataclass(frozen=True)
class Taken:
    return_path: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class Sink:
    """`answers`: what to say to RCPT of an address instead of 250."""

    endpoint: Endpoint = field(default_factory=lambda: Endpoint("smtp+plain"))
    letters: list[Taken] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.letters.append(Taken(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
        return f"250 2.0.0 queued as {len(self.letters)}"


@contextmanager
def sinking(size: int = 2**25) -> Iterator[Sink]:
    sink = Sink()
    controller = Controller(
        sink, hostname="127.0.0.1", port=0, server_kwargs={"data_size_limit": size, "hostname": "mx.hamburger.edu"}
    )
    controller.start()
    try:
        sink.endpoint = Endpoint("smtp+plain", "127.0.0.1", controller.server.sockets[0].getsockname()[1])
        yield sink
    finally:
        controller.stop()
