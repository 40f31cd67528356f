"""agentgateway: who may call which tool, for servers whose requests name it only in their body.

Its Gateway asks for a ServiceAccount's token, and each server has a backend, a route and a policy.
Every rule names the agent, the server and the tools. A rule that allows something denies the rest;
the backend itself has a rule that is `false`, since without any rule agentgateway 1.4 allows
everything, and policies are created and removed independently of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.capacity import DEFAULTS
from compiler.derive.fleet import ServerDeployment
from compiler.derive.proxies import Proxy
from compiler.emit.format import cel
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import parameters
from compiler.emit.format.kubernetes.containers import resources
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata
from compiler.emit.format.kubernetes.proxies import (
    gateway,
    grant_origins,
    home,
    meta,
    origins,
    proxy_file,
    subject,
)
from compiler.file import File, Origin
from compiler.gateways import AUDIENCE, chunks, gateway_api
from compiler.gateways.agentgateway import EXPRESSION_TOOLS, EXPRESSIONS, GATEWAY, GROUP, VERSION

FOLDERS: tuple[str, ...] = ("clusters",)
_CONTAINER: Object = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}


def emit(fleet: Fleet) -> Iterator[File]:
    """The gateways of namespaces; the backend, the route and the policies of each server."""
    proxies = [proxy for proxy in fleet.proxies if proxy.gateway is GATEWAY]
    for proxy in {proxy.cluster.name: proxy for proxy in reversed(proxies)}.values():
        yield _keys(fleet, proxy)
    for proxy in proxies:
        yield from _gateway(fleet, proxy)
        for server in proxy.servers:
            yield from _server(fleet, server, proxy)


def _keys(fleet: Fleet, proxy: Proxy) -> File:
    """Once in a cluster: the controller fetches the API server's public keys over TLS."""
    where = f"clusters/{proxy.cluster.name}/platform/issuer-keys"
    trust = {"caCertificateRefs": [{"name": "kube-root-ca.crt"}], "sni": "kubernetes.default.svc"}
    spec: Object = {
        "targetRefs": [{"group": "", "kind": "Service", "name": "kubernetes"}],
        "backend": {"tls": trust},
    }
    own = meta(fleet, proxy, "kubernetes-api-tls") | {"namespace": "default"}
    policy = _object("AgentgatewayPolicy", own, spec)
    return file(where, proxy.cluster, policy, *origins(fleet, proxy))


def _gateway(fleet: Fleet, proxy: Proxy) -> Iterator[File]:
    """The Gateway, and the policy that requires a token with its audience."""
    yield proxy_file(fleet, proxy, _parameters(parameters.metadata(fleet, proxy)))
    reference = parameters.reference(proxy, GROUP, "AgentgatewayParameters")
    yield gateway(fleet, proxy, "agentgateway", "HTTP", reference)
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
        "targetRefs": [{"group": gateway_api.GROUP, "kind": "Gateway", "name": proxy.name}],
        "strategy": {"inheritance": "Override"},
        "traffic": {"jwtAuthentication": {"mode": "Strict", "providers": [provider]}},
    }
    origin = Origin("spec.traffic", proxy.cluster, ("tokens",))
    policy = _object("AgentgatewayPolicy", meta(fleet, proxy, proxy.name), spec)
    yield proxy_file(fleet, proxy, policy, origin)


def _parameters(own: Object) -> Object:
    """Security context and resources of the pods; a Service without a load balancer."""
    main = {"name": "agentgateway", "securityContext": _CONTAINER}
    spec: Object = {
        "resources": resources(DEFAULTS),
        "deployment": {"spec": parameters.pods(main)},
        "service": {"spec": {"type": "ClusterIP"}},
    }
    return _object("AgentgatewayParameters", own, spec)


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
    target = {"group": GROUP, "kind": "AgentgatewayBackend", "name": name}
    match = {"path": {"type": "PathPrefix", "value": f"/{name}"}}
    route = {
        "parentRefs": [{"group": gateway_api.GROUP, "kind": "Gateway", "name": proxy.name}],
        "rules": [{"matches": [match], "backendRefs": [target]}],
    }
    yield file(where, cluster, custom(gateway_api.VERSION, "HTTPRoute", own, route), this)
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
        for (project, agent), tools in server.callers.items()
        for some in chunks(tools, EXPRESSION_TOOLS)
    ]


def _allow(expressions: list[str]) -> Object:
    return {"action": "Allow", "policy": {"matchExpressions": expressions}}


def _object(kind: str, own: Object, spec: dict[str, Any]) -> Object:
    return custom(VERSION, kind, own, spec)
