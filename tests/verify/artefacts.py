"""One small estate, its specs as text, and objects for the readers of layers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from compiler.parse import Document, parse
from compiler.source import Source
from compiler.verify import Call, Report, verify
from compiler.verify.callers import Caller

AGENTS, SERVERS = "p-agents", "p-mcp-servers"
ADA = Caller(AGENTS, "ada", "p")
NAME = "app.kubernetes.io/name"
SPECS = """
apiVersion: roster/v1
kind: Platform
metadata: {name: platform}
spec: {mesh: istio-ambient, layers: LAYERS, workflowEngine: {name: engine, port: 1}}
---
apiVersion: roster/v1
kind: Cluster
metadata: {name: c}
spec: {installed: INSTALLED}
---
apiVersion: roster/v1
kind: MCPServer
metadata: {name: github}
spec:
  image: {repository: a/b, tag: "1"}
  package: {name: x, command: [npx, x]}
  transport: {type: streamable-http, protocolVersion: "2026-07-28"}
  trust: trusted
  tools:
    - name: get_it
      annotations: {readOnlyHint: true}
      kubernetes: [{resources: [pods], verbs: [get]}]
    - {name: drop_it}
  secrets: [{name: TOKEN, key: a}]
---
apiVersion: roster/v1
kind: Project
metadata: {name: p}
spec:
  clusters: [c]
  servers: [github]
  agents:
    - {agent: ada, grants: [{server: github, tools: read-only}]}
    - {agent: bob}
  people: [{group: "oidc:lookers", role: viewer}]
"""
"""`ada` may call `get_it` of `github`; no agent may call `drop_it`, and `bob` nothing."""


def parse_specs(*installed: str) -> tuple[Document, ...]:
    """The specs, for a cluster that has some layers installed."""
    layers = [layer for layer in installed if layer != "istio-ambient"]
    text = SPECS.replace("LAYERS", json.dumps(layers))
    documents, diagnostics = parse(
        Source("specs/a.yaml", text.replace("INSTALLED", json.dumps(installed)))
    )
    assert not diagnostics
    return documents


def manifest(kind: str, name: str, spec: object = None, home: str = SERVERS, **more: object) -> str:
    """An object; `kind` begins with its group, as in `apps/Deployment`."""
    group, _, kind = kind.rpartition("/")
    metadata = {"name": name, "namespace": home, "labels": more.pop("labels", {})}
    api = f"{group}/v1" if group else "v1"
    spec = {} if spec is None else {"spec": spec}
    return json.dumps({"apiVersion": api, "kind": kind, "metadata": metadata, **spec, **more})


def pod(name: str, home: str, role: str) -> str:
    labels = {NAME: name, "app.kubernetes.io/component": role}
    container = {"ports": [{"name": "http", "containerPort": 8080}]}
    spec = {"serviceAccountName": name, "containers": [container]}
    return manifest(
        "apps/Deployment", name, {"template": {"metadata": {"labels": labels}, "spec": spec}}, home
    )


def service(use: str = "waypoint", protocol: str = "http") -> str:
    port = {"port": 8080, "targetPort": "http", "appProtocol": protocol}
    labels = {"istio.io/use-waypoint": use}
    return manifest(
        "Service", "github", {"selector": {NAME: "github"}, "ports": [port]}, labels=labels
    )


AMBIENT = {"istio.io/dataplane-mode": "ambient"}
SERVER = pod("github", SERVERS, "mcp-server")
BASE = (
    *(manifest("Namespace", home, home="", labels=AMBIENT) for home in (AGENTS, SERVERS)),
    *(pod(agent, AGENTS, "agent") for agent in ("ada", "bob")),
    SERVER,
)


def files(objects: Iterable[str]) -> dict[str, str]:
    return {f"clusters/c/{n}.yaml": text for n, text in enumerate(objects)}


def report(
    name: str,
    documents: tuple[Document, ...],
    objects: Iterable[str] = (),
    texts: Mapping[str, str] | None = None,
) -> Report:
    reports = verify({**files(objects), **(texts or {})}, documents)
    return next(entry for entry in reports if entry.name == name)


def tools(calls: Iterable[Call]) -> set[tuple[str, str]]:
    """Who calls which tool of the server; "" for a mere connection."""
    return {(call.agent, call.tool) for call in calls if call.server == "github"}
