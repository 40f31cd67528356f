"""A2A 1.0 agent cards (a2aproject/A2A, specification/a2a.proto): how other agents reach one."""

from __future__ import annotations

from typing import Any

from compiler.derive import Fleet
from compiler.emit.registry.registrations import address
from compiler.graph import Resource
from compiler.model import Agent, Project, RiskTier

_TEXT = ("text/plain",)


def card(fleet: Fleet, project: Resource[Project], agent: Resource[Agent]) -> dict[str, Any]:
    """The card of an agent in a project: a skill for each capability, open to bearers of a token.

    It promises neither streaming nor push notifications, which an agent's image may lack.
    """
    spec, platform = agent.spec, fleet.platform
    tier = fleet.graph.get(RiskTier, spec.riskTier).spec.level
    interface = {
        "url": address(fleet, project, agent),
        "protocolBinding": "JSONRPC",
        "protocolVersion": "1.0",
    }
    skills = [
        _skill(capability, agent, (spec.role, f"risk-{tier}")) for capability in spec.capabilities
    ]
    return {
        "name": spec.displayName,
        "description": spec.purpose,
        "supportedInterfaces": [interface],
        "provider": {"organization": platform.organisation, "url": f"https://{platform.domain}"},
        "version": spec.prompt.version,
        "capabilities": {"streaming": False, "pushNotifications": False},
        "securitySchemes": {"bearer": {"httpAuthSecurityScheme": {"scheme": "Bearer"}}},
        "securityRequirements": [{"schemes": {"bearer": {"list": []}}}],
        "defaultInputModes": list(_TEXT),
        "defaultOutputModes": list(_TEXT),
        "skills": skills,
    }


def _skill(capability: str, agent: Resource[Agent], tags: tuple[str, ...]) -> dict[str, Any]:
    words = capability.replace("-", " ")
    return {
        "id": capability,
        "name": words[0].upper() + words[1:],
        "description": f"{agent.spec.displayName}: {words}",
        "tags": [capability, *tags],
    }
