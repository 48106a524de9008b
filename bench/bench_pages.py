"""The inbox page of a small folder, a large one and an enormous one: server time at page 1 and far down, in one run.

    python bench/bench_pages.py [--sizes 1000 100000 1000000] [--rounds 60]

Every folder lies in the same tables of a database of its own (made and dropped here, on the server of DATABASE_URL or an
embedded one). Requests go through Django's whole stack in this process, folders taking turns; what counts is the ratio
to page 1 of the first folder.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

WANTED = 1.2  # times page 1 of the smallest folder
DEEP = 10_000  # the page that is looked at, or the last one but one where there are fewer
PAGE = 50
FILL = """
    WITH fresh AS (
        INSERT INTO mailbox_thread (mailbox_id, base_subject, count, last_at)
        SELECT %(mailbox)s, 'Invoice ' || number, 1 + number %% 4, now() - number * interval '1 minute'
        FROM generate_series(1, %(count)s) AS number RETURNING id, last_at, base_subject
    )
    INSERT INTO mailbox_threadfolder
        (thread_id, folder_id, last_at, count, unread, flagged, has_attachments, people, subject, snippet)
    SELECT id, %(folder)s, last_at, 1, (id %% 20 = 0)::int, (id %% 70 = 0)::int, id %% 5 = 0,
        jsonb_build_array(jsonb_build_array('Person ' || id %% 900, 'person' || id %% 900 || '@hamburger.edu')),
        base_subject, 'Thank you for your order. The invoice is attached; payment is due within thirty days of receipt.'
    FROM fresh
"""


@contextmanager
def database() -> Iterator[None]:
    """A database of this run's own, named in DATABASE_URL until it is dropped."""
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            serve(stack)
        server = os.environ["DATABASE_URL"]
        name = f"bench_pages_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as line:
            line.execute(f"CREATE DATABASE {name}")
        os.environ["DATABASE_URL"] = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        try:
            yield
        finally:
            close()
            with psycopg.connect(server, autocommit=True) as line:
                line.execute(f"DROP DATABASE {name} WITH (FORCE)")


def serve(stack: ExitStack) -> None:
    from mailbox.management.embedded import Postgres
    from tests.servers import temporary_ground
    from webmail import env

    ground = stack.enter_context(temporary_ground())
    postgres = Postgres(ground)
    postgres.start()
    stack.callback(postgres.stop)
    postgres.wait()
    os.environ["DATABASE_URL"] = env.embedded_database_url(ground.data)


def close() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()


def prepare() -> None:
    """Django with tables, quiet and like in production."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")
    os.environ.setdefault("SECRET_KEY", "only-for-measuring")
    os.environ.setdefault("VAULT_KEYS", Fernet.generate_key().decode())
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")  # a list never asks it
    os.environ["ALLOWED_HOSTS"] = "testserver"
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def fill(size: int) -> "Visitor":
    """A person whose inbox holds so many conversations."""
    from django.db import connection

    from accounts.models import User
    from mailbox.models import Access, Folder, Identity, Mailbox

    user = User.objects.create_user(f"owner{size}@crepes.fr")
    mailbox = Mailbox.objects.create(
        address=user.email, incoming=f"imaps://u{size}@imap.invalid:993", outgoing="direct:", state="ok"
    )
    Access.objects.create(mailbox=mailbox, user=user)
    Identity.objects.create(mailbox=mailbox, address=user.email)
    for role in ("inbox", "sent", "drafts", "archive", "junk", "trash"):
        Folder.objects.create(mailbox=mailbox, name=role, wire_name=role, delimiter="/", role=role, live=size, unread=size // 20)
    folder = mailbox.folders.get(role="inbox")
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"mailbox": mailbox.pk, "folder": folder.pk, "count": size})
    return Visitor(user, folder, size)


class Visitor:
    """A signed-in browser and the two pages it asks for."""

    def __init__(self, user: object, folder: object, size: int) -> None:
        from django.test import Client

        from mailbox.models import ThreadFolder
        from mailbox.views.rows import cursor_of

        self.size = size
        self.client = Client()
        self.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = min(DEEP, size // PAGE - 1)
        rows = ThreadFolder.objects.filter(folder=folder).order_by("-last_at", "-id")
        self.pages = {"1": "/", str(page): f"/?before={cursor_of(rows[(page - 1) * PAGE - 1])}"}
        self.forget()

    def forget(self) -> None:
        self.times: dict[str, list[float]] = {page: [] for page in self.pages}
        self.work: dict[str, list[float]] = {page: [] for page in self.pages}

    def ask(self) -> None:
        for page, url in self.pages.items():
            wall, cpu = time.perf_counter(), time.process_time()
            answer = self.client.get(url)
            self.times[page].append((time.perf_counter() - wall) * 1000)
            self.work[page].append((time.process_time() - cpu) * 1000)
            assert answer.status_code == 200
            assert answer.content.count(b'<li class="row"') == PAGE


def measure(sizes: list[int], rounds: int) -> dict[str, object]:
    from django.db import connection

    visitors = {size: fill(size) for size in sizes}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    for _ in range(5):
        for visitor in visitors.values():
            visitor.ask()
    for visitor in visitors.values():
        visitor.forget()
    for _ in range(rounds):
        for visitor in visitors.values():
            visitor.ask()
    base = statistics.median(visitors[sizes[0]].times["1"])
    rows = [figures(visitor, page, base) for visitor in visitors.values() for page in visitor.pages]
    return {"rounds": rounds, "rows_a_page": PAGE, "wanted": WANTED, "pages": rows}


def figures(visitor: Visitor, page: str, base: float) -> dict[str, float]:
    ms, cpu = statistics.median(visitor.times[page]), statistics.median(visitor.work[page])
    return {
        "conversations": visitor.size,
        "page": int(page),
        "ms": round(ms, 2),
        "cpu_ms": round(cpu, 2),
        "ratio": round(ms / base, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    with database():
        prepare()
        found = measure(given.sizes, given.rounds)
    print(f"{'conversations':>13} {'page':>7} {'ms':>8} {'CPU ms':>8} {'ratio':>6}   (wanted: {WANTED})")
    for row in found["pages"]:
        print(f"{row['conversations']:>13,} {row['page']:>7,} {row['ms']:>8.2f} {row['cpu_ms']:>8.2f} {row['ratio']:>6.2f}")
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    (ROOT / "bench" / "results" / "pages.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
