"""Every switch is explained in .env.example, and nothing is explained that is no switch."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

EXAMPLE = (settings.BASE_DIR / ".env.example").read_text()
READ = re.compile(r"""(?:env\.)?(?:text|flag|words|number|must)\(\s*"([A-Z_]+)\"""")
ONLY_FOR_COMPOSE = {"POSTGRES_PASSWORD"}
ALONE = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}


def explained() -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_the_example_and_the_settings_agree() -> None:
    sources = "".join(path.read_text() for path in (settings.BASE_DIR / "webmail").glob("*.py"))
    assert explained() - ONLY_FOR_COMPOSE == set(READ.findall(sources))


def test_every_switch_has_a_comment_above() -> None:
    lines = EXAMPLE.split("\n")
    switches = [number for number, line in enumerate(lines) if re.match(r"(# )?[A-Z_]+=", line)]
    bare = [lines[number] for number in switches if not lines[number - 1].startswith("#")]
    assert not bare


def run(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "diffsettings"]
    return subprocess.run(command, env={**ALONE, **environment}, capture_output=True, text=True, cwd=tmp_path, timeout=60)


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SECRET_KEY", "VAULT_KEYS", "ALLOWED_HOSTS"])
def test_a_missing_switch_is_one_plain_sentence(tmp_path: Path, name: str) -> None:
    given = {
        "DATABASE_URL": "postgres://a@b/c",
        "REDIS_URL": "redis://b",
        "SECRET_KEY": "x" * 50,
        "VAULT_KEYS": "x",
        "ALLOWED_HOSTS": "b",
    }
    done = run(tmp_path, **{key: value for key, value in given.items() if key != name})
    assert done.returncode == 1
    assert done.stderr.startswith(f"Set {name} ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("value", ["abc", "-1", "99999", "²"])
def test_a_number_that_is_none_is_one_plain_sentence(tmp_path: Path, value: str) -> None:
    done = run(tmp_path, EMBEDDED="1", DATA_DIR=str(tmp_path), PORT=value)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("PORT must be ")


def test_keys_that_cannot_be_read_are_one_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    done = run(tmp_path, EMBEDDED="1", DATA_DIR=str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "cannot be read or made: it is damaged." in done.stderr


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    run(tmp_path, EMBEDDED="1", DATA_DIR=str(tmp_path / "data"))
    kept = tmp_path / "data" / "keys.json"
    first = kept.read_text()
    run(tmp_path, EMBEDDED="1", DATA_DIR=str(tmp_path / "data"))
    assert kept.read_text() == first
    assert kept.stat().st_mode & 0o077 == 0
