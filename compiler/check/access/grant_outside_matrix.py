"""A project's row of the matrix lists the servers it uses; a grant on another server bypasses that
decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Project

RULE = Rule(
    "grant-outside-matrix", Severity.ERROR, "a grant on a server that the project does not list"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every grant on a server that the project does not list."""
    for project in fleet.graph.all(Project):
        row = Label(project.key_at("servers"), f"the servers of `{project.name}`")
        for a, member in enumerate(project.spec.agents):
            for g, entry in enumerate(member.grants):
                if entry.server not in project.spec.servers:
                    yield RULE.at(
                        project.at("agents", a, "grants", g, "server"),
                        f"project `{project.name}` does not list server `{entry.server}`",
                        help="drop the grant, or add the server to the project's `servers`",
                        related=[row],
                    )
