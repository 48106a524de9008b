"""How long things may be: what is too long to read at once is too long."""

import ast
from pathlib import Path
from statistics import median

from tests.house.tree import files, functions, length, modules, parsed, text

FILE, FUNCTION, MEDIAN, VIEW, TASK, TEMPLATE, TEST = 300, 40, 9, 25, 10, 120, 25  # lines


def too_long(paths: list[Path], limit: int) -> list[str]:
    lengths = {path: len(text(path).splitlines()) for path in paths}
    return [f"{path} has {lines} lines" for path, lines in lengths.items() if lines > limit]


def long_functions(paths: list[Path], limit: int, prefix: str = "") -> list[str]:
    found = [(path, node) for path in paths for node in functions(path) if node.name.startswith(prefix)]
    return [f"{path}:{node.lineno} {node.name} has {length(node)} lines" for path, node in found if length(node) > limit]


def takes_request(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.args.args) and node.args.args[0].arg == "request"


def test_files() -> None:
    assert not too_long([*modules(), *modules("tests/")], FILE)


def test_functions() -> None:
    assert not long_functions(modules(), FUNCTION)
    assert median(length(node) for path in modules() for node in functions(path)) <= MEDIAN


def test_views_and_tasks() -> None:
    views = [
        (path, node) for path in modules("mailbox/views/", "accounts/views/") for node in functions(path) if takes_request(node)
    ]
    assert not [f"{path}:{node.lineno} {node.name}" for path, node in views if length(node) > VIEW]
    assert not long_functions(modules("mailbox/tasks.py"), TASK)


def test_templates() -> None:
    assert not too_long([path for path in files() if str(path).startswith("templates/")], TEMPLATE)


def test_tests() -> None:
    assert not long_functions(modules("tests/"), TEST, prefix="test_")


def test_every_module_says_first_what_it_is() -> None:
    silent = [
        str(path) for path in [*modules(), *modules("tests/")] if text(path).strip() and not ast.get_docstring(parsed(path))
    ]
    assert not silent
