"""Mutations of configurations of agents, clients, the registry and PM2, and of roles."""

from __future__ import annotations

import json
from typing import Any

from tests.mutations.changes import Change, add, data, drop, on, put, text
from tests.mutations.parts import (
    AA,
    AS,
    BS,
    RBAC,
    named,
)


def _config(change: Any) -> Change:
    def edit(object: Any) -> None:
        access, servers = (json.loads(object["data"][k]) for k in ("access.json", "mcp.json"))
        change(access, servers)
        object["data"]["access.json"] = json.dumps(access)
        object["data"]["mcp.json"] = json.dumps(servers)

    return on("direct", "ConfigMap", "dev", edit, AA)


def _client(path: str, route: str, value: Any) -> Change:
    return data(f"clients/alpha/dev/{path}", put(route, value))


def _moved(rule: str, target: str) -> Change:
    """A rule of Claude Code moves to another list."""

    def change(value: Any) -> None:
        for some in value["permissions"].values():
            if rule in some:
                some.remove(rule)
        if target:
            value["permissions"][target].append(rule)

    return data("clients/alpha/dev/.claude/settings.json", change)


CONFIG = [
    (
        "one more tool",
        _config(lambda access, _: access["approval"]["github"].update(delete_repo="none")),
    ),
    (
        "no human is asked",
        _config(lambda access, _: access["approval"]["github"].update(create_issue="none")),
    ),
    ("a server dropped", _config(lambda _, servers: servers["mcpServers"].pop("github"))),
    (
        "one more server",
        _config(
            lambda _, servers: servers["mcpServers"].update(
                k8s={"type": "http", "url": "http://k8s.alpha-mcp-servers.svc:8080/mcp"}
            )
        ),
    ),
    (
        "server of another project",
        _config(
            lambda _, servers: servers["mcpServers"]["github"].update(
                url="http://github.beta-mcp-servers.svc:8080/mcp"
            )
        ),
    ),
]

ROLES = [
    (
        "a wildcard for verbs",
        on("direct", "Role", "mcp-server-k8s", put("rules.0.verbs", ["*"]), AS),
    ),
    ("a right more", on("direct", "Role", "mcp-server-k8s", put("rules.0.verbs.+", "delete"), AS)),
    (
        "secrets",
        on(
            "direct",
            "Role",
            "viewer",
            put("rules.+", {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}),
            AS,
        ),
    ),
    (
        "escalation",
        on(
            "direct",
            "Role",
            "maintainer",
            put("rules.+", {"apiGroups": [RBAC], "resources": ["roles"], "verbs": ["escalate"]}),
            AS,
        ),
    ),
    (
        "a viewer who deletes",
        on(
            "direct",
            "Role",
            "viewer",
            put("rules.+", {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}),
            AS,
        ),
    ),
    ("binding dropped", drop("direct", "RoleBinding", "mcp-server-k8s", AS)),
    (
        "another account",
        on("direct", "RoleBinding", "mcp-server-k8s", put("subjects.0.name", "github"), AS),
    ),
    (
        "a group of all users",
        on(
            "direct",
            "RoleBinding",
            "viewer",
            put("subjects.+", {"apiGroup": RBAC, "kind": "Group", "name": "system:authenticated"}),
            AS,
        ),
    ),
    (
        "cluster-admin",
        on(
            "direct",
            "RoleBinding",
            "viewer",
            put("roleRef", {"apiGroup": RBAC, "kind": "ClusterRole", "name": "cluster-admin"}),
            AS,
        ),
    ),
    (
        "a binding for the whole cluster",
        add(
            "direct",
            apiVersion=f"{RBAC}/v1",
            kind="ClusterRoleBinding",
            metadata={"name": "more"},
            roleRef={"apiGroup": RBAC, "kind": "ClusterRole", "name": "view"},
            subjects=[{"kind": "ServiceAccount", "name": "dev", "namespace": AA}],
        ),
    ),
    (
        "rights in another project",
        add(
            "direct",
            apiVersion=f"{RBAC}/v1",
            kind="RoleBinding",
            metadata=named("more", BS),
            roleRef={"apiGroup": RBAC, "kind": "Role", "name": "viewer"},
            subjects=[{"kind": "ServiceAccount", "name": "k8s", "namespace": AS}],
        ),
    ),
]

CLIENTS = [
    (
        "one more server",
        _client(
            ".mcp.json",
            "mcpServers.k8s",
            {"type": "stdio", "command": "npx", "args": ["k8s@1.0.0"], "env": {}},
        ),
    ),
    ("a server dropped", _client(".cursor/mcp.json", "mcpServers.github", None)),
    (
        "one more server in VS Code",
        _client(".vscode/mcp.json", "servers.k8s", {"type": "stdio", "command": "npx", "args": []}),
    ),
    ("a secret itself", _client(".mcp.json", "mcpServers.github.env.API_KEY", "hunter2hunter2")),
    (
        "the notation of another client",
        _client(".cursor/mcp.json", "mcpServers.github.env.API_KEY", "${API_KEY}"),
    ),
    ("no human is asked", _moved("mcp__github__create_issue", "allow")),
    ("not denied", _moved("mcp__github__delete_repo", "")),
    ("allowed", _moved("mcp__github__delete_repo", "allow")),
    ("denied", _moved("mcp__github__list_issues", "deny")),
    (
        "a server's tools as a whole",
        _client(".claude/settings.json", "permissions.allow.+", "mcp__github"),
    ),
    (
        "permissions removed",
        lambda files: files.__delitem__("clients/alpha/dev/.claude/settings.json"),
    ),
]

SEED = "registry/registry.json"


def _seed(change: Any) -> Change:
    def edit(value: Any) -> None:
        change(next(agent for agent in value["agents"] if agent["id"] == "alpha.dev"))

    return data(SEED, edit)


REGISTRY = [
    (
        "one more tool",
        _seed(lambda agent: agent["metadata"]["tools"]["github"].update(delete_repo="none")),
    ),
    (
        "no human is asked",
        _seed(lambda agent: agent["metadata"]["tools"]["github"].update(create_issue="none")),
    ),
    ("a server dropped", _seed(lambda agent: agent["metadata"]["tools"].pop("github"))),
    ("another list of servers", _seed(lambda agent: agent["mcpServers"].append("k8s"))),
    ("agent dropped", data(SEED, lambda value: value["agents"].pop(0))),
]

ECOSYSTEM = "pm2/alpha/ecosystem.config.cjs"
ACCESS = "pm2/alpha/agents/dev.json"
PM2 = [
    ("another agent's servers", text(ECOSYSTEM, "clients/alpha/dev/", "clients/alpha/ops/")),
    ("another project's servers", text(ECOSYSTEM, "clients/alpha/dev/", "clients/beta/dev/")),
    ("another agent's rights", text(ECOSYSTEM, ACCESS, "pm2/alpha/agents/ops.json")),
    ("another program for a bridge", text(ECOSYSTEM, "stack/bridge.py", "stack/open.py")),
    ("one more tool", data(ACCESS, put("tools.github.delete_repo", "none"))),
    ("no human is asked", data(ACCESS, put("tools.github.create_issue", "none"))),
    ("a tool dropped", data(ACCESS, put("tools.github.list_issues", None))),
    ("rights removed", lambda files: files.__delitem__(ACCESS)),
]

BRIDGE = "pm2/alpha/servers/github.json"
LOCAL = "local/.mcp.json"
STACK = [
    ("one more tool", data(BRIDGE, lambda value: value["tools"]["alpha.dev"].append("x"))),
    ("a tool dropped", data(BRIDGE, lambda value: value["tools"]["alpha.dev"].pop())),
    (
        "an agent of another project",
        data(BRIDGE, lambda value: value["tools"].update({"beta.dev": ["list_issues"]})),
    ),
    ("an agent dropped", data(BRIDGE, lambda value: value["tools"].pop("alpha.dev"))),
    ("another program", data(BRIDGE, put("command", ["npx", "-y", "github@latest"]))),
    ("the bridge of another server", data(BRIDGE, put("server", "k8s"))),
    ("another project's bridge", data(BRIDGE, put("project", "beta"))),
    ("a bridge removed", lambda files: files.__delitem__(BRIDGE)),
    ("another port", data(BRIDGE, put("port", 9))),
    (
        "another address for clients",
        _client(LOCAL, "mcpServers.github.url", "https://mcp.example.com/mcp"),
    ),
    (
        "a token itself",
        _client(LOCAL, "mcpServers.github.headers.Authorization", "Bearer 0123abcd"),
    ),
    ("no token", _client(LOCAL, "mcpServers.github.headers", {})),
]
