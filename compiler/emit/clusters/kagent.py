"""kagent (0.9): the agents that it runs, with exactly the tools that are granted to each.

Facts behind it: an entry without names means all tools, so that a server without a grant has none;
an empty kind means another server, so it is always named; kagent makes Deployment, Service and
ServiceAccount itself, and merges the labels of the Agent into those of the pods.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.fleet import AgentDeployment, Grant, ServerDeployment
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import containers
from compiler.emit.format.kubernetes.labels import pods_of
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata, model_secret
from compiler.file import File, Origin
from compiler.gateways import chunks
from compiler.gateways.kagent import GROUP, PROVIDERS, TOOLS, VERSION
from compiler.model import LanguageModel

FOLDERS: tuple[str, ...] = ("clusters",)


def emit(fleet: Fleet) -> Iterator[File]:
    """The agents that kagent runs, with their models, and the servers that they use."""
    written: set[str] = set()
    for agent in fleet.agents:
        if agent.kagent:
            yield from _agent(fleet, agent)
            for server in agent.servers:
                remote = _remote(fleet, agent, server)
                if remote.path not in written:
                    written.add(remote.path)
                    yield remote


def _remote(fleet: Fleet, agent: AgentDeployment, server: ServerDeployment) -> File:
    """A server as the agents of a namespace reach it; kagent reads it in their own namespace."""
    name, url = server.endpoint
    spec: Object = {
        "description": server.server.spec.description,
        "url": url,
        "protocol": "STREAMABLE_HTTP",
    }
    own = {**metadata(fleet, agent), "name": name}
    own["labels"] = {**own["labels"], "app.kubernetes.io/name": name}
    own["labels"]["app.kubernetes.io/component"] = "mcp-server"
    where = f"clusters/{agent.cluster.name}/projects/{agent.project.name}/kagent"
    return file(
        where, agent.cluster, _object("RemoteMCPServer", own, spec), Origin("", server.server)
    )


def _agent(fleet: Fleet, agent: AgentDeployment) -> Iterator[File]:
    where, own, spec = folder(agent), metadata(fleet, agent), agent.agent.spec
    model = fleet.graph.get(LanguageModel, spec.model)
    config = {
        "provider": PROVIDERS[model.spec.provider],
        "model": model.spec.id,
        "apiKeySecret": model_secret(agent),
        "apiKeySecretKey": model.spec.credential.name,
    }
    this, member = Origin("", agent.agent), Origin("", agent.project, ("agents", agent.entry))
    yield file(where, agent.cluster, _object("ModelConfig", own, config), Origin("", model), member)
    prompt = fleet.graph.texts.get(f"specs/prompts/{spec.prompt.file}")
    tools = [*_tools(fleet, agent), *map(_delegate, agent.delegates)]
    declarative = {
        "modelConfig": agent.name,
        "systemMessage": prompt.text if prompt else "",
        **({"tools": tools} if tools else {}),
        "deployment": _deployment(agent, own),
    }
    body = {"type": "Declarative", "description": spec.purpose, "declarative": declarative}
    grants = Origin("spec.declarative.tools", agent.project, ("agents", agent.entry, "grants"))
    yield file(where, agent.cluster, _object("Agent", own, body), this, member, grants)


def _tools(fleet: Fleet, agent: AgentDeployment) -> Iterator[Object]:
    """One entry for each server, or for each part of its tools that an entry holds."""
    granted = fleet.grants_by_agent.get((agent.project.name, agent.name), ())
    for server in agent.servers:
        grants = [grant for grant in granted if grant.call.server == server.name]
        for some in chunks(grants, TOOLS):
            asked = [_named(server, g) for g in some if g.approval == "human"]
            entry: Object = {
                "apiGroup": GROUP,
                "kind": "RemoteMCPServer",
                "name": server.endpoint.name,
                "toolNames": [_named(server, grant) for grant in some],
                **({"requireApproval": asked} if asked else {}),
            }
            yield {"type": "McpServer", "mcpServer": entry, **_shown(agent, server)}


def _named(server: ServerDeployment, grant: Grant) -> str:
    """A tool as the server's gateway names it to an agent."""
    prefix = server.gateway.prefix.format(server.name) if server.gateway else ""
    return prefix + grant.call.tool


def _shown(agent: AgentDeployment, server: ServerDeployment) -> Object:
    """The header that identifies the agent to a gateway; kagent takes it from a Secret only."""
    if server.gateway is None or server.gateway.proof == "none":
        return {}
    secret = {"type": "Secret", "name": f"{agent.name}-tool-gateway", "key": "authorization"}
    return {"headersFrom": [{"name": "Authorization", "valueFrom": secret}]}


def _delegate(name: str) -> Object:
    return {"type": "Agent", "agent": {"apiGroup": GROUP, "kind": "Agent", "name": name}}


def _deployment(agent: AgentDeployment, own: Object) -> Object:
    labels = {**own["labels"], **pods_of(agent)}
    return {
        "replicas": agent.replicas,
        "labels": labels,
        "resources": containers.resources(agent.resources),
        "podSecurityContext": containers.pod_security(),
        "securityContext": containers.CONTAINER_SECURITY,
        "volumes": [containers.TMP],
        "volumeMounts": [containers.TMP_MOUNT],
    }


def _object(kind: str, own: Object, spec: dict[str, Any]) -> Object:
    return custom(VERSION, kind, own, spec)
