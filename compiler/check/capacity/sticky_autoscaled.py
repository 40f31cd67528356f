"""A session lives in one replica. When the autoscaler removes it, or a proxy picks another one,
the session is lost; revision 2026-07-28 has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Cluster, MCPServer

RULE = Rule("sticky-autoscaled", Severity.ERROR, "a server with sticky sessions is autoscaled")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a server with sticky sessions is autoscaled."""
    clusters = [c.spec.sizes.scaling for c in fleet.graph.all(Cluster) if c.spec.sizes.scaling]
    for server in fleet.graph.all(MCPServer):
        spec = server.spec
        served = spec.transport.type != "stdio" or spec.transport.bridge
        if not served or spec.scaling is None or spec.transport.sessions != "sticky":
            continue
        most = max(scaling.maximum for scaling in (spec.scaling, *clusters))
        if most > 1:
            yield RULE.at(
                server.key_at("scaling"),
                f"server `{server.name}` has sticky sessions and up to {most} pods",
                help="run it stateless (`sessions: none`), share its sessions, or drop `scaling`",
                related=[Label(server.at("transport", "sessions"), "its sessions")],
            )
