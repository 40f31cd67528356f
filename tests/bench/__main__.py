"""`make bench`: what roster costs beside a minimal script, as whole processes that alternate.

The minimal script (`bare`) loads the same inputs with CSafeLoader, takes the content of each output
from a pickle, which is faster than any code that computes it, and writes the same files: Kubernetes
objects with CSafeDumper, JSON with the standard library, and other texts unchanged. It validates
nothing.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.bench import estate

ROOT = Path(__file__).parents[2]
PLACE = "/dev/shm" if Path("/dev/shm").is_dir() else None  # memory: no disk is measured
BARE = """\
import json, os, pickle, sys, yaml
root, out = sys.argv[1:]
for folder, _, names in os.walk(root):
    for name in names:
        if name.endswith(".yaml"):
            with open(os.path.join(folder, name)) as file:
                list(yaml.load_all(file, yaml.CSafeLoader))
with open(os.path.join(root, "ready.pickle"), "rb") as file:
    ready = pickle.load(file)
for path, value in ready:
    target = os.path.join(out, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "w") as file:
        if isinstance(value, str):
            file.write(value)
        elif path.endswith(".json"):
            json.dump(value, file, indent=2, ensure_ascii=False)
        else:
            yaml.dump(value, file, yaml.CSafeDumper, sort_keys=False)
"""


class Cost(NamedTuple):
    """Elapsed seconds, CPU seconds and peak MiB of one whole process."""

    elapsed: float
    cpu: float
    peak: float


def run(*command: str) -> Cost:
    """Run a process to its end; it must succeed."""
    start = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        command,
        {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
        file_actions=[(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)],
    )
    _, status, usage = os.wait4(child, 0)
    elapsed = time.perf_counter() - start
    assert status == 0, f"{command} failed: {status}"
    return Cost(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def roster(root: Path) -> Cost:
    return run(sys.executable, "-m", "compiler", "generate", "--root", str(root))


def bare(root: Path) -> Cost:
    out = root / "bare"
    shutil.rmtree(out, ignore_errors=True)
    return run(sys.executable, "-c", BARE, str(root), str(out))


def cold(root: Path) -> Cost:
    shutil.rmtree(root / "generated", ignore_errors=True)
    shutil.rmtree(root / ".roster", ignore_errors=True)
    return roster(root)


def one_changed(root: Path) -> Cost:
    path = root / "specs/mcp-servers/server-3.yaml"
    text = path.read_text(encoding="utf-8")
    levels = ("info", "debug") if "LOG_LEVEL: info" in text else ("debug", "info")
    path.write_text(text.replace(*(f"LOG_LEVEL: {level}" for level in levels)), encoding="utf-8")
    return roster(root)


MODES: dict[str, Callable[[Path], Cost]] = {
    "bare": bare,
    "cold": cold,
    "nothing changed": roster,
    "one changed": one_changed,
}
STARTS = (
    "import pydantic, yaml, click",  # pydantic 2.14 loads nothing of itself here
    "import yaml, click; from pydantic import BaseModel",
)
LIMITS = {"cold": 0.5, "one changed": 0.4, "nothing changed": 0.12}


def measure(n: int, rounds: int) -> None:
    """Measure one size: every mode in each round, so that the machine's load affects all alike."""
    root = Path(tempfile.mkdtemp(prefix="roster-bench-", dir=PLACE))
    try:
        estate.write(root, n)
        run(sys.executable, "-m", "tests.bench.objects", str(root))
        count = int((root / "objects.count").read_text(encoding="utf-8"))
        costs: dict[str, list[Cost]] = {mode: [] for mode in MODES}
        for _ in range(rounds):
            for mode, call in MODES.items():
                costs[mode].append(call(root))
        report(n, count, costs)
    finally:
        shutil.rmtree(root)


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def report(n: int, count: int, costs: dict[str, list[Cost]]) -> None:
    base = median(costs["bare"])
    for mode, measured in costs.items():
        cost = median(measured)
        wanted = f"(at most {LIMITS[mode]})" if n == 1000 and mode in LIMITS else ""
        print(
            f"{n:>5}  {count:>6}  {mode:<16}{cost.elapsed:>8.3f}{cost.cpu:>8.3f}{cost.peak:>8.0f}"
            f"{cost.elapsed / base.elapsed:>8.2f}{cost.cpu / base.cpu:>8.2f}  {wanted}".rstrip(),
            flush=True,
        )


def shipped(rounds: int) -> None:
    """Measure the repository's own estate, cold, beside Python's start with three imports."""
    root = Path(tempfile.mkdtemp(prefix="roster-bench-", dir=PLACE))
    try:
        for name in ("specs", "projects", "policies"):
            shutil.copytree(ROOT / name, root / name)
        costs: dict[str, list[Cost]] = {code: [] for code in STARTS}
        compiled: list[Cost] = []
        for _ in range(rounds):
            for code, seen in costs.items():
                seen.append(run(sys.executable, "-c", code))
            compiled.append(cold(root))
        cost = median(compiled)
        print(
            f"\nshipped estate, cold: {cost.elapsed:.3f} s elapsed, {cost.cpu:.3f} s CPU;"
            " ratios to a bare start (at most 4):"
        )
        for code, seen in costs.items():
            base = median(seen)
            ratios = f"{cost.elapsed / base.elapsed:.2f} elapsed, {cost.cpu / base.cpu:.2f} CPU"
            print(f"  {ratios} of {base.elapsed:.3f} s: {code}")
    finally:
        shutil.rmtree(root)


def reach(agents: int = 500, servers: int = 200, tools: int = 10_000) -> None:
    """Measure the closure of reach over a dense estate.

    Every agent delegates to eight others of its team of 100, and has some tools of twenty servers.
    """
    import random

    from compiler.check.grading import CHOICES, GRADED
    from compiler.check.toxic_flows import PRIVATE, SINK, UNTRUSTED, flows
    from compiler.derive import derive
    from compiler.derive.reach import reach as closed
    from compiler.diagnostic import Rule, Severity
    from compiler.pipeline import read
    from tests.estate import TODAY
    from tests.layers import TRAITS, Server, documents, sources

    dice = random.Random(7)
    names = tuple(f"tool-{n}" for n in range(tools // servers))
    offered = {
        f"server-{n}": Server(names, labels={t: (dice.choice(TRAITS),) for t in names})
        for n in range(servers)
    }
    team = [(f"p{n // 100}", f"agent-{n}") for n in range(agents)]
    grants = {
        (*member, server): dict.fromkeys(dice.sample(names, 10), dice.choice(("none", "human")))
        for member in team
        for server in dice.sample(sorted(offered), 20)
    }
    hands = {
        (p, a): [f"agent-{int(p[1:]) * 100 + n}" for n in dice.sample(range(100), 8)]
        for p, a in team
    }
    specs = documents(offered, grants, clusters=["direct"], delegations=hands)
    reading = read(sources(specs).values())
    assert reading.graph is not None, reading.diagnostics[:3]
    graph = reading.graph
    fleet = derive(graph, TODAY)
    start = time.perf_counter()
    result = closed(graph, fleet.grants, fleet.traits)
    middle = time.perf_counter()
    toxic = flows(fleet, Rule("x", Severity.ERROR, "x", GRADED, CHOICES), UNTRUSTED, PRIVATE, SINK)
    end = time.perf_counter()
    most = max(bits.bit_count() for bits in result.everything.values())
    print(
        f"\nreach: {agents} agents, {servers} servers, {tools} tools, {len(fleet.grants)} grants:"
        f" {middle - start:.3f} s (at most 2)\n  an agent reaches up to {most} grants;"
        f" {len(toxic)} toxic flows with evidence and cure: {end - middle:.3f} s"
    )


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [10, 100, 1000]
    print("    N  objects  mode             elapsed     CPU  MiB peak  /bare: elapsed CPU")
    for n in sizes:
        measure(n, rounds=3 if n >= 1000 else 5)
    shipped(rounds=7)
    reach()


if __name__ == "__main__":
    main()
