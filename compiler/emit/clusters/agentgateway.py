"""agentgateway: who may call which tool, for servers whose requests say so only in their body.

Its Gateway asks for a ServiceAccount's token, and each server has a backend, a route and a policy.
Every rule names the agent, the server and the tools. A rule that allows something denies the rest;
one that is `false` stands in the backend itself, since without any rule agentgateway 1.4 allows
everything, and policies come and go by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.fleet import ServerDeployment
from compiler.derive.gates import AUDIENCE
from compiler.derive.limits import EXPRESSION_TOOLS, EXPRESSIONS, callers, chunks
from compiler.emit.clusters import parameters
from compiler.emit.clusters.proxies import (
    Proxy,
    gateway,
    grant_origins,
    home,
    meta,
    origins,
    proxies,
    subject,
)
from compiler.emit.format import cel
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata
from compiler.file import File, Origin

FOLDERS: tuple[str, ...] = ("clusters",)
_GROUP, _ROUTES = "agentgateway.dev", "gateway.networking.k8s.io"


def emit(fleet: Fleet) -> Iterator[File]:
    """The gateways of namespaces, and what stands before each server."""
    told: set[str] = set()
    for proxy in proxies(fleet):
        if proxy.gate == "agentgateway":
            if proxy.cluster.name not in told:
                told.add(proxy.cluster.name)
                yield from _keys(fleet, proxy)
            yield from _gateway(fleet, proxy)
            for server in proxy.servers:
                yield from _server(fleet, server, proxy)


def _keys(fleet: Fleet, proxy: Proxy) -> Iterator[File]:
    """Once in a cluster: the controller gets the API server's public keys over TLS."""
    where = f"clusters/{proxy.cluster.name}/platform/issuer-keys"
    trust = {"caCertificateRefs": [{"name": "kube-root-ca.crt"}], "sni": "kubernetes.default.svc"}
    spec: Object = {
        "targetRefs": [{"group": "", "kind": "Service", "name": "kubernetes"}],
        "backend": {"tls": trust},
    }
    own = meta(fleet, proxy, "kubernetes-api-tls") | {"namespace": "default"}
    yield file(
        where, proxy.cluster, _object("AgentgatewayPolicy", own, spec), *origins(fleet, proxy)
    )


def _gateway(fleet: Fleet, proxy: Proxy) -> Iterator[File]:
    """The Gateway, and who may speak to it at all: nobody without a token that is meant for it."""
    here, name = origins(fleet, proxy), proxy.name
    yield parameters.emit(fleet, proxy)
    yield gateway(fleet, proxy, "agentgateway", "HTTP", parameters.reference(proxy))
    issuer = proxy.cluster.spec.tokens.issuer
    api = {
        "group": "",
        "kind": "Service",
        "name": "kubernetes",
        "namespace": "default",
        "port": 443,
    }
    keys = {"remote": {"jwksPath": "openid/v1/jwks", "backendRef": api}}
    provider = {"issuer": issuer, "audiences": [AUDIENCE], "jwks": keys}
    spec: Object = {
        "targetRefs": [{"group": _ROUTES, "kind": "Gateway", "name": name}],
        "strategy": {"inheritance": "Override"},
        "traffic": {"jwtAuthentication": {"mode": "Strict", "providers": [provider]}},
    }
    origin = Origin("spec.traffic", proxy.cluster, ("tokens",))
    policy = _object("AgentgatewayPolicy", meta(fleet, proxy, name), spec)
    yield file(proxy.folder, proxy.cluster, policy, *here, origin)


def _server(fleet: Fleet, server: ServerDeployment, proxy: Proxy) -> Iterator[File]:
    where, own, name = folder(server), metadata(fleet, server), server.name
    this, cluster = Origin("", server.server), server.cluster
    static = {
        "host": f"{name}.{server.namespace}.svc.cluster.local",
        "port": 8080,
        "path": server.server.spec.transport.path,
        "protocol": "StreamableHTTP",
    }
    backend = {"failureMode": "FailClosed", "targets": [{"name": name, "static": static}]}
    base = {"mcp": {"authorization": _allow(["false"])}}
    spec: Object = {"mcp": backend, "policies": base}
    yield file(where, cluster, _object("AgentgatewayBackend", own, spec), this)
    target = {"group": _GROUP, "kind": "AgentgatewayBackend", "name": name}
    match = {"path": {"type": "PathPrefix", "value": f"/{name}"}}
    route = {
        "parentRefs": [{"group": _ROUTES, "kind": "Gateway", "name": proxy.name}],
        "rules": [{"matches": [match], "backendRefs": [target]}],
    }
    yield file(where, cluster, custom(f"{_ROUTES}/v1", "HTTPRoute", own, route), this)
    for number, some in enumerate(chunks(_expressions(fleet, server), EXPRESSIONS), start=1):
        spec = {
            "targetRefs": [target],
            "backend": {"mcp": {"authorization": _allow(list(some))}},
        }
        meta_ = own | {"name": name if number == 1 else f"{name}.{number}"}
        policy = _object("AgentgatewayPolicy", meta_, spec)
        yield file(where, cluster, policy, this, *grant_origins(fleet, server, "spec.backend"))


def _expressions(fleet: Fleet, server: ServerDeployment) -> list[str]:
    return [
        cel.calls(subject(home(fleet, project), agent), server.name, list(some))
        for (project, agent), tools in callers(fleet, server).items()
        for some in chunks(tools, EXPRESSION_TOOLS)
    ]


def _allow(expressions: list[str]) -> Object:
    return {"action": "Allow", "policy": {"matchExpressions": expressions}}


def _object(kind: str, own: Object, spec: dict[str, Any]) -> Object:
    return custom(f"{_GROUP}/v1alpha1", kind, own, spec)
