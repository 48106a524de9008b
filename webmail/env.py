"""Reading switches from the environment, and the keys that an embedded house makes for itself once."""

import hashlib
import json
import os
import re
import secrets
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

Database = dict[str, object]


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str) -> bool:
    return text(name).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word for word in text(name, default).replace(",", " ").split() if word]


def number(name: str, default: int, most: int | None = None) -> int:
    value = text(name) or str(default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    if most is not None and int(value) > most:
        raise ImproperlyConfigured(f"{name} must be at most {most}, not {value}.")
    return int(value)


def must(name: str, why: str) -> str:
    if not (value := text(name)):
        raise ImproperlyConfigured(f"Set {name} ({why}), or EMBEDDED=1 to run everything on this machine.")
    return value


def database(url: str, pool: int) -> Database:
    """A Django DATABASES entry for postgres://user:password@host:port/name; host may be a percent-quoted socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must look like postgres://user:password@host:5432/name.")
    # What a statement costs to plan is spared where it asks for that (outbox/ledger.py); Django's own are never kept.
    options: dict[str, object] = {"prepare_threshold": 5}
    if pool:
        options["pool"] = {"min_size": 0, "max_size": pool, "timeout": 20}
    name_of_host = parts.netloc.rpartition("@")[2].rpartition(":")[0] or parts.netloc.rpartition("@")[2]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(name_of_host),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,  # a line that died with the server is found out before it is used
        "OPTIONS": options,
    }


def data_folder(project: Path) -> Path:
    """DATA_DIR, or data/ in the project. PostgreSQL refuses to run as root, and the user that it then runs as cannot
    enter a closed home: root with a project below one gets a folder of its own below /var/lib."""
    if given := text("DATA_DIR"):
        return Path(given).expanduser().absolute()
    if os.geteuid() or all(folder.stat().st_mode & stat.S_IXOTH for folder in (project, *project.parents)):
        return project / "data"
    return Path("/var/lib") / f"relish-{_digest(project)}"


def run_folder(data: Path) -> Path:
    """Where the embedded servers put their sockets: DATA_DIR/run, or a folder in the temporary one if that is too long for
    a Unix socket's name (108 bytes) or holds a character that URLs or Redis' own configuration would read as theirs."""
    plain = data / "run"
    if len(os.fsencode(plain)) < 80 and re.fullmatch(r"[A-Za-z0-9/._-]+", str(plain)):
        return plain
    return Path(tempfile.gettempdir()) / f"relish-{os.geteuid()}-{_digest(data)}"


def _digest(path: Path) -> str:
    return hashlib.blake2s(os.fsencode(path), digest_size=4).hexdigest()


def made_keys(folder: Path) -> dict[str, str]:
    """The secret and the vault key of an embedded house, made at its first start and readable by its owner only."""
    path = folder / "keys.json"
    try:
        if not path.exists():
            _make_keys(path)
        keys: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or "it is damaged"
        raise ImproperlyConfigured(f"The keys of this house in {path} cannot be read or made: {reason}.") from None
    return keys


def demonstrated(folder: Path) -> dict[str, str]:
    """The switches with which a demonstration reaches its own post offices; empty if there is none below that folder."""
    try:
        switches: dict[str, str] = json.loads((folder / "demo.json").read_text())["switches"]
    except (OSError, ValueError, KeyError):
        return {}
    return switches


def _make_keys(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
    fresh = {"SECRET_KEY": secrets.token_urlsafe(50), "VAULT_KEYS": Fernet.generate_key().decode()}
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # 0600; renamed when whole, so that a full disk leaves no half
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
        os.link(draft, path)
    except FileExistsError:  # another process was quicker: its keys are the keys
        pass
    finally:
        os.unlink(draft)


def embedded_database_url(folder: Path) -> str:
    """Where the embedded PostgreSQL listens: a Unix socket in the run folder."""
    return f"postgres://relish@{quote(str(run_folder(folder)), safe='')}:5432/relish"


def embedded_redis_url(folder: Path) -> str:
    """Where the embedded Redis listens: a Unix socket in the run folder."""
    return f"redis+socket://{run_folder(folder) / 'redis.sock'}?virtual_host=0"
