"""What the tests measured: seconds, counts and memory, printed at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.cluster.processes import Process


@dataclass
class Report:
    """Rows of two tables, and remarks."""

    steps: list[tuple[str, float, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, count: str = "") -> Iterator[None]:
        """Time a part."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.steps.append((name, time.monotonic() - begun, count))

    def lines(self, processes: list[Process]) -> Iterator[str]:
        """Both tables."""
        yield f"{'part':44} {'seconds':>8}  what"
        for name, seconds, count in self.steps:
            yield f"{name:44} {seconds:8.1f}  {count}"
        yield ""
        yield f"{'program':44} {'seconds':>8}  peak memory"
        for process in processes:
            ready = f"{process.name} ready"
            yield f"{ready:44} {process.seconds:8.1f}  {process.measure()} MiB"
        yield from self.remarks
