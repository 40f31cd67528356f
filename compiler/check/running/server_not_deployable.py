"""A project that runs in a cluster needs its servers there: as images that speak HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.deployments import deployable
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer, Project

RULE = Rule(
    "server-not-deployable", Severity.ERROR, "a project lists a server that cannot run in a cluster"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a project lists a server that cannot run in a cluster."""
    for project in fleet.graph.all(Project):
        for s, ref in enumerate(project.spec.servers):
            server = fleet.graph.get(MCPServer, ref)
            if not deployable(server.spec):
                speaks = "it speaks stdio" if server.spec.image else "it has no image"
                field = "transport" if server.spec.image else "displayName"
                yield RULE.at(
                    project.at("servers", s),
                    f"server `{server.name}` cannot run in a cluster",
                    help="give it an image that speaks HTTP (`bridge: true` for stdio)",
                    related=[Label(server.key_at(field), speaks)],
                )
