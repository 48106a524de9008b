"""Reading switches from the environment, and the keys that an embedded house makes for itself once."""

import json
import os
import secrets
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


def number(name: str, default: int) -> int:
    value = text(name) or str(default)
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
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
    name_of_host = parts.netloc.rpartition("@")[2].rpartition(":")[0] or parts.netloc.rpartition("@")[2]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(name_of_host),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 0, "max_size": pool, "timeout": 20}} if pool else {},
    }


def made_keys(folder: Path) -> dict[str, str]:
    """The secret and the vault key of an embedded house, made at its first start and readable by its owner only."""
    path = folder / "keys.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = {"SECRET_KEY": secrets.token_urlsafe(50), "VAULT_KEYS": Fernet.generate_key().decode()}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
    keys: dict[str, str] = json.loads(path.read_text())
    return keys


def embedded_database_url(folder: Path) -> str:
    """Where the embedded PostgreSQL listens: a Unix socket below DATA_DIR/run."""
    return f"postgres://relish@{quote(str(folder / 'run'), safe='')}/relish"


def embedded_redis_url(folder: Path) -> str:
    """Where the embedded Redis listens: a Unix socket below DATA_DIR/run."""
    return f"redis+socket://{folder / 'run' / 'redis.sock'}?virtual_host=0"
