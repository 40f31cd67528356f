"""Envoy AI Gateway's MCPRoute (1.1): who may call which tool, one route for each server.

Facts behind it: without `oauth` a token is not verified, so it is always there; the first rule that
matches decides, and where none does nothing is allowed; an empty selector would mean all tools.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import ServerDeployment
from compiler.derive.gates import AUDIENCE
from compiler.derive.limits import ROUTE_SELECTOR, callers, route_rules
from compiler.emit.clusters.proxies import (
    Proxy,
    endpoint,
    gateway,
    grant_origins,
    home,
    proxies,
    subject,
)
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata
from compiler.file import File, Origin

FOLDERS: tuple[str, ...] = ("clusters",)
_ROUTES = "gateway.networking.k8s.io"


def emit(fleet: Fleet) -> Iterator[File]:
    """The gateways of namespaces, and the route of each server."""
    for proxy in proxies(fleet):
        if proxy.gate == "envoy-ai-gateway":
            yield gateway(fleet, proxy, "envoy-ai-gateway", "HTTP")
            for server in proxy.servers:
                yield _route(fleet, server, proxy)


def _route(fleet: Fleet, server: ServerDeployment, proxy: Proxy) -> File:
    granted = callers(fleet, server)
    tools = sorted({tool for some in granted.values() for tool in some})
    backend: Object = {
        "name": server.name,
        "kind": "Service",
        "port": 8080,
        "path": server.server.spec.transport.path,
    }
    if len(tools) <= ROUTE_SELECTOR:
        backend["toolSelector"] = {"include": tools}
    tokens = proxy.cluster.spec.tokens
    oauth = {
        "issuer": tokens.issuer,
        "audiences": [AUDIENCE],
        "jwks": {"remoteJWKS": {"uri": tokens.jwks}},
        "protectedResourceMetadata": {"resource": endpoint(server)[1]},
    }
    authorization = {"defaultAction": "Deny", "rules": list(_rules(fleet, server))}
    spec = {
        "path": f"/{server.name}",
        "parentRefs": [{"group": _ROUTES, "kind": "Gateway", "name": proxy.name}],
        "backendRefs": [backend],
        "securityPolicy": {"oauth": oauth, "authorization": authorization},
    }
    own = metadata(fleet, server)
    route = custom("aigateway.envoyproxy.io/v1beta1", "MCPRoute", own, spec)
    this, asked = Origin("", server.server), Origin("spec", proxy.cluster, ("tokens",))
    grants = grant_origins(fleet, server, "spec.securityPolicy")
    return file(folder(server), server.cluster, route, this, asked, *grants)


def _rules(fleet: Fleet, server: ServerDeployment) -> Iterator[Object]:
    for clients, tools in route_rules(callers(fleet, server)):
        subjects = [subject(home(fleet, project), agent) for project, agent in clients]
        yield {
            "action": "Allow",
            "source": {"jwt": {"claims": [{"name": "sub", "values": subjects}]}},
            "target": {"tools": [{"backend": server.name, "tool": tool} for tool in tools]},
        }
