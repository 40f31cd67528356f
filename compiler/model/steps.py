"""The steps of workflows, and which step hands its result to which."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from compiler.model import Step, Workflow
from compiler.model.workflow import EventDriven, Magentic, Reflection, Sequential
from compiler.source import Route


def steps(workflow: Workflow) -> Iterator[tuple[Route, Step]]:
    """Every step with its route in the spec."""
    for route, step in _steps(workflow):
        yield ("pattern", *route), step


def _steps(workflow: Workflow) -> Iterator[tuple[Route, Step]]:
    pattern = workflow.pattern
    if isinstance(pattern, Sequential):
        yield from ((("steps", i), step) for i, step in enumerate(pattern.steps))
    elif isinstance(pattern, Reflection):
        yield ("builder",), pattern.builder
        yield ("evaluator",), pattern.evaluator
        if pattern.finish is not None:
            yield ("finish",), pattern.finish
    elif isinstance(pattern, Magentic):
        yield ("orchestrator",), pattern.orchestrator
        yield from ((("specialists", i), step) for i, step in enumerate(pattern.specialists))
        yield ("aggregator",), pattern.aggregator
        yield ("evaluator",), pattern.evaluator
    elif isinstance(pattern, EventDriven):
        yield ("triage",), pattern.triage
        yield from ((("routes", i, "step"), r.step) for i, r in enumerate(pattern.routes))
        yield ("default",), pattern.default


def handovers(workflow: Workflow) -> Iterator[tuple[Step, Step, Route]]:
    """Each hand-over of a result: the sending step, the receiving step, and the latter's route."""
    steps = dict(_steps(workflow))
    for sender, receiver in _edges(workflow, list(steps)):
        yield steps[sender], steps[receiver], ("pattern", *receiver)


def _edges(workflow: Workflow, routes: list[Route]) -> Iterator[tuple[Route, Route]]:
    pattern = workflow.pattern
    if isinstance(pattern, Sequential):
        yield from pairwise(routes)
    elif isinstance(pattern, Reflection):
        yield ("builder",), ("evaluator",)
        yield ("evaluator",), ("builder",)
        if pattern.finish is not None:
            yield ("evaluator",), ("finish",)
    elif isinstance(pattern, Magentic):
        for specialist in (route for route in routes if route[0] == "specialists"):
            yield ("orchestrator",), specialist
            yield specialist, ("aggregator",)
        yield ("aggregator",), ("evaluator",)
        yield ("evaluator",), ("orchestrator",)
    else:
        yield from ((("triage",), route) for route in routes if route != ("triage",))
