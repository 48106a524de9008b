"""Our house as bench_relay.py has it: PostgreSQL and Redis of its own, the workers, a mailbox, a full queue."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]


def serve(stack: ExitStack) -> None:
    """PostgreSQL and Redis of this run's own, Django over them, tables in them."""
    from cryptography.fernet import Fernet

    from mailbox.management.embedded import Postgres, Redis
    from tests.servers import temporary_ground
    from webmail import env

    ground = stack.enter_context(temporary_ground())
    for server in (Postgres(ground), Redis(ground)):
        server.start()
        stack.callback(server.stop)
        server.wait()
    os.environ |= {
        "DATA_DIR": str(ground.data),
        "DATABASE_URL": env.embedded_database_url(ground.data),
        "REDIS_URL": env.embedded_redis_url(ground.data),
        "SECRET_KEY": "only-for-measuring",
        "VAULT_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "testserver",
        "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
        "EHLO_NAME": "bench.crepes.fr",
        "DJANGO_SETTINGS_MODULE": "webmail.settings",
        "LOG_LEVEL": "WARNING",
        "DB_POOL": "12",
    }


def set_up(stack: ExitStack) -> None:
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    stack.callback(connection.close_pool)
    stack.callback(connection.close)


def worker(stack: ExitStack, name: str) -> subprocess.Popen[str]:
    """One worker, as `manage.py up` runs it."""
    from mailbox.management.processes import PARTS

    command = [sys.executable, "-m", *PARTS[name].words]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdout
    while "ready." not in process.stdout.readline():
        assert process.poll() is None
    threading.Thread(target=process.stdout.read, daemon=True).start()
    return process


def make_mailbox(name: str) -> Any:
    from accounts.models import User
    from mailbox.models import Access, Folder, Identity, Mailbox

    user = User.objects.create_user(f"{name}@crepes.fr", undo_seconds=0, most_per_hour=10**9, most_per_day=10**9)
    mailbox = Mailbox.objects.create(
        address=user.email, incoming=f"imaps://{name}@imap.invalid", outgoing="direct:", state="ok", most_per_hour=10**9,
        most_per_day=10**9,
    )  # fmt: skip
    Access.objects.create(mailbox=mailbox, user=user)
    Identity.objects.create(mailbox=mailbox, address=user.email)
    for role in ("inbox", "sent", "drafts"):
        Folder.objects.create(mailbox=mailbox, name=role, wire_name=role, delimiter="/", role=role, uidvalidity=1)
    return mailbox


def pressing(mailbox: Any, text: str) -> Callable[[], None]:
    """One press of Send as the browser of that Mailbox's person says it, through every middleware, to the answer's last byte."""
    from django.conf import settings
    from django.test import Client, RequestFactory
    from django.urls import reverse

    from webmail.wsgi import application

    client, token = Client(), "x" * 32
    client.force_login(mailbox.access.get().user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    headers = {"HX-Request": "true", "HX-Target": "compose", "Cookie": cookies}
    typed = {"to": "bob@hamburger.edu", "subject": "Lunch", "text": text, "identity": mailbox.identities.get().pk}
    body = urlencode({"csrfmiddlewaretoken": token, "place": "dock", "revision": 0, **typed})

    def press() -> None:
        said: list[str] = []
        path = reverse("draft_send", args=[uuid4()])
        form = RequestFactory().post(path, body, "application/x-www-form-urlencoded", headers=headers)
        answer = application(form.environ, lambda status, _: said.append(status))
        assert said == ["200 OK"]
        assert b"bob@hamburger.edu" in b"".join(answer)
        answer.close()

    return press


def letter(size: int) -> bytes:
    head = (
        b"From: alice@crepes.fr\r\nTo: bob@hamburger.edu\r\nSubject: Lunch\r\nMessage-ID: <%d@crepes.fr>\r\n\r\n" % time.time_ns()
    )
    return head + (b"How about pickles? " * 4 + b"\r\n") * ((size - len(head)) // 78)


def fill(mailbox: Any, letters: int, size: int, domains: list[str]) -> None:
    """As many letters in the queue as if they had been posted, one addressee each."""
    import zstandard
    from django.utils import timezone

    from mailbox.models import Outgoing, Recipient

    now, later = timezone.now(), timezone.now() + timezone.timedelta(days=3)
    rows = Outgoing.objects.bulk_create(
        Outgoing(
            mailbox=mailbox, key=f"{time.time_ns()}-{number}", message_id=str(number), return_path=mailbox.address,
            data=zstandard.compress(letter(size)), size=size, not_before=now, expires_at=later,
        )
        for number in range(letters)
    )  # fmt: skip
    Recipient.objects.bulk_create(
        Recipient(outgoing=row, address=f"bob@{domain}", site=domain, state="queued", next_at=now)
        for row, domain in zip(rows, (domains * letters)[:letters], strict=True)
    )
