"""The workflows, as the workflow engine reads them: steps, agents, approvals, times in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.quantity import seconds
from compiler.emit.format.json import dump
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Step, Workflow
from compiler.model.workflow import EventDriven, Magentic, Reflection, Sequential

FOLDERS: tuple[str, ...] = ("workflows",)


def emit(fleet: Fleet) -> Iterator[File]:
    """`workflows/<project>.<workflow>.json`."""
    for workflow in fleet.graph.all(Workflow):
        path = f"workflows/{workflow.spec.project}.{workflow.name}.json"
        origins = (Origin("", workflow), Origin("pattern", workflow, ("pattern",)))
        yield File(path, dump(_workflow(workflow)), origins)


def _workflow(workflow: Resource[Workflow]) -> dict[str, Any]:
    spec = workflow.spec
    return {
        "version": 1,
        "name": workflow.name,
        "project": spec.project,
        "displayName": spec.displayName,
        "purpose": spec.purpose,
        "timeout": seconds(spec.timeout),
        "concurrency": spec.concurrency,
        "durability": spec.checkpointing.durability,
        "pattern": {"type": spec.pattern.type, **_pattern(spec.pattern)},
    }


def _pattern(pattern: Sequential | Reflection | Magentic | EventDriven) -> dict[str, Any]:
    if isinstance(pattern, Sequential):
        return {"steps": [_step(step) for step in pattern.steps]}
    if isinstance(pattern, Reflection):
        finish = {"finish": _step(pattern.finish)} if pattern.finish else {}
        who = {"builder": _step(pattern.builder), "evaluator": _step(pattern.evaluator)}
        return {**who, **finish, "maxRounds": pattern.maxRounds}
    if isinstance(pattern, Magentic):
        return {
            "orchestrator": _step(pattern.orchestrator),
            "specialists": [_step(step) for step in pattern.specialists],
            "aggregator": _step(pattern.aggregator),
            "evaluator": _step(pattern.evaluator),
            "maxRounds": pattern.maxRounds,
        }
    routes = [{"match": list(r.match), "step": _step(r.step)} for r in pattern.routes]
    return {
        "topic": pattern.topic,
        "source": pattern.source,
        "triage": _step(pattern.triage),
        "routes": routes,
        "default": _step(pattern.default),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "agent": str(step.agent),
        "approval": step.approval,
        "timeout": seconds(step.timeout),
    }
