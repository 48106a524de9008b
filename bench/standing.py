"""Servers to measure the mirror against: a Dovecot, an empty PostgreSQL that syncs to disk, a Redis; Django set up here."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from mailbox.management.embedded import Postgres, Redis
from mailbox.management.ground import Ground, stake
from tests.dovecot import Dovecot
from tests.real import LOOPBACK, own_folder
from tests.servers import temporary_ground
from webmail import env


@contextmanager
def standing(kept: Path | None = None) -> Iterator[tuple[Dovecot, Path]]:
    """Dovecot, an empty database and a Redis; Django set up in this process. What lies in the folder `kept` stays there."""
    for name in ("DATABASE_URL", "REDIS_URL", "EMBEDDED"):
        os.environ.pop(name, None)
    folder, store = kept / "dovecot" if kept else own_folder(), own_folder()
    with lasting_ground(kept) if kept else temporary_ground() as ground:
        servers = [Postgres(ground), Redis(ground)]
        dovecot = Dovecot(folder)
        try:
            for server in servers:
                server.start()
                server.wait()
            os.environ |= {
                "DATABASE_URL": env.embedded_database_url(ground.data), "REDIS_URL": env.embedded_redis_url(ground.data),
                "DATA_DIR": str(ground.data), "SECRET_KEY": "bench", "VAULT_KEYS": Fernet.generate_key().decode(),
                "ALLOWED_HOSTS": "localhost", "ALLOW_PRIVATE_HOSTS": " ".join(LOOPBACK.allow),
                "DJANGO_SETTINGS_MODULE": "webmail.settings",
            }  # fmt: skip
            _set_up_django()
            yield dovecot, store
        finally:
            hang_up()
            for server in reversed(servers):
                server.stop()
            dovecot.stop()
            for one in [store] if kept else [folder, store]:
                shutil.rmtree(one, ignore_errors=True)


@contextmanager
def lasting_ground(kept: Path) -> Iterator[Ground]:
    (kept / "dovecot").mkdir(parents=True, exist_ok=True)
    yield stake(kept / "data", env.run_folder(kept / "data"))


def _set_up_django() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def hang_up() -> None:
    from django.db import connections

    for line in connections.all():
        line.close()
        getattr(line, "close_pool", lambda: None)()
