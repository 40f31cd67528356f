"""This repository's own estate, read and compiled once in a process of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from compiler.cli import inputs
from compiler.file import File
from compiler.pipeline import compile
from compiler.source import Source
from tests.estate import TODAY

ROOT = Path(__file__).parents[1]


@cache
def sources() -> Mapping[str, Source]:
    """Its inputs by path."""
    return inputs.read(ROOT).sources


@cache
def files() -> tuple[File, ...]:
    """What it compiles to; the objects of files are not to be changed."""
    result = compile(sources().values(), today=TODAY)
    assert not result.failed, result.diagnostics
    return result.files
