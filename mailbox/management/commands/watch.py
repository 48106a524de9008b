"""The watcher's process: it hears of new letters the moment they come, and ends politely."""

import os
import secrets
import signal
import socket
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from mailbox.sync.watching import Watcher


class Command(BaseCommand):
    help = "Hold an IDLE line to the server of every mailbox. Run several: they share the mailboxes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--capacity", type=int, default=10_000, metavar="N", help="mailboxes that this process takes at most")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        name = f"{socket.gethostname()[:40]}/{os.getpid()}/{secrets.token_hex(3)}"
        Watcher(name, capacity=options["capacity"]).run(stop)
