"""Every mutation of the artefacts is noticed (`make mutations` lists them with their verdicts)."""

from __future__ import annotations

import pytest

from tests import mutations
from tests.mutations.estate import ALL, estate, layers, wrong

EVERY = list(mutations.every())


@pytest.mark.parametrize("clusters", [ALL, *((name,) for name in ALL)], ids=" ".join)
def test_nothing_is_wrong_before(clusters: tuple[str, ...]) -> None:
    assert wrong(estate(clusters), clusters) == []


@pytest.mark.parametrize("mutation", EVERY, ids=lambda m: f"{m.layer}: {m.name}")
def test_noticed(mutation: mutations.Mutation) -> None:
    assert mutations.verdict(mutation)


def test_every_layer_has_mutations() -> None:
    """The reports `files` and `identity` are about what all layers share."""
    assert {
        name
        for name in layers()
        if not any(name == layer or name.startswith(f"{layer}-") for layer in mutations.LAYERS)
    } == {"files", "identity"}
