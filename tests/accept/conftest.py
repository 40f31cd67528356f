"""Fixtures of the acceptance tests."""

from __future__ import annotations

import pytest

from compiler.cli import inputs
from compiler.pipeline import compile
from tests.accept.programs import ROOT, Objects
from tests.estate import TODAY


@pytest.fixture(scope="session")
def objects() -> Objects:
    """The platform's objects of production, by kind and name."""
    result = compile(inputs.read(ROOT).sources.values(), today=TODAY)
    assert not result.failed
    return {
        (file.object["kind"], file.object["metadata"]["name"]): file.object
        for file in result.files
        if file.object and file.path.startswith("clusters/prod/platform/")
    }
