"""The published JSON Schemas: valid, all described, and of one mind with the compiler."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from compiler.model import KINDS, MANIFESTS
from compiler.model.schema import document, every
from compiler.model.wording import models_in
from compiler.parse import parse
from tests import shipped

ROOT = Path(__file__).parents[1]


def models(cls: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield cls
    for field in cls.model_fields.values():
        for inner in models_in(field.annotation):
            yield from models(inner)


def plain(value: Any) -> Any:
    """What a JSON reader would have: lists for tuples."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_schema_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(document(kind))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_field_is_described(kind: str) -> None:
    silent = [
        f"{model.__name__}.{name}"
        for model in models(KINDS[kind])
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert silent == []


def test_the_estate_is_valid_and_a_typo_is_not() -> None:
    validator = Draft202012Validator(every())
    seen = set()
    for source in shipped.sources().values():
        for parsed in parse(source)[0]:
            data = plain(parsed.data)
            assert [error.message for error in validator.iter_errors(data)] == []
            if data["kind"] in MANIFESTS:
                continue  # what is in them is for Kubernetes to say
            seen.add(data["kind"])
            wrong = {**data, "spec": {**data["spec"], "surplus": 1}}
            assert not validator.is_valid(wrong)
    assert seen == set(KINDS)
