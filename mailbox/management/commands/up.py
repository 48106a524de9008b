"""Everything up: embedded servers as needed, the tables, then the processes named, watched over until we are told to end."""

import os
import socket
import time
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from mailbox.management import preparing
from mailbox.management.embedded import Postgres, Redis
from mailbox.management.ground import Fault, Ground, stake
from mailbox.management.household import Household, lock
from mailbox.management.offices.demonstration import Demonstration
from mailbox.management.processes import PARTS, Process, Web, chosen
from mailbox.management.servers import Server


class Command(BaseCommand):
    help = "Run the house: embedded servers as needed, migrations, and its processes until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = ",".join(PARTS)
        parser.add_argument("--only", type=chosen, default=list(PARTS), metavar=names, help="run only these processes")
        parser.add_argument("--demo", action="store_true", help="with two demonstration post offices and their people")

    def handle(self, *, only: list[str], demo: bool, **options: Any) -> None:
        self.household = Household(self.say)
        self.household.listen()
        try:
            self.up(only, demo=demo)
        except KeyboardInterrupt:
            pass
        except (Fault, DatabaseError) as fault:
            raise SystemExit(str(fault).strip()) from None
        except OSError as error:
            raise SystemExit(f"{error.filename or 'Something'} cannot be used: {error.strerror}.") from None
        finally:
            self.household.end()
        self.say("Everything has ended.")

    def up(self, names: list[str], *, demo: bool) -> None:
        self.began = time.monotonic()
        self.port_must_be_free("web" in names)
        ground = stake(settings.DATA_DIR, settings.RUN_DIR)
        self.lock = lock(ground.data / "lock")  # held until this process ends, and with it the last child
        self.demonstration = Demonstration(ground) if demo else None
        self.prepare(ground)
        processes = [self.process(ground, name) for name in names]
        self.household.start(*processes)
        self.household.wait(*processes)
        self.welcome(names)
        self.household.watch_over()
        self.say("Ending; a letter under way may finish.")

    def prepare(self, ground: Ground) -> None:
        """Servers and tables in this thread, whatever else is slow in another."""
        with ThreadPoolExecutor(1) as other:
            gathered = other.submit(self.gather)
            servers = self.embedded(ground)
            if servers:
                self.step("Starting PostgreSQL and Redis", lambda: self.household.start(*servers))
            if self.demonstration:
                self.step("Opening two post offices", self.demonstration.open_offices)
                self.household.start(*self.demonstration.doors)
            self.household.wait(*servers)
            self.step("Bringing the tables up to date", preparing.migrate)
            if self.demonstration:
                self.demonstration.settle_people()
                self.household.wait(*self.demonstration.doors)
            cast(DatabaseWrapper, connection).close_pool()
            gathered.result()

    def gather(self) -> None:
        try:
            preparing.collect_static()
            preparing.compile_translations()
        except ValueError as error:  # a sheet that names a file that is not there, a catalogue that is damaged
            raise Fault(f"The pages' files cannot be made ready: {error}") from None

    def embedded(self, ground: Ground) -> list[Server]:
        if not settings.EMBEDDED:
            return []
        wanted: list[Server] = [] if os.environ.get("DATABASE_URL") else [Postgres(ground)]
        return wanted if os.environ.get("REDIS_URL") else [*wanted, Redis(ground)]

    def process(self, ground: Ground, name: str) -> Process:
        return Web(ground, settings.BIND, settings.PORT) if name == "web" else Process(ground, name)

    def port_must_be_free(self, wanted: bool) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                if wanted:
                    probe.bind((settings.BIND, settings.PORT))
            except OSError as error:
                sentence = (
                    f"Port {settings.PORT} cannot be used ({error.strerror}): choose another one with PORT=8001 or the like."
                )
                raise Fault(sentence) from None

    def welcome(self, names: list[str]) -> None:
        self.say(f"Ready after {time.monotonic() - self.began:.1f} s. Logs: {settings.DATA_DIR / 'log'}. Ctrl-C ends everything.")
        if "web" in names:
            self.say(f"\n  {settings.SITE_URL}\n")
        if self.demonstration:
            self.say(f"{self.demonstration.sign_ins()}\n")

    def step(self, words: str, deed: Callable[[], object]) -> None:
        self.say(f"{words} ...")
        deed()

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
