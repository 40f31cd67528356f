"""Objects that tests need for a while in somebody's cluster: made if absent, and then removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.cluster.api import Api, pooled
from tests.cluster.processes import eventually

FOREVER = 120.0


@dataclass
class Borrowed:
    """What was made here, and nothing else."""

    api: Api
    made: list[dict[str, Any]] = field(default_factory=list)

    def add(self, objects: Iterable[dict[str, Any]]) -> None:
        """Make those that are not there; what is there stays as it is."""
        some = list(objects)
        for object, answer in zip(some, pooled(self.api.create, some), strict=True):
            if answer.ok:
                self.made.append(object)
            else:
                assert answer.status == 409, f"{object['metadata']['name']}: {answer.message}"

    def release(self) -> None:
        """Remove all of it, and wait until it is gone."""
        made, self.made = self.made[::-1], []
        list(pooled(self.api.delete, made))
        spaces = [one for one in made if one["kind"] == "Namespace"]
        gone = eventually(lambda: all(self.api.get(s).status == 404 for s in spaces), FOREVER)
        assert gone, "a namespace that was made for the tests does not go away"
