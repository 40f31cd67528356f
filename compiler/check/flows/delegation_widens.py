"""An agent can delegate calls that it may not make itself, which bypasses its own limits; this
needs an explicit approval. OWASP AISVS C9.5, ASI03.
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
    "an agent can do through another what it may not do itself",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every delegation in a team that widens, and whose `widening` is missing or expired.

    Hand-overs of workflows do not count: people decide there who gets the work, not an agent.
    """
    for project in fleet.graph.all(Project):
        for a, member in enumerate(project.spec.agents):
            for d, target in enumerate(member.delegatesTo):
                yield from _edge(fleet, project, a, d, member, str(target))


def _edge(
    fleet: Fleet, project: Resource[Project], a: int, d: int, member: TeamEntry, target: str
) -> Iterator[Diagnostic]:
    more = widened(fleet, (project.name, str(member.agent)), (project.name, target))
    approvals = [(w, entry) for w, entry in enumerate(member.widening) if entry.agent == target]
    if not more or any(e.expires is None or e.expires >= fleet.today for _, e in approvals):
        return
    related = [Label(fleet.place(more[0]), "the first of them is granted here")]
    help = f"grant less there, or add `widening: [{{agent: {target}, reason: ...}}]` here"
    if approvals:
        where = project.at("agents", a, "widening", approvals[0][0], "expires")
        related = [Label(where, "its approval has expired")]
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
