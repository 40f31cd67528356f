"""The mutations of artefacts: layer, what is done, and how."""

from __future__ import annotations

import json
from typing import Any

from tests.mutations import Change, Files, add, data, drop, key, on, put, text

AA, AS, BS, SHARED = "alpha-agents", "alpha-mcp-servers", "beta-mcp-servers", "mcp-servers"
NETPOL, AUTHZ = "NetworkPolicy", "AuthorizationPolicy"
DEV = "system:serviceaccount:alpha-agents:dev"
CLIENT, CALL = f'principal == Client::"{DEV}"', 'action == Action::"call_tool"'
OPS = "system:serviceaccount:alpha-agents:ops"
EVERYBODY = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]}
SERVICE = {"group": "", "kind": "Service", "name": "github"}
BACKEND = {"group": "agentgateway.dev", "kind": "AgentgatewayBackend", "name": "old"}
GATEWAY = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "tool-gateway"}
XBACKEND = {"group": "agentic.networking.x-k8s.io", "kind": "XBackend", "name": "github"}
RULES = "spec.backend.mcp.authorization.policy.matchExpressions"
RBAC = "rbac.authorization.k8s.io"


def _both(*changes: Change) -> Change:
    def apply(files: Files) -> None:
        for change in changes:
            change(files)

    return apply


def _named(name: str, namespace: str = AS) -> dict[str, Any]:
    return {"name": name, "namespace": namespace}


def _netpol(route: str, value: Any, cluster: str = "direct", name: str = "github") -> Change:
    return on(cluster, NETPOL, name, put(route, value), AS)


def _authz(route: str, value: Any, name: str = "github", cluster: str = "mesh") -> Change:
    return on(cluster, AUTHZ, name, put(route, value), AS)


def _agw(route: str, value: Any, name: str = "old") -> Change:
    return on("agentgateway", "AgentgatewayPolicy", name, put(route, value), AS)


def _cedar(route: str, value: Any) -> Change:
    return on("toolhive", "MCPAuthzConfig", "tool-gateway", put(f"spec.config.{route}", value), AS)


def _access(route: str, value: Any, name: str = "github") -> Change:
    return on("agentic", "XAccessPolicy", name, put(f"spec.{route}", value), AS)


def _route(route: str, value: Any) -> Change:
    return on("envoy", "MCPRoute", "github", put(f"spec.securityPolicy.{route}", value), AS)


def _tool(route: str, value: Any, cluster: str = "kagent") -> Change:
    return on(cluster, "Agent", "dev", put(f"spec.declarative.{route}", value), AA)


def _config(change: Any) -> Change:
    def edit(object: Any) -> None:
        access, servers = (json.loads(object["data"][k]) for k in ("access.json", "mcp.json"))
        change(access, servers)
        object["data"]["access.json"] = json.dumps(access)
        object["data"]["mcp.json"] = json.dumps(servers)

    return on("direct", "ConfigMap", "dev", edit, AA)


def _client(path: str, route: str, value: Any) -> Change:
    return data(f"clients/alpha/dev/{path}", put(route, value))


def _moved(rule: str, there: str) -> Change:
    """A rule of Claude Code moves to another list."""

    def change(value: Any) -> None:
        for some in value["permissions"].values():
            if rule in some:
                some.remove(rule)
        if there:
            value["permissions"][there].append(rule)

    return data("clients/alpha/dev/.claude/settings.json", change)


NETWORK = [
    ("default-deny removed", drop("direct", NETPOL, "default-deny-all", AS)),
    ("default-deny of agents removed", drop("direct", NETPOL, "default-deny-all", AA)),
    ("empty list of peers", _netpol("spec.ingress.0.from", [])),
    ("no peers at all", _netpol("spec.ingress.0.from", None)),
    ("empty rule", _netpol("spec.ingress.0", {})),
    ("selector of the peer widened", _netpol("spec.ingress.0.from.0.podSelector", {})),
    ("namespace of the peer widened", _netpol("spec.ingress.0.from.0.namespaceSelector", {})),
    (
        "another agent for a peer",
        on(
            "direct",
            NETPOL,
            "github",
            key("spec.ingress.0.from.0.podSelector.matchLabels", "app.kubernetes.io/name", "idle"),
            AS,
        ),
    ),
    ("server's policy removed", drop("direct", NETPOL, "github", AS)),
    ("ingress no longer restricted", _netpol("spec.policyTypes", ["Egress"])),
    ("policy selects other pods", _netpol("spec.podSelector", {"matchLabels": {"x": "y"}})),
    (
        "second policy for everybody",
        add(
            "direct",
            apiVersion="networking.k8s.io/v1",
            kind=NETPOL,
            metadata=_named("more"),
            spec=EVERYBODY,
        ),
    ),
    ("agent's way out removed", on("direct", NETPOL, "dev", put("spec.egress.0", None), AA)),
    ("agent may go everywhere", on("direct", NETPOL, "dev", put("spec.egress.+", {}), AA)),
    (
        "agent may go to private networks",
        on(
            "direct",
            NETPOL,
            "dev",
            put("spec.egress.+", {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}),
            AA,
        ),
    ),
    (
        "way around the gateway",
        on(
            "agentgateway",
            NETPOL,
            "old",
            put(
                "spec.ingress.+",
                {"from": [{"podSelector": {}, "namespaceSelector": {}}]},
            ),
            AS,
        ),
    ),
    (
        "gateway open to every pod",
        on("agentgateway", NETPOL, "tool-gateway", put("spec.ingress.0.from", None), AS),
    ),
    (
        "gateway cannot reach a server",
        on("agentgateway", NETPOL, "tool-gateway", put("spec.egress.0", None), AS),
    ),
    (
        "waypoint open to every pod",
        on("mesh", NETPOL, "waypoint", put("spec.ingress.0.from", []), AS),
    ),
    (
        "shared server open to every namespace",
        on("direct", NETPOL, "hub", put("spec.ingress.0.from.0.namespaceSelector", {}), SHARED),
    ),
]
MESH = [
    ("walls of a namespace removed", drop("mesh", AUTHZ, "deny-all", AS)),
    (
        "plain text allowed",
        on("mesh", "PeerAuthentication", "default", put("spec.mtls.mode", "PERMISSIVE"), AS),
    ),
    ("rule about plain text removed", drop("mesh", "PeerAuthentication", "default", AS)),
    ("waypoint denies nothing by itself", drop("mesh", AUTHZ, "waypoint", AS)),
    ("a rule dropped", _authz("spec.rules.1", None)),
    ("no rules", _authz("spec.rules", None)),
    ("a rule for everything", _authz("spec.rules.+", {})),
    ("any tool", _authz("spec.rules.1.when.2.values", ["*"])),
    ("tools by prefix", _authz("spec.rules.1.when.2.values.+", "del*")),
    ("one more tool", _authz("spec.rules.1.when.2.values.+", "delete_repo")),
    ("tool no longer asked for", _authz("spec.rules.1.when.2", None)),
    ("revision no longer asked for", _authz("spec.rules.1.when.0", None)),
    ("method no longer asked for", _authz("spec.rules.1.when.1", None)),
    ("no conditions", _authz("spec.rules.1.when", None)),
    ("no source", _authz("spec.rules.1.from", None)),
    ("another source", _authz("spec.rules.1.from.0.source.serviceAccounts", ["alpha-agents/idle"])),
    (
        "a source of another project",
        _authz("spec.rules.1.from.0.source.serviceAccounts.+", "beta-agents/dev"),
    ),
    ("another path", _authz("spec.rules.1.to.0.operation.paths", ["/other"])),
    ("allowed turned into denied", _authz("spec.action", "DENY")),
    ("policy for another server", _authz("spec.targetRefs.0.name", "tracker")),
    ("policy removed", drop("mesh", AUTHZ, "github", AS)),
    (
        "Service not bound to the waypoint",
        on("mesh", "Service", "github", key("metadata.labels", "istio.io/use-waypoint", None), AS),
    ),
    (
        "way around the waypoint",
        _authz(
            "spec.rules.0.from.0.source.serviceAccounts.+", "alpha-agents/idle", "github.waypoint"
        ),
    ),
    ("waypoint cannot reach the server", drop("mesh", AUTHZ, "github.waypoint", AS)),
    (
        "second policy for everybody",
        add(
            "mesh",
            apiVersion="security.istio.io/v1",
            kind=AUTHZ,
            metadata=_named("more"),
            spec={"targetRefs": [SERVICE], "action": "ALLOW", "rules": [{}]},
        ),
    ),
    (
        "second policy that denies",
        add(
            "mesh",
            apiVersion="security.istio.io/v1",
            kind=AUTHZ,
            metadata=_named("more"),
            spec={"targetRefs": [SERVICE], "action": "DENY", "rules": [{}]},
        ),
    ),
    (
        "pods of a namespace open",
        add(
            "mesh",
            apiVersion="security.istio.io/v1",
            kind=AUTHZ,
            metadata=_named("more"),
            spec={"action": "ALLOW", "rules": [{}]},
        ),
    ),
    (
        "gateway's server open in the mesh",
        on("both", AUTHZ, "old.tool-gateway", put("spec.rules.+", {}), AS),
    ),
]
AGENTGATEWAY = [
    ("policy removed", drop("agentgateway", "AgentgatewayPolicy", "old", AS)),
    (
        "no rules anywhere",
        _both(
            drop("agentgateway", "AgentgatewayPolicy", "old", AS),
            on("agentgateway", "AgentgatewayBackend", "old", put("spec.policies", None), AS),
        ),
    ),
    ("a rule that is true", _agw(f"{RULES}.+", "true")),
    (
        "a rule without the agent",
        _agw(f"{RULES}.0", 'mcp.tool.target == "old" && mcp.tool.name in ["list_issues"]'),
    ),
    (
        "a rule without the tool",
        _agw(f"{RULES}.0", f'jwt.sub == "{DEV}" && mcp.tool.target == "old"'),
    ),
    (
        "a rule for another server",
        _agw(
            f"{RULES}.0",
            f'jwt.sub == "{DEV}" && mcp.tool.target == "second"'
            ' && mcp.tool.name in ["list_issues"]',
        ),
    ),
    (
        "one more tool",
        _agw(f"{RULES}.0", f'jwt.sub == "{DEV}" && mcp.tool.name in ["list_issues", "run_query"]'),
    ),
    (
        "agents by prefix",
        _agw(
            f"{RULES}.0",
            'jwt.sub.startsWith("system:serviceaccount:alpha-agents:")'
            ' && mcp.tool.name == "list_issues"',
        ),
    ),
    ("a rule that is no CEL", _agw(f"{RULES}.0", "jwt.sub ==")),
    (
        "allowed turned into denied",
        _both(
            _agw("spec.backend.mcp.authorization.action", "Deny"),
            on("agentgateway", "AgentgatewayBackend", "old", put("spec.policies", None), AS),
        ),
    ),
    ("policy for another backend", _agw("spec.targetRefs.0.name", "second")),
    (
        "second policy for everybody",
        add(
            "agentgateway",
            apiVersion="agentgateway.dev/v1alpha1",
            kind="AgentgatewayPolicy",
            metadata=_named("more"),
            spec={
                "targetRefs": [BACKEND],
                "backend": {
                    "mcp": {
                        "authorization": {
                            "action": "Allow",
                            "policy": {"matchExpressions": ["true"]},
                        }
                    }
                },
            },
        ),
    ),
    (
        "a rule at the Gateway for everybody",
        add(
            "agentgateway",
            apiVersion="agentgateway.dev/v1alpha1",
            kind="AgentgatewayPolicy",
            metadata=_named("more"),
            spec={
                "targetRefs": [GATEWAY],
                "backend": {
                    "mcp": {
                        "authorization": {
                            "action": "Allow",
                            "policy": {"matchExpressions": ['mcp.tool.name == "run_query"']},
                        }
                    }
                },
            },
        ),
    ),
    (
        "tokens not demanded",
        _agw("spec.traffic.jwtAuthentication.mode", "Permissive", "tool-gateway"),
    ),
    (
        "tokens for anybody",
        _agw("spec.traffic.jwtAuthentication.providers.0.audiences", None, "tool-gateway"),
    ),
    ("nobody asks for tokens", drop("agentgateway", "AgentgatewayPolicy", "tool-gateway", AS)),
    (
        "backend leads to another server",
        on(
            "agentgateway",
            "AgentgatewayBackend",
            "old",
            put("spec.mcp.targets.0.static.host", "second.alpha-mcp-servers.svc.cluster.local"),
            AS,
        ),
    ),
    (
        "route leads to another server",
        on(
            "agentgateway", "HTTPRoute", "old", put("spec.rules.0.backendRefs.0.name", "second"), AS
        ),
    ),
]
LOCAL = "gateway/alpha/config.yaml"
LAPTOP = [
    ("tokens not demanded", text(LOCAL, "mode: strict", "mode: optional")),
    ("a rule that is true", text(LOCAL, "allow: ", 'allow: "true || x" # ')),
    ("another agent", text(LOCAL, "alpha.dev", "alpha.idle")),
    ("another tool", text(LOCAL, "list_issues", "run_query")),
    ("file removed", lambda files: files.__delitem__(LOCAL)),
]
TOOLHIVE = [
    ("a policy dropped", _cedar("policies.0", None)),
    ("no policies", _cedar("policies", [])),
    ("permit for everybody", _cedar("policies.+", "permit(principal, action, resource);")),
    (
        "permit without the tool",
        _cedar(
            "policies.0",
            f'permit(principal == Client::"{DEV}", action == Action::"call_tool", resource);',
        ),
    ),
    (
        "permit for any agent",
        _cedar(
            "policies.0",
            f'permit(principal, {CALL}, resource == Tool::"github_list_issues");',
        ),
    ),
    (
        "one more tool",
        _cedar(
            "policies.+",
            f'permit({CLIENT}, {CALL}, resource == Tool::"github_delete_repo");',
        ),
    ),
    (
        "tools of a server by pattern",
        _cedar(
            "policies.+",
            f'permit({CLIENT}, {CALL}, resource) when {{ resource.name like "github_*" }};',
        ),
    ),
    ("a forbid", _cedar("policies.+", "forbid(principal, action, resource);")),
    ("a policy that is no Cedar", _cedar("policies.0", "permit(principal")),
    (
        "second statement where only the first counts",
        _cedar(
            "policies.0",
            'forbid(principal, action, resource == Tool::"none");'
            f" permit({CLIENT}, action, resource);",
        ),
    ),
    (
        "a condition on what is not there",
        _cedar(
            "policies.+", "forbid(principal, action, resource) when { resource.destructiveHint };"
        ),
    ),
    (
        "anybody without a token",
        on(
            "toolhive",
            "VirtualMCPServer",
            "tool-gateway",
            put("spec.incomingAuth.type", "anonymous"),
            AS,
        ),
    ),
    (
        "nothing decides",
        on(
            "toolhive",
            "VirtualMCPServer",
            "tool-gateway",
            put("spec.incomingAuth.authzConfigRef", None),
            AS,
        ),
    ),
    ("policies removed", drop("toolhive", "MCPAuthzConfig", "tool-gateway", AS)),
    (
        "entry leads to another server",
        on(
            "toolhive",
            "MCPServerEntry",
            "github",
            put("spec.remoteUrl", "http://tracker.alpha-mcp-servers.svc:8080/mcp"),
            AS,
        ),
    ),
]
ACCESS = [
    ("a rule dropped", _access("rules", [])),
    ("no source", _access("rules.0.source", None)),
    ("a source without its member", _access("rules.0.source", {"type": "ServiceAccount"})),
    ("any tool", _access("rules.0.authorization.mcp.methods.0.params", None)),
    ("any method", _access("rules.0.authorization", None)),
    ("one more tool", _access("rules.0.authorization.mcp.methods.0.params.+", "delete_repo")),
    ("another agent", _access("rules.0.source.serviceAccount.name", "idle")),
    ("another project's agent", _access("rules.0.source.serviceAccount.namespace", "beta-agents")),
    ("policy removed", drop("agentic", "XAccessPolicy", "github", AS)),
    ("policy for another server", _access("targetRefs.0.name", "tracker")),
    (
        "an expression that is true",
        on(
            "agentic",
            "XAccessPolicy",
            "hub",
            put("spec.rules.2.authorization.cel.expression", "true"),
            SHARED,
        ),
    ),
    (
        "an expression that no engine takes",
        on(
            "agentic",
            "XAccessPolicy",
            "hub",
            put("spec.rules.2.authorization.cel.expression", "source.x == 'y'"),
            SHARED,
        ),
    ),
    (
        "second policy for everybody",
        add(
            "agentic",
            apiVersion="agentic.networking.x-k8s.io/v1alpha1",
            kind="XAccessPolicy",
            metadata=_named("more"),
            spec={"targetRefs": [XBACKEND], "action": "Allow", "rules": [{"name": "all"}]},
        ),
    ),
]
ROUTE = [
    ("a rule dropped", _route("authorization.rules", [])),
    ("allowed unless denied", _route("authorization.defaultAction", "Allow")),
    ("nothing decides", _route("authorization", None)),
    ("tokens not verified", _route("oauth", None)),
    ("no security at all", on("envoy", "MCPRoute", "github", put("spec.securityPolicy", None), AS)),
    (
        "no tools",
        on(
            "envoy",
            "MCPRoute",
            "hub",
            put("spec.securityPolicy.authorization.rules.0.target", None),
            SHARED,
        ),
    ),
    ("no source", _route("authorization.rules.0.source", None)),
    ("another server", _route("authorization.rules.0.target.tools.0.backend", "tracker")),
    ("one more agent", _route("authorization.rules.0.source.jwt.claims.0.values.+", OPS)),
    ("allowed turned into denied", _route("authorization.rules.0.action", "Deny")),
    (
        "a tool less to choose from",
        on(
            "envoy",
            "MCPRoute",
            "github",
            put("spec.backendRefs.0.toolSelector.include", ["create_issue"]),
            AS,
        ),
    ),
    (
        "route leads to another server",
        on("envoy", "MCPRoute", "github", put("spec.backendRefs.0.name", "tracker"), AS),
    ),
]
KAGENT = [
    ("empty list of tools", _tool("tools.0.mcpServer.toolNames", [])),
    ("no list of tools", _tool("tools.0.mcpServer.toolNames", None)),
    ("one more tool", _tool("tools.0.mcpServer.toolNames.+", "delete_repo")),
    ("nobody is asked", _tool("tools.0.mcpServer.requireApproval", None)),
    ("a server dropped", _tool("tools.0", None)),
    (
        "one more agent to hand work to",
        _tool(
            "tools.+",
            {"type": "Agent", "agent": {"apiGroup": "kagent.dev", "kind": "Agent", "name": "idle"}},
        ),
    ),
    (
        "server leads elsewhere",
        on(
            "kagent",
            "RemoteMCPServer",
            "github",
            put("spec.url", "http://github.beta-mcp-servers.svc:8080/mcp"),
            AA,
        ),
    ),
    (
        "tools of another server behind a gateway",
        _tool("tools.0.mcpServer.toolNames.0", "tracker_close_issue", "kagent-toolhive"),
    ),
]
CONFIG = [
    (
        "one more tool",
        _config(lambda access, _: access["approval"]["github"].update(delete_repo="none")),
    ),
    (
        "nobody is asked",
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
PEOPLE = "alpha-mcp-servers"
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
        "a stranger's group",
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
            metadata=_named("more", BS),
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
    ("nobody is asked", _moved("mcp__github__create_issue", "allow")),
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
        "nobody is asked",
        _seed(lambda agent: agent["metadata"]["tools"]["github"].update(create_issue="none")),
    ),
    ("a server dropped", _seed(lambda agent: agent["metadata"]["tools"].pop("github"))),
    ("another list of servers", _seed(lambda agent: agent["mcpServers"].append("k8s"))),
    ("agent dropped", data(SEED, lambda value: value["agents"].pop(0))),
]
ECOSYSTEM = "pm2/alpha/ecosystem.config.cjs"
PM2 = [
    ("another agent's servers", text(ECOSYSTEM, "clients/alpha/dev/", "clients/alpha/ops/")),
    ("another project's servers", text(ECOSYSTEM, "clients/alpha/dev/", "clients/beta/dev/")),
]
MUTATIONS: list[tuple[str, str, Change]] = [
    (layer, name, change)
    for layer, some in {
        "network": NETWORK,
        "mesh": MESH,
        "agentgateway": AGENTGATEWAY,
        "gateway-local": LAPTOP,
        "toolhive": TOOLHIVE,
        "agentic-networking": ACCESS,
        "envoy-ai-gateway": ROUTE,
        "kagent": KAGENT,
        "agent-config": CONFIG,
        "rbac": ROLES,
        "clients": CLIENTS,
        "registry": REGISTRY,
        "pm2": PM2,
    }.items()
    for name, change in some
]
