"""A server without authentication serves anyone who can reach it. OWASP MCP07."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.check.grading import CHOICES, GRADED, grade
from compiler.derive import Fleet
from compiler.derive.deployments import deployable
from compiler.diagnostic import Diagnostic, Rule, Severity, worst
from compiler.model import MCPServer

RULE = Rule(
    "authentication-missing",
    Severity.ERROR,
    "a server that is reached over the network does not authenticate its callers",
    GRADED,
    CHOICES,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such server with something granted on it; stdio needs no authentication."""
    for server in fleet.graph.all(MCPServer):
        if server.spec.authentication == "none" and deployable(server.spec):
            users = sorted({g.call[:2] for g in fleet.grants if g.call.server == server.name})
            if users:
                yield RULE.at(
                    server.at("authentication"),
                    f"server `{server.name}` does not authenticate its callers",
                    help="set `api-key` or `oauth`, and configure the program to match",
                    severity=worst(grade(fleet, RULE, p, [agent]) for p, agent in users),
                )
