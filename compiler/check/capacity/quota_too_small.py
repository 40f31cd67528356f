"""A quota must fit what usually runs, one more pod of each workload during a rollout (which stalls
without it, as a real API server showed), and one server at its maximum.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import Load
from compiler.derive.quantity import cpu, in_bytes, memory, millicores
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Project

RULE = Rule("quota-too-small", Severity.ERROR, "a project's quota is below what it runs")
_MEASURES = (("cpu", millicores, cpu), ("memory", in_bytes, memory))


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a project's quota is below what it runs."""
    groups: dict[tuple[str, str, str], list[Load]] = {}
    for load in fleet.loads:
        part = "agents" if load.part == "agents" else "servers"  # a proxy runs with servers
        groups.setdefault((load.project, load.cluster, part), []).append(load)
    for project in fleet.graph.all(Project):
        for cluster in project.spec.clusters:
            for part in ("agents", "servers"):
                loads = groups.get((project.name, cluster, part), [])
                yield from _part(project, cluster, part, loads)


def _part(
    project: Resource[Project], cluster: str, part: str, loads: list[Load]
) -> Iterator[Diagnostic]:
    quota = getattr(project.spec.quota, part)
    for side in ("requests", "limits"):
        for i, (field, measure, write) in enumerate(_MEASURES):
            each = [getattr(load, side)[i] for load in loads]
            needed = _room(loads, each)
            if needed > measure(getattr(getattr(quota, side), field)):
                yield RULE.at(
                    project.at("quota", part, side, field),
                    f"the {part} of `{project.name}` need {side} of {write(needed)} {field}"
                    f" in `{cluster}`",
                    help=f"raise it to {write(needed)} at least",
                )
    pods = _room(loads, [1] * len(loads))
    if pods > quota.pods:
        span = project.at("quota", part, "pods")
        message = f"the {part} of `{project.name}` need {pods} pods in `{cluster}`"
        yield RULE.at(span, message, help=f"raise it to {pods} at least")


def _room(loads: list[Load], each: list[int]) -> int:
    """Room for what runs, a surge pod for each workload, and the largest step to a maximum."""
    usual = sum((load.pods + 1) * amount for load, amount in zip(loads, each, strict=True))
    steps = ((load.maximum - load.pods) * amount for load, amount in zip(loads, each, strict=True))
    return usual + max(steps, default=0)
