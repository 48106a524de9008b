"""What the README tells people to run exists."""

import re

import pytest
from django.core.management import get_commands

from tests.house.tree import ROOT, text

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z-]+)\b", README.replace("make room", "")))))
def test_every_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("command", sorted(set(re.findall(r"manage\.py ([a-z_]+)", README))))
def test_every_command_exists(command: str) -> None:
    assert command in get_commands()


def test_every_target_is_explained_by_help() -> None:
    phony = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()
    inner = {"install", "install-dev", "system-packages"}
    assert {target for target in phony if re.search(rf"^{target}:.* ## \S", MAKEFILE, re.MULTILINE)} == set(phony) - inner


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:docs/)?[\w.-]+\.(?:md|yml|example))`", README))))
def test_every_file_it_points_to_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_ci_runs_what_the_readme_tells() -> None:
    steps = [line for line in text(ROOT / ".ci/run").splitlines() if line.startswith("make ")]
    assert steps == ["make lint", "make test", "make test-servers"]
    assert all(f"`{step}`" in README or f"\n{step}\n" in README for step in steps)
