"""A reviewer needs to know why a dangerous grant is needed; the risk tier demands a reason."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import Agent, Project, RiskTier

RULE = Rule("reason-missing", Severity.ERROR, "a grant that can destroy something gives no reason")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every grant that can destroy something without a reason, where the tier demands one."""
    seen = set()
    for grant in fleet.grants:
        agent = fleet.graph.get(Agent, grant.call.agent)
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        destructive = fleet.traits[grant.call.server, grant.call.tool].destructive
        key = (grant.call.project, grant.route)
        if tier.spec.reasons and destructive and grant.reason is None and key not in seen:
            seen.add(key)
            project = fleet.graph.get(Project, grant.call.project)
            yield RULE.at(
                project.at(*grant.route, "server"),
                f"the grant of `{grant.call.tool}` to `{agent.name}` gives no reason",
                help="say why with `reason`, and who agreed with `approver`",
                related=[Label(tier.at("reasons"), f"tier `{tier.name}` demands it")],
            )
