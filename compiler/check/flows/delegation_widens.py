"""Who hands work on can make the other do what it may not do itself, so that its own limits are
worth nothing, unless somebody has agreed to that. OWASP AISVS C9.5, ASI03.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED, grade
from compiler.derive import Fleet
from compiler.derive.reach import widened
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.graph import Resource
from compiler.model import Project, TeamEntry

RULE = Rule(
    "delegation-widens",
    Severity.ERROR,
    "an agent gets done through another what it may not do itself",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every delegation in a team that widens, and whose `widening` is missing or over.

    The hand-overs of workflows are not meant: there people fix who gets the work, not an agent.
    """
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for d, target in enumerate(member.delegatesTo):
                yield from _edge(fleet, project, a, d, member, str(target))


def _edge(
    fleet: Fleet, project: Resource[Project], a: int, d: int, member: TeamEntry, target: str
) -> Iterator[Diagnostic]:
    more = widened(fleet, (project.name, str(member.agent)), (project.name, target))
    leave = [(w, one) for w, one in enumerate(member.widening) if one.agent == target]
    if not more or any(one.expires is None or one.expires >= fleet.today for _, one in leave):
        return
    related = [Label(fleet.place(more[0]), "the first of them is granted here")]
    help = f"grant less there, or say `widening: [{{agent: {target}, reason: ...}}]` here"
    if leave:
        where = project.at("agents", a, "widening", leave[0][0], "expires")
        related = [Label(where, "the leave to do so has expired")]
        help = "have it approved again with a new day"
    named = ", ".join(f"`{grant.call.server}/{grant.call.tool}`" for grant in more[:3])
    rest = f" and {len(more) - 3} more" if len(more) > 3 else ""
    yield RULE.at(
        project.at("agents", a, "delegatesTo", d),
        f"through `{target}` agent `{member.agent}` gets what it may not call: {named}{rest}",
        help=help,
        related=related,
        severity=grade(fleet, RULE, project.name, [str(member.agent)]),
    )
