"""A server in a project's row that no agent of the team may call runs without users."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Project

RULE = Rule(
    "matrix-unused", Severity.WARNING, "a project lists a server that none of its agents may call"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a project lists a server that none of its agents may call."""
    used = {(grant.call.project, grant.call.server) for grant in fleet.grants}
    for project in fleet.graph.all(Project):
        for s, server in enumerate(project.spec.servers):
            if (project.name, str(server)) not in used:
                message = f"no agent of `{project.name}` may call server `{server}`"
                help = "grant it to an agent, or drop it from `servers`"
                yield RULE.at(project.at("servers", s), message, help=help)
