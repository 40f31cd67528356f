"""Envoy AI Gateway's MCPRoute (1.1): who may call which tool, one route for each server.

Facts behind it: without `oauth` a token is not verified, so it is always there; the first rule that
matches decides, and where none does nothing is allowed; an empty selector would mean all tools.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import ServerDeployment
from compiler.derive.proxies import Proxy
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata
from compiler.emit.format.kubernetes.proxies import gateway, grant_origins, home, subject
from compiler.file import File, Origin
from compiler.gateways import AUDIENCE, gateway_api
from compiler.gateways.envoy_ai_gateway import GATEWAY, SELECTOR, VERSION, rules

FOLDERS: tuple[str, ...] = ("clusters",)


def emit(fleet: Fleet) -> Iterator[File]:
    """The gateways of namespaces, and the route of each server."""
    for proxy in fleet.proxies:
        if proxy.gateway is GATEWAY:
            yield gateway(fleet, proxy, "envoy-ai-gateway", "HTTP")
            for server in proxy.servers:
                yield _route(fleet, server, proxy)


def _route(fleet: Fleet, server: ServerDeployment, proxy: Proxy) -> File:
    tools = sorted({tool for some in server.callers.values() for tool in some})
    backend: Object = {
        "name": server.name,
        "kind": "Service",
        "port": 8080,
        "path": server.server.spec.transport.path,
    }
    if len(tools) <= SELECTOR:
        backend["toolSelector"] = {"include": tools}
    tokens = proxy.cluster.spec.tokens
    oauth = {
        "issuer": tokens.issuer,
        "audiences": [AUDIENCE],
        "jwks": {"remoteJWKS": {"uri": tokens.jwks}},
        "protectedResourceMetadata": {"resource": server.endpoint.url},
    }
    authorization = {"defaultAction": "Deny", "rules": list(_rules(fleet, server))}
    spec = {
        "path": f"/{server.name}",
        "parentRefs": [{"group": gateway_api.GROUP, "kind": "Gateway", "name": proxy.name}],
        "backendRefs": [backend],
        "securityPolicy": {"oauth": oauth, "authorization": authorization},
    }
    own = metadata(fleet, server)
    route = custom(VERSION, "MCPRoute", own, spec)
    this, asked = Origin("", server.server), Origin("spec", proxy.cluster, ("tokens",))
    grants = grant_origins(fleet, server, "spec.securityPolicy")
    return file(folder(server), server.cluster, route, this, asked, *grants)


def _rules(fleet: Fleet, server: ServerDeployment) -> Iterator[Object]:
    for clients, tools in rules(server.callers):
        subjects = [subject(home(fleet, project), agent) for project, agent in clients]
        yield {
            "action": "Allow",
            "source": {"jwt": {"claims": [{"name": "sub", "values": subjects}]}},
            "target": {"tools": [{"backend": server.name, "tool": tool} for tool in tools]},
        }
