"""Workflows for the tests of the engine, as YAML specs."""

from __future__ import annotations

_HEAD = """apiVersion: roster/v1
kind: Workflow
metadata: {{name: {name}, owner: demo-team}}
spec:
  displayName: {name}
  purpose: Used by tests
  project: demo
  pattern:
    type: {type}
{pattern}
  timeout: {timeout}
  concurrency: {concurrency}
  checkpointing: {{store: sqlite, durability: sync}}
"""


def workflow(
    name: str, type: str, pattern: str, timeout: str = "5m", concurrency: int = 10
) -> str:  # fmt: skip
    """One workflow; `pattern` without indentation."""
    indented = "\n".join(f"    {line}" for line in pattern.strip().splitlines())
    return _HEAD.format(
        name=name, type=type, pattern=indented, timeout=timeout, concurrency=concurrency
    )


_LINE = """
steps:
  - {name: plan, agent: lead}
  - {name: look, agent: scribe%s}
  - {name: write, agent: clerk}
"""
_LOOP = """
builder: {name: build, agent: scribe}
evaluator: {name: judge, agent: clerk}
finish: {name: finish, agent: lead}
maxRounds: 3
"""
_FAN = """
orchestrator: {name: plan, agent: lead}
specialists:
  - {name: one, agent: scribe%(approval)s}
  - {name: two, agent: clerk%(approval)s}
  - {name: three, agent: lead}
aggregator: {name: gather, agent: lead}
evaluator: {name: judge, agent: clerk}
maxRounds: 2
"""
_WATCH = """
topic: %s
source: The tests
triage: {name: triage, agent: lead}
routes:
  - match: [fire, flood]
    step: {name: rescue, agent: scribe}
default: {name: other, agent: clerk}
"""
PATTERNS = "---\n".join(
    [
        workflow("line", "sequential", _LINE % ""),
        workflow("hasty", "sequential", _LINE % ", timeout: 1s"),
        workflow("brief", "sequential", _LINE % "", timeout="1s"),
        workflow("loop", "reflection", _LOOP),
        workflow("fan", "magentic", _FAN % {"approval": ""}),
        workflow("asking", "magentic", _FAN % {"approval": ", approval: human"}),
    ]
)
EVENTS = "---\n".join(
    [
        workflow("watch", "event-driven", _WATCH % "alerts", concurrency=2),
        workflow("ledger", "event-driven", _WATCH % "notes"),
        workflow("diary", "event-driven", _WATCH % "notes"),
    ]
)
