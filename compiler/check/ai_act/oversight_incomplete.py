"""People can only stay in control of a high-risk system if it says who they are, what they see
and how they stop it (EU AI Act, Art. 14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from compiler.ai_act.applicability import applies
from compiler.ai_act.law.duties import (
    AUTOMATION_BIAS,
    MONITORING,
    OVERRIDE,
    OVERSIGHT_ASSIGNED,
    OVERSIGHT_MODE,
    STOP,
    TWO_PERSONS,
)
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, lacking, report, wrong
from compiler.derive import Fleet
from compiler.derive.deployments import GRACE
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean
from compiler.model import Project

RULE = Rule(
    "oversight-incomplete",
    Severity.ERROR,
    "a high-risk system does not say how people oversee it",
    {**LEAD, "drill": 180},
)
DUTIES = (
    OVERSIGHT_ASSIGNED,
    MONITORING,
    AUTOMATION_BIAS,
    OVERRIDE,
    STOP,
    OVERSIGHT_MODE,
    TWO_PERSONS,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every duty of Art. 14 that a record does not answer."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    if system.ai_class != "high":
        return
    yield from _assignees(system)
    yield from absent(MONITORING, system)
    yield from absent(AUTOMATION_BIAS, system)
    yield from _overrides(fleet, system)
    yield from absent(STOP, system)
    yield from _grace(system)
    yield from _drill(fleet, system)
    yield from absent(OVERSIGHT_MODE, system)
    if applies(fleet.graph, system, TWO_PERSONS):
        yield from absent(TWO_PERSONS, system)


def _assignees(system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(OVERSIGHT_ASSIGNED, system)
    oversight = system.spec.oversight
    for index, assignee in enumerate(oversight.assignees if oversight else ()):
        route, name = ("oversight", "assignees", index), f"assignee `{assignee.role or index}`"
        yield from lacking(OVERSIGHT_ASSIGNED, system, route, assignee, name)


def _overrides(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    """Every granted tool that changes something waits for a human, or can be undone."""
    reversible = system.spec.oversight.reversible if system.spec.oversight else {}
    for grant in fleet.grants:
        tool = f"{grant.call.server}/{grant.call.tool}"
        traits = fleet.traits[(grant.call.server, grant.call.tool)]
        free = traits.writes and grant.approval == "none" and tool not in reversible
        if grant.call.project == system.project.name and free:
            what = f"agent `{grant.call.agent}` may change things with `{tool}` without approval"
            help = f"set `approval: human`, or say in `oversight.reversible` how `{tool}` is undone"
            project = fleet.graph.get(Project, grant.call.project)
            yield Gap(OVERRIDE, project, grant.word, what, help)
    yield from _not_granted(fleet, system, reversible)


def _not_granted(fleet: Fleet, system: RecordedSystem, reversible: Iterable[str]) -> Iterator[Gap]:
    """Tools in `oversight.reversible` that no agent may call, which are likely misspelt."""
    calls = (grant.call for grant in fleet.grants if grant.call.project == system.project.name)
    granted = {f"{call.server}/{call.tool}" for call in calls}
    for tool in sorted(set(reversible) - granted):
        what = f"no agent of the project is granted `{tool}`"
        help = did_you_mean(tool, granted) or "remove it"
        yield wrong(OVERRIDE, system, ("oversight", "reversible", tool), what, help)


def _grace(system: RecordedSystem) -> Iterator[Gap]:
    """Pods that are scaled away have a grace period; a policy that denies all traffic has none."""
    oversight = system.spec.oversight
    most = oversight.stop.maxSeconds if oversight and oversight.stop else None
    ways = {agent.spec.oversight.stop for agent in system.members}
    if most is not None and most < GRACE and "scale-to-zero" in ways:
        what = f"a pod that is scaled down may take {GRACE} seconds, and the record says {most}"
        help = "say how long it takes, or let agents stop with `kill-switch`, which cuts them off"
        yield wrong(STOP, system, "oversight.stop.maxSeconds", what, help)


def _drill(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    oversight = system.spec.oversight
    day = oversight.stop.lastDrill if oversight and oversight.stop else None
    most = int(fleet.parameter(RULE, "drill"))
    if day is None or timedelta() <= fleet.today - day <= timedelta(days=most):
        return
    old = f"the last drill of the stop is more than {most} days old"
    what = "the last drill of the stop lies in the future" if day > fleet.today else old
    help = "test the stop, and record the day"
    yield wrong(STOP, system, "oversight.stop.lastDrill", what, help)
