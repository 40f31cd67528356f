"""Objects that tests need in a user's cluster: created if absent, and removed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.cluster.api import Api, pooled
from tests.cluster.processes import eventually

PATIENCE = 600.0
"""Seconds for a namespace to be removed."""


@dataclass
class Borrowed:
    """The objects that these tests have created."""

    api: Api
    created: list[dict[str, Any]] = field(default_factory=list)

    def add(self, objects: Iterable[dict[str, Any]]) -> None:
        """Create the objects that do not exist; leave the others unchanged."""
        some = list(objects)
        for object, answer in zip(some, pooled(self.api.create, some), strict=True):
            if answer.ok:
                self.created.append(object)
            else:
                assert answer.status == 409, f"{object['metadata']['name']}: {answer.message}"

    def release(self) -> None:
        """Remove them, and wait until they are gone."""
        objects, self.created = self.created[::-1], []
        list(pooled(self.api.delete, objects))
        spaces = [object for object in objects if object["kind"] == "Namespace"]
        gone = eventually(lambda: all(self.api.get(s).status == 404 for s in spaces), PATIENCE)
        assert gone, "a namespace of the tests is not removed"
