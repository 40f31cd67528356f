"""An estate that has every layer: a cluster for each, and whatever grants a test asks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import yaml

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
    "synced": ("argo-cd",),
}
LAYERS = ["agentgateway", "toolhive", "agentic-networking", "envoy-ai-gateway", "kagent"]
TRAITS = ("untrusted", "private", "writes", "destructive", "sink", "executes")
API = {"cidrs": ["10.9.0.4/32"]}


@dataclass(frozen=True)
class Server:
    """A server, the tools that it lists, and what a test may want to be different."""

    tools: tuple[str, ...]
    new: bool = True  # whether it speaks the revision with headers
    shared: bool = False
    rights: Mapping[str, list[dict[str, object]]] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what a tool can do


Grants = Mapping[tuple[str, str, str], Mapping[str, str]]
"""By project, agent and server: the granted tools, and the approval of each."""


def _one(kind: str, name: str | None = None) -> dict[str, object]:
    found = next(
        d for d in DOCUMENTS if d["kind"] == kind and name in (None, d["metadata"]["name"])
    )
    return json.loads(json.dumps(found))


def _named(kind: str, name: str, **spec: object) -> dict[str, object]:
    document = _one(kind)
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
    of projects that nobody may call.
    """
    platform = _one("Platform")
    platform["spec"] |= {  # type: ignore[operator]
        "mesh": "istio-ambient",
        "layers": LAYERS,
        "tokens": {"issuer": "https://id.example.com", "jwks": "https://id.example.com/jwks"},
    }
    found = [platform, _one("Model"), _one("RiskTier", "low")]
    for name in clusters:
        installed = ["external-secrets", *CLUSTERS[name]]
        found.append(_named("Cluster", name, installed=installed, api=API, environment="dev"))
    found += [_server(name, server) for name, server in servers.items()]
    members = sorted({(p, a) for p, a, _ in grants} | set(empty))
    found += [_agent(name, grants, delegations) for name in sorted({a for _, a in members})]
    for project in sorted({p for p, _ in members}):
        team = [a for p, a in members if p == project]
        listed = {s for p, _, s in grants if p == project} | {s for p, s in spare if p == project}
        found.append(_project(project, team, sorted(listed), grants, delegations, list(clusters)))
    return found


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
            for (p, a, server), tools in sorted(grants.items())
            if (p, a) == (name, agent) and tools
        ]
        targets = delegations.get((name, agent), [])
        leave = [{"agent": target, "reason": "a test"} for target in targets]
        members.append(
            {"agent": agent, "grants": entries, "delegatesTo": targets, "widening": leave}
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


def sources(found: Iterable[dict[str, object]]) -> dict[str, Source]:
    """The documents as files where they belong."""
    folders = {
        "Platform": "specs",
        "Cluster": "specs/clusters",
        "Model": "specs/models",
        "RiskTier": "policies",
        "Agent": "specs/agents",
        "MCPServer": "specs/mcp-servers",
    }
    files = {"specs/prompts/prompt.md": "You are careful.\n"}
    for document in found:
        kind, name = document["kind"], document["metadata"]["name"]  # type: ignore[index]
        spec = {key: value for key, value in document["spec"].items() if value is not None}  # type: ignore[attr-defined]
        folder = folders.get(str(kind), f"projects/{name}")
        files[f"{folder}/{str(kind).lower()}-{name}.yaml"] = json.dumps({**document, "spec": spec})
    return {path: Source(path, text) for path, text in files.items()}
