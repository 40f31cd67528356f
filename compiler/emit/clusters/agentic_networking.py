"""Kubernetes' own XAccessPolicy (kube-agentic-networking 0.1): who may call which tool.

Each server has exactly one policy: of several, the specification says that all must agree, and the
controller that one is enough. A rule without a source, or without methods, would mean all callers
and all calls, so each names both. A list of tools that an inline rule cannot hold is an expression,
which never admits the handshake: that takes a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import ServerDeployment
from compiler.derive.proxies import Proxy
from compiler.emit.format import cel
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata, shortened
from compiler.emit.format.kubernetes.proxies import gateway, grant_origins, home
from compiler.file import File, Origin
from compiler.gateways import gateway_api
from compiler.gateways.agentic_networking import (
    BACKEND_VERSION,
    GATEWAY,
    GROUP,
    POLICY_VERSION,
    RULE_NAME,
    inline,
)

FOLDERS: tuple[str, ...] = ("clusters",)
_NAME = RULE_NAME - len(".tools")


def emit(fleet: Fleet) -> Iterator[File]:
    """The gateways of namespaces, and the backend, route and policy of each server."""
    for proxy in fleet.proxies:
        if proxy.gateway is GATEWAY:
            # HTTPS without a `tls` block is mutual TLS by SPIFFE identities
            yield gateway(fleet, proxy, "kube-agentic-networking", "HTTPS")
            for server in proxy.servers:
                yield from _server(fleet, server, proxy)


def _server(fleet: Fleet, server: ServerDeployment, proxy: Proxy) -> Iterator[File]:
    where, own, name = folder(server), metadata(fleet, server), server.name
    this, path = Origin("", server.server), server.server.spec.transport.path
    backend = {"mcp": {"serviceName": name, "port": 8080, "path": path}}
    target = {"group": GROUP, "kind": "XBackend", "name": name}
    rewrite = {"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": path}}
    rule = {
        "matches": [{"path": {"type": "PathPrefix", "value": f"/{name}"}}],
        "filters": [{"type": "URLRewrite", "urlRewrite": rewrite}],
        "backendRefs": [target],
    }
    parent = {"group": gateway_api.GROUP, "kind": "Gateway", "name": proxy.name}
    route = {"parentRefs": [parent], "rules": [rule]}
    rules = list(_rules(fleet, server))
    policy = {"targetRefs": [target], "action": "Allow", "rules": rules}
    grants = grant_origins(fleet, server, "spec.rules")
    for version, kind, spec, more in (
        (BACKEND_VERSION, "XBackend", backend, []),
        (gateway_api.VERSION, "HTTPRoute", route, []),
        (POLICY_VERSION, "XAccessPolicy", policy, grants),
    ):
        yield file(where, server.cluster, custom(version, kind, own, spec), this, *more)


def _rules(fleet: Fleet, server: ServerDeployment) -> Iterator[Object]:
    """Their names are unique in the cluster, as the controller takes rules of one name for one."""
    for (project, agent), tools in server.callers.items():
        space = home(fleet, project)
        account = {"name": agent, "namespace": space}
        source = {"type": "ServiceAccount", "serviceAccount": account}
        name = shortened(f"{project}.{agent}", _NAME)
        base: Object = {"mcpBaseProtocolMethodsOption": "MATCH_BASE_PROTOCOL_METHODS"}
        if inline(tools):
            base["methods"] = [{"name": "tools/call", "params": list(tools)}]
        yield {"name": name, "source": source, "authorization": {"type": "Inline", "mcp": base}}
        if not inline(tools):
            expression = f"request.mcp.tool_name in {cel.listed(tools)}"
            by_name = {"type": "CEL", "cel": {"expression": expression}}
            yield {"name": f"{name}.tools", "source": source, "authorization": by_name}
