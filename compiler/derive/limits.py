"""Limits of the layers' resource definitions, and how much of each a part of the relation takes.

They are those of the CRDs: Istio 1.30, agentgateway 1.4, kagent 0.9, kube-agentic-networking 0.1,
Envoy AI Gateway 1.1. Emitters split along axes that change nothing; a check refuses the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from compiler.derive.fleet import Fleet, ServerDeployment

T = TypeVar("T")

MESH_RULES = 512  # of an AuthorizationPolicy
EXPRESSIONS = 256  # of an AgentgatewayPolicy; one of them may have 16,384 characters
EXPRESSION_TOOLS = 100
KAGENT_TOOLS = 20  # entries of an Agent: parts of servers, and agents
KAGENT_PROVIDERS = {"anthropic": "Anthropic", "openai": "OpenAI", "google": "Gemini"}
KAGENT_NAMES = 50  # tools of an entry
ACCESS_RULES = 10  # of an XAccessPolicy, which must not be split: policies are AND-ed, or OR-ed
ACCESS_TOOLS = 10  # of an inline rule, each of at most so many characters:
ACCESS_LENGTH = 20
ROUTE_RULES = 32  # of an MCPRoute
ROUTE_TOOLS = 16  # of a rule
ROUTE_SUBJECTS = 128  # of a claim in a rule
ROUTE_SELECTOR = 32  # tools of a backend's selector

Callers = Mapping[tuple[str, str], tuple[str, ...]]
"""Who may call which tools of a running server: by project and agent, sorted."""


def callers(fleet: Fleet, server: ServerDeployment) -> Callers:
    """The agents with a grant on a running server, and the tools of each."""
    return {
        client: tuple(sorted(grant.call.tool for grant in grants))
        for client, grants in fleet.on(server).items()
    }


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in parts of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def inline(tools: Sequence[str]) -> bool:
    """Whether an inline rule of an XAccessPolicy can hold them; else it takes an expression."""
    return len(tools) <= ACCESS_TOOLS and all(len(tool) <= ACCESS_LENGTH for tool in tools)


def access_rules(granted: Callers) -> int:
    """How many rules an XAccessPolicy takes: an expression needs a second one for the handshake."""
    return sum(1 if inline(tools) else 2 for tools in granted.values())


def route_rules(granted: Callers) -> list[tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
    """The rules of an MCPRoute: callers of one set of tools together, and a part of those tools."""
    alike: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for client, tools in granted.items():
        alike.setdefault(tools, []).append(client)
    return [
        (tuple(clients), tuple(part))
        for tools, group in alike.items()
        for clients in chunks(group, ROUTE_SUBJECTS)
        for part in chunks(tools, ROUTE_TOOLS)
    ]


def kagent_entries(tools: Mapping[str, int], delegates: int) -> int:
    """How many entries an Agent of kagent takes: tools by server, and agents."""
    return delegates + sum(-(-count // KAGENT_NAMES) for count in tools.values())
