"""Every way to spoil the artefacts is noticed (`make mutations` lists them with their verdicts)."""

from __future__ import annotations

from collections import Counter

import pytest

from tests import mutations
from tests.mutations.estate import estate, wrong

EVERY = list(mutations.every())


def test_nothing_is_wrong_before() -> None:
    assert wrong(estate()[0]) == []


@pytest.mark.parametrize("mutation", EVERY, ids=lambda m: f"{m.layer}: {m.name}")
def test_noticed(mutation: mutations.Mutation) -> None:
    assert mutations.verdict(mutation)


def test_there_are_mutations_of_every_layer() -> None:
    """Of each reader, and in all at least sixty."""
    layers = Counter(mutation.layer for mutation in EVERY)
    assert len(layers) == 16
    assert min(layers.values()) >= 2
    assert sum(layers.values()) >= 150
