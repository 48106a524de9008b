"""Starts what the tests talk to, before Django reads its settings. Loaded as a pytest plugin (see pyproject.toml).

Unless DATABASE_URL and REDIS_URL name servers, the embedded ones run in a temporary folder for as long as the tests do.
Where the tests are spread over processes (`-n 2`), each has servers of its own, and the one that spreads them needs none.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from mailbox.management.embedded import Postgres, Redis
from mailbox.management.ground import Fault, Ground, stake
from webmail import env


@contextmanager
def temporary_ground() -> Iterator[Ground]:
    """A folder that the embedded servers may enter whoever runs the tests; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="relish-tests-"))
    try:
        yield stake(folder, env.run_folder(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(stack: ExitStack) -> None:
    ground = stack.enter_context(temporary_ground())
    os.environ.setdefault("DATA_DIR", str(ground.data))
    if not os.environ.get("DATABASE_URL"):
        _run(Postgres(ground, careless=True), stack)
        os.environ["DATABASE_URL"] = env.embedded_database_url(ground.data)
    if not os.environ.get("REDIS_URL"):
        _run(Redis(ground), stack)
        os.environ["REDIS_URL"] = env.embedded_redis_url(ground.data)


def _run(server: Postgres | Redis, stack: ExitStack) -> None:
    server.start()
    stack.callback(server.stop)
    server.wait()


NOWHERE = {"DATABASE_URL": "postgres://nowhere/none", "REDIS_URL": "redis://nowhere"}


@contextmanager
def _nowhere() -> Iterator[None]:
    """Enough for the settings to be read; the processes that run the tests inherit none of it."""
    unset = {name: url for name, url in NOWHERE.items() if not os.environ.get(name)}
    os.environ.update(unset)
    try:
        yield
    finally:
        for name in unset:
            del os.environ[name]


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """A wrapper, because pytest-django reads the settings in this same hook."""
    os.environ.setdefault("SECRET_KEY", "only-for-tests")
    os.environ.setdefault("VAULT_KEYS", Fernet.generate_key().decode())
    os.environ.setdefault("ALLOWED_HOSTS", "localhost 127.0.0.1 testserver")
    spreads = getattr(early_config.known_args_namespace, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ
    if spreads:
        with _nowhere():
            return (yield)
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    try:
        _serve(stack)
    except Fault as fault:
        raise pytest.UsageError(str(fault)) from None
    return (yield)
