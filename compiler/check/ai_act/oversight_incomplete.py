"""People can only stay in control of a system of high risk if it says who they are, what they see
and how they stop it (EU AI Act, Art. 14).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from compiler.ai_act.due import due
from compiler.ai_act.law import duty
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, lacking, told, wrong
from compiler.derive import Fleet
from compiler.derive.deployments import GRACE
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean
from compiler.model import Project

RULE = Rule(
    "oversight-incomplete",
    Severity.ERROR,
    "a system of high risk does not say how people oversee it",
    {**LEAD, "drill": 180},
)
DUTIES = ("AIA-050", "AIA-051", "AIA-052", "AIA-053", "AIA-054", "AIA-055", "AIA-056")

_ASSIGNEE = ("role", "competence", "training", "authority", "support")
_STOP = ("owner", "mechanism", "maxSeconds", "safeState", "lastDrill")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every duty of Art. 14 that a record does not answer."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None or system.ai_class != "high":
        return
    yield from _assignees(system)
    monitoring = ("oversight.monitoring.dashboard", "oversight.monitoring.alerts")
    yield from absent("AIA-051", system, *monitoring)
    yield from absent("AIA-052", system, "oversight.automationBias")
    yield from _overrides(fleet, system)
    yield from absent("AIA-054", system, *(f"oversight.stop.{field}" for field in _STOP))
    yield from _grace(system)
    yield from _drill(fleet, system)
    yield from absent("AIA-055", system, "oversight.mode", "oversight.doubt")
    if due(fleet.graph, system, "AIA-056"):
        yield from absent("AIA-056", system, "oversight.twoPersons")


def _assignees(system: System) -> Iterator[Gap]:
    assert system.record is not None
    yield from absent("AIA-050", system, "oversight.assignees")
    given = system.record.spec.oversight
    for index, assignee in enumerate(given.assignees if given else ()):
        route, whose = ("oversight", "assignees", index), f"`{assignee.role or index}`"
        yield from lacking("AIA-050", system, route, assignee, _ASSIGNEE, f"assignee {whose}")


def _overrides(fleet: Fleet, system: System) -> Iterator[Gap]:
    """Every granted tool that changes something waits for a human, or can be undone."""
    assert system.record is not None
    given = system.record.spec.oversight
    undone = given.reversible if given else {}
    for grant in fleet.grants:
        tool = f"{grant.call.server}/{grant.call.tool}"
        traits = fleet.traits[(grant.call.server, grant.call.tool)]
        open_ = traits.writes and grant.approval == "none" and tool not in undone
        if grant.call.project == system.project.name and open_:
            what = f"agent `{grant.call.agent}` changes things with `{tool}` unasked"
            help = f"set `approval: human`, or say in `oversight.reversible` how `{tool}` is undone"
            project = fleet.graph.get(Project, grant.call.project)
            yield Gap(duty("AIA-053"), project, grant.word, what, help)
    yield from _strangers(fleet, system, undone)


def _strangers(fleet: Fleet, system: System, undone: Iterable[str]) -> Iterator[Gap]:
    """A misspelt tool would leave the real one unanswered."""
    calls = (grant.call for grant in fleet.grants if grant.call.project == system.project.name)
    granted = {f"{call.server}/{call.tool}" for call in calls}
    for tool in sorted(set(undone) - granted):
        what = f"no agent of the project is granted `{tool}`"
        help = did_you_mean(tool, granted) or "remove it"
        yield wrong("AIA-053", system, ("oversight", "reversible", tool), what, help)


def _grace(system: System) -> Iterator[Gap]:
    """Who ends pods waits for them to finish; a policy that lets nothing through does not wait."""
    assert system.record is not None
    given = system.record.spec.oversight
    most = given.stop.maxSeconds if given and given.stop else None
    ways = {agent.spec.oversight.stop for agent in system.members}
    if most is not None and most < GRACE and "scale-to-zero" in ways:
        what = f"a pod that is scaled away may take {GRACE} seconds, and the record says {most}"
        help = "say how long it takes, or let agents stop with `kill-switch`, which cuts them off"
        yield wrong("AIA-054", system, "oversight.stop.maxSeconds", what, help)


def _drill(fleet: Fleet, system: System) -> Iterator[Gap]:
    assert system.record is not None
    given = system.record.spec.oversight
    day = given.stop.lastDrill if given and given.stop else None
    most = int(fleet.parameter(RULE, "drill"))
    if day is None or timedelta() <= fleet.today - day <= timedelta(days=most):
        return
    old = f"the last drill of the stop is more than {most} days old"
    what = "the last drill of the stop lies in the future" if day > fleet.today else old
    help = "try the stop, and write down the day"
    yield wrong("AIA-054", system, "oversight.stop.lastDrill", what, help)
