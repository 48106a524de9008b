"""The packages are locked with hashes and name no place to come from; a missing tool is one plain sentence."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT

LOCKS = ("base", "embedded", "dev")


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    assert not [line for line in lines if not re.match(r"[a-z0-9._-]+(\[[\w,-]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]


@pytest.mark.parametrize("name", LOCKS)
def test_no_place_to_come_from_is_named(name: str) -> None:
    assert "://" not in (ROOT / "requirements" / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_everything_asked_for_is_locked(name: str) -> None:
    asked = [line.split(";")[0] for line in (ROOT / "requirements" / f"{name}.in").read_text().splitlines()]
    names = {re.split(r"[\[<>=~ ]", line)[0] for line in asked if line and line[0] not in "#-"}
    locked = set(re.findall(r"^([a-z0-9._-]+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
    assert names <= locked


def bare_machine(folder: Path) -> dict[str, str]:
    """A PATH on which there is a shell and no Python."""
    (folder / "bin").mkdir()
    for tool in ("sh", "dirname", "cat", "cksum", "cut", "rm", "touch"):
        (folder / "bin" / tool).symlink_to(str(shutil.which(tool)))
    shutil.copytree(ROOT / "requirements", folder / "house" / "requirements")
    return {"PATH": str(folder / "bin")}


def test_without_python_one_sentence_says_so(tmp_path: Path) -> None:
    environment = bare_machine(tmp_path)
    done = subprocess.run([tmp_path / "house/requirements/install", "base"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert (
        done.stderr
        == "Python 3.11 or newer is needed, and there is none: install it (Debian: apt-get install python3 python3-venv).\n"
    )


def test_an_old_python_is_no_python(tmp_path: Path) -> None:
    environment = bare_machine(tmp_path)
    old = tmp_path / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run([tmp_path / "house/requirements/install", "base"], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr[:26]) == (1, "Python 3.11 or newer is ne")
