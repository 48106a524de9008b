"""Imports go downhill only."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, modules, parsed

SPEAK_HTTP = ("mailbox/admin.py", "mailbox/views/", "mailbox/middleware.py")


def test_the_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(parsed(path)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def test_only_views_speak_http() -> None:
    """import-linter cannot see into packages that are not ours."""
    below = [path for path in modules("mailbox/") if not str(path).startswith(SPEAK_HTTP)]
    assert not [str(path) for path in below if any(name.startswith("django.http") for name in imported(path))]
