"""ToolHive: a VirtualMCPServer for each namespace of servers, and Cedar policies that say who may
call which tool.

Facts about ToolHive 0.44 behind it: only the first statement of a policy counts, so each is one;
servers differ only by the prefix `<server>_` of the tool's name, as the parent of all tools is
the virtual server; and an entry may not name a host below `cluster.local`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compiler.derive import Fleet
from compiler.derive.proxies import Proxy
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata
from compiler.emit.format.kubernetes.proxies import grant_origins, home, meta, proxy_file, subject
from compiler.file import File, Origin
from compiler.gateways import AUDIENCE
from compiler.gateways.toolhive import GATEWAY, VERSION

FOLDERS: tuple[str, ...] = ("clusters",)


def emit(fleet: Fleet) -> Iterator[File]:
    """The virtual servers, the servers behind each, and who may call what."""
    for proxy in fleet.proxies:
        if proxy.gateway is GATEWAY:
            yield from _gateway(fleet, proxy)
            for server in proxy.servers:
                url = f"http://{server.name}.{server.namespace}.svc:8080"
                entry = {
                    "remoteUrl": url + server.server.spec.transport.path,
                    "transport": "streamable-http",
                    "groupRef": {"name": proxy.name},
                }
                object = _object("MCPServerEntry", metadata(fleet, server), entry)
                yield file(folder(server), server.cluster, object, Origin("", server.server))


def _gateway(fleet: Fleet, proxy: Proxy) -> Iterator[File]:
    name = proxy.name
    own = meta(fleet, proxy, name)
    issuer = {"issuer": proxy.cluster.spec.tokens.issuer}
    identity = {"type": "kubernetesServiceAccount", "kubernetesServiceAccount": issuer}
    config = {"policies": list(_policies(fleet, proxy)), "entities_json": "[]"}
    incoming = {
        "type": "oidc",
        "oidcConfigRef": {"name": name, "audience": AUDIENCE},
        "authzConfigRef": {"name": name},
    }
    prefixed = {
        "conflictResolution": "prefix",
        "conflictResolutionConfig": {"prefixFormat": GATEWAY.prefix.format("{workload}")},
    }
    server = {
        "groupRef": {"name": name},
        "incomingAuth": incoming,
        "config": {"aggregation": prefixed},
    }
    grants = [
        origin
        for server in proxy.servers
        for origin in grant_origins(fleet, server, "spec.config.policies")
    ]
    objects: tuple[tuple[str, Object, list[Origin]], ...] = (
        ("MCPGroup", {"description": f"The servers of {proxy.namespace}"}, []),
        ("MCPOIDCConfig", identity, [Origin("spec", proxy.cluster, ("tokens",))]),
        ("MCPAuthzConfig", {"type": "cedarv1", "config": config}, grants),
        ("VirtualMCPServer", server, []),
    )
    for kind, spec, more in objects:
        yield proxy_file(fleet, proxy, _object(kind, own, spec), *more)


def _policies(fleet: Fleet, proxy: Proxy) -> Iterator[str]:
    """One statement for each grant; what none permits is denied."""
    for server in proxy.servers:
        for (project, agent), tools in server.callers.items():
            client = _text(subject(home(fleet, project), agent))
            for tool in tools:
                yield (
                    f'permit(principal == Client::{client}, action == Action::"call_tool",'
                    f" resource == Tool::{_text(GATEWAY.prefix.format(server.name) + tool)});"
                )


def _text(word: str) -> str:
    """A string of Cedar: for the characters that names may hold, JSON writes the same."""
    return json.dumps(word)


def _object(kind: str, own: Object, spec: dict[str, Any]) -> Object:
    return custom(VERSION, kind, own, spec)
