"""A workflow that waits for a topic which the event bus does not have never starts."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean
from compiler.model import Workflow
from compiler.model.workflow import EventDriven

RULE = Rule(
    "topic-unknown", Severity.ERROR, "a workflow waits for a topic that the event bus does not have"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a workflow waits for a topic that the event bus does not have."""
    topics = fleet.platform.eventBus.topics
    for workflow in fleet.graph.all(Workflow):
        pattern = workflow.spec.pattern
        if isinstance(pattern, EventDriven) and pattern.topic not in topics:
            yield RULE.at(
                workflow.at("pattern", "topic"),
                f"the event bus has no topic `{pattern.topic}`",
                help=did_you_mean(pattern.topic, topics) or "add it to the platform's `eventBus`",
                related=[Label(fleet.platform_resource.key_at("eventBus"), "the event bus")],
            )
