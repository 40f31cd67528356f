"""The registry's service and the workflow engine, with the PostgreSQL of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from compiler.chart.facts import Connection, Peer, Workload, connections, peer, team, workload
from compiler.derive.components import Part
from compiler.derive.fleet import Fleet
from compiler.derive.quantity import in_bytes
from compiler.graph import Resource
from compiler.model import Cluster

DATABASES = {"registry": "registryDatabase", "workflowEngine": "workflowDatabase"}
POSTGRES = 5432
AGENT = 8080
"""Where an agent listens."""


class Database(Workload):
    """What decides on a database's objects; `buffers` in megabytes."""

    database: str
    password: str
    port: int
    buffers: int


class Service(Workload):
    """What decides on a service's objects: `env`, and `values` as paths in the secret store."""

    port: int
    env: dict[str, str]
    values: dict[str, str]


class Talk(TypedDict):
    """The connections that a service opens, and the settings that say where they lead."""

    egress: list[Connection]
    env: dict[str, str]


def database(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> Database:
    """The facts of a database: its own service is the only one to come in."""
    owner = next(key for key, its in DATABASES.items() if its == part.key)
    clients: list[Peer] = [peer(parts[owner])] if owner in parts else []
    return {
        **workload(fleet, cluster, part, connections(clients, POSTGRES)),
        "database": {"registry": "registry", "workflowEngine": "workflows"}[owner],
        "password": f"platform/{part.name}/password",
        "port": POSTGRES,
        "buffers": in_bytes(part.resources.requests.memory) // 4 // 2**20,
    }


def registry(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> Service:
    """The facts of the registry's service: agents and the workflow engine ask it."""
    port = fleet.platform.registry.port
    askers = team(fleet, cluster)
    if "workflowEngine" in parts:
        askers.append(peer(parts["workflowEngine"]))
    talk = _common(fleet, parts)
    return _service(fleet, cluster, parts, part, port, connections(askers, port), talk)


def engine(
    fleet: Fleet, cluster: Resource[Cluster], parts: Mapping[str, Part], part: Part
) -> Service:
    """The facts of the workflow engine: it hands steps to agents, and reads topics."""
    platform, talk = fleet.platform, _common(fleet, parts)
    egress, env = talk["egress"] + connections(team(fleet, cluster), AGENT), dict(talk["env"])
    for key, name, port, scheme in (
        ("registry", "REGISTRY_URL", platform.registry.port, "http"),
        ("contextStore", "CONTEXT_STORE_URL", platform.contextStore.port, "redis"),
    ):
        if (other := parts.get(key)) is not None:
            egress += connections([peer(other)], port)
            env[name] = f"{scheme}://{other.name}.{other.namespace}.svc:{port}"
    values = {}
    if "CONTEXT_STORE_URL" in env:
        env["CONTEXT_STORE_USERNAME"] = part.name
        values["CONTEXT_STORE_PASSWORD"] = f"platform/{part.name}/context-store"
    port = platform.workflowEngine.port
    made = _service(fleet, cluster, parts, part, port, [], {"egress": egress, "env": env})
    return {**made, "values": {**made["values"], **values}}


def _common(fleet: Fleet, parts: Mapping[str, Part]) -> Talk:
    """Every service sends its telemetry to the collector."""
    collector = parts.get("collector")
    if collector is None:
        return {"egress": [], "env": {}}
    port = fleet.platform.collector.port
    url = f"http://{collector.name}.{collector.namespace}.svc:{port}"
    return {
        "egress": connections([peer(collector)], port),
        "env": {"OTEL_EXPORTER_OTLP_ENDPOINT": url},
    }


def _service(
    fleet: Fleet,
    cluster: Resource[Cluster],
    parts: Mapping[str, Part],
    part: Part,
    port: int,
    ingress: list[Connection],
    talk: Talk,
) -> Service:
    """With its database: ours by host and password, or one elsewhere by a secret address."""
    its, egress, env = parts.get(DATABASES[part.key]), list(talk["egress"]), dict(talk["env"])
    if its is None:
        values = {"DATABASE_URL": f"platform/{part.name}/database"}
    else:
        facts = database(fleet, cluster, parts, its)
        egress += connections([peer(its)], POSTGRES)
        env |= {
            "PGHOST": f"{its.name}.{its.namespace}.svc",
            "PGPORT": str(POSTGRES),
            "PGDATABASE": facts["database"],
            "PGUSER": facts["database"],
        }
        values = {"PGPASSWORD": facts["password"]}
    env |= {"PORT": str(port)}
    base = workload(fleet, cluster, part, ingress, egress)
    return {**base, "port": port, "env": env, "values": values}
