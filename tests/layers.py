"""An estate that has every layer: a cluster for each, and the grants that a test asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import yaml

from compiler.gateways import LAYERS
from compiler.source import Source
from tests.estate import PRELUDE

DOCUMENTS = [yaml.safe_load(text) for text in PRELUDE.read_text(encoding="utf-8").split("---\n")]
CLUSTERS: Mapping[str, tuple[str, ...]] = {
    "direct": (),
    "mesh": ("istio-ambient",),
    "agentgateway": ("agentgateway",),
    "both": ("istio-ambient", "agentgateway"),
    "toolhive": ("toolhive",),
    "agentic": ("agentic-networking",),
    "envoy": ("envoy-ai-gateway",),
    "kagent": ("kagent",),
    "kagent-toolhive": ("kagent", "toolhive"),
    "kagent-envoy": ("kagent", "envoy-ai-gateway"),
    "synced": ("argo-cd",),
}
TRAITS = ("untrusted", "private", "writes", "destructive", "sink", "executes")
API = {"cidrs": ["10.9.0.4/32"]}


@dataclass(frozen=True)
class Server:
    """A server and the tools that it lists."""

    tools: tuple[str, ...]
    new: bool = True  # whether it speaks the revision with headers
    shared: bool = False
    rights: Mapping[str, list[dict[str, object]]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what a tool can do


Grants = Mapping[tuple[str, str, str], Mapping[str, str]]
"""By project, agent and server: the granted tools, and the approval of each."""


def _example(kind: str, name: str | None = None) -> dict[str, object]:
    document = next(
        d for d in DOCUMENTS if d["kind"] == kind and name in (None, d["metadata"]["name"])
    )
    return json.loads(json.dumps(document))


def _named(kind: str, name: str, **spec: object) -> dict[str, object]:
    document = _example(kind)
    document["metadata"] = {"name": name, "owner": "team"}
    document["spec"] = {**document["spec"], **spec}  # type: ignore[dict-item]
    return document


def documents(
    servers: Mapping[str, Server],
    grants: Grants,
    *,
    clusters: Iterable[str] = CLUSTERS,
    delegations: Mapping[tuple[str, str], list[str]] = {},
    empty: Iterable[tuple[str, str]] = (),
    spare: Iterable[tuple[str, str]] = (),
) -> list[dict[str, object]]:
    """The estate as documents; `empty` are members of teams without any grant, and `spare` servers
    of projects that no agent may call.
    """
    platform = _example("Platform")
    platform["spec"] |= {  # type: ignore[operator]
        "mesh": "istio-ambient",
        "layers": list(LAYERS),
        "tokens": {"issuer": "https://id.example.com", "jwks": "https://id.example.com/jwks"},
    }
    estate = [platform, _example("Model"), _example("RiskTier", "low")]
    for name in clusters:
        installed = ["external-secrets", *CLUSTERS[name]]
        estate.append(_named("Cluster", name, installed=installed, api=API, environment="dev"))
    estate += [_server(name, server) for name, server in servers.items()]
    members = sorted({(project, agent) for project, agent, _ in grants} | set(empty))
    agents = sorted({agent for _, agent in members})
    estate += [_agent(name, grants, delegations) for name in agents]
    for name in sorted({project for project, _ in members}):
        team = [agent for project, agent in members if project == name]
        used = {(project, server) for project, _, server in grants} | set(spare)
        listed = sorted(server for project, server in used if project == name)
        estate.append(_project(name, team, listed, grants, delegations, list(clusters)))
    return estate


def _server(name: str, server: Server) -> dict[str, object]:
    tools = [
        {
            "name": tool,
            "labels": {trait: trait in server.labels.get(tool, ()) for trait in TRAITS},
            "kubernetes": server.rights.get(tool, []),
        }
        for tool in server.tools
    ]
    return _named(
        "MCPServer",
        name,
        displayName=name,
        dataClass="internal",
        tenancy="shared" if server.shared else "project",
        tools=tools,
        secrets=[{"name": "API_KEY", "key": f"mcp/{name}"}],
        scaling=None,
        package={
            "registry": "npm",
            "name": name,
            "version": "1.0.0",
            "command": ["npx", f"{name}@1.0.0"],
        },
        transport={
            "type": "streamable-http",
            "protocolVersion": "2026-07-28" if server.new else "2025-11-25",
            "sessions": "none",
        },
    )


def _agent(
    name: str, grants: Grants, delegations: Mapping[tuple[str, str], list[str]]
) -> dict[str, object]:
    servers = sorted({s for _, agent, s in grants if agent == name})
    targets = {t for (_, agent), some in delegations.items() if agent == name for t in some}
    return _named(
        "Agent",
        name,
        displayName=name,
        riskTier="low",
        servers=[{"server": s, "tools": "all", "required": False} for s in servers],
        delegatesTo=sorted(targets),
    )


def _project(
    name: str,
    team: list[str],
    servers: list[str],
    grants: Grants,
    delegations: Mapping[tuple[str, str], list[str]],
    clusters: list[str],
) -> dict[str, object]:
    members = []
    for agent in team:
        entries = [
            {
                "server": server,
                "tools": list(tools),
                "approval": {tool: "human" for tool, asked in tools.items() if asked == "human"},
            }
            for (project, a, server), tools in sorted(grants.items())
            if (project, a) == (name, agent) and tools
        ]
        targets = delegations.get((name, agent), [])
        widening = [{"agent": target, "reason": "a test"} for target in targets]
        members.append(
            {"agent": agent, "grants": entries, "delegatesTo": targets, "widening": widening}
        )
    people = [
        {"group": f"oidc:{name}-{role}", "role": role}
        for role in ("viewer", "operator", "maintainer")
    ]
    roomy = {
        "requests": {"cpu": "9999", "memory": "9999G"},
        "limits": {"cpu": "9999", "memory": "9999G"},
    }
    quota = {part: {**roomy, "pods": 9999} for part in ("agents", "servers")}
    return _named(
        "Project",
        name,
        displayName=name,
        clusters=clusters,
        servers=servers,
        agents=members,
        people=people,
        quota=quota,
    )


def sources(documents: Iterable[dict[str, object]]) -> dict[str, Source]:
    """The documents as files of a repository, by path."""
    folders = {
        "Platform": "specs",
        "Cluster": "specs/clusters",
        "Model": "specs/models",
        "RiskTier": "policies",
        "Agent": "specs/agents",
        "MCPServer": "specs/mcp-servers",
    }
    files = {"specs/prompts/prompt.md": "You are careful.\n"}
    for document in documents:
        kind, name = document["kind"], document["metadata"]["name"]  # type: ignore[index]
        spec = {key: value for key, value in document["spec"].items() if value is not None}  # type: ignore[attr-defined]
        folder = folders.get(str(kind), f"projects/{name}")
        files[f"{folder}/{str(kind).lower()}-{name}.yaml"] = json.dumps({**document, "spec": spec})
    return {path: Source(path, text) for path, text in files.items()}
