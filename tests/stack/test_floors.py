"""The local stack does not import the compiler, and its files and functions are small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

STACK = Path(__file__).parents[2] / "stack"
FILES = sorted(STACK.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(STACK)))
def test_no_file_imports_the_compiler(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.split(".")[0] == "compiler" for name in names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(STACK)))
def test_files_and_functions_are_small(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name
