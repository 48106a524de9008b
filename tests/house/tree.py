"""The files of the house as the tests of the house see them: what git tracks, or would."""

import ast
import subprocess
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.BASE_DIR
PRODUCT = ("webmail/", "accounts/", "mailbox/", "deploy/", "bench/")


@cache
def files() -> list[Path]:
    """Every file that belongs to the project, as paths below its root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        names = [Path(name) for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # a tree without git, unpacked from an archive
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*") if not {".venv", "data", "__pycache__"} & set(path.parts)]
    return sorted(name for name in names if (ROOT / name).is_file())


def modules(*below: str) -> list[Path]:
    return [
        path
        for path in files()
        if path.suffix == ".py" and str(path).startswith(below or PRODUCT) and "migrations" not in path.parts
    ]


def text(path: Path) -> str:
    return (ROOT / path).read_text()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines, decorators left out."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
