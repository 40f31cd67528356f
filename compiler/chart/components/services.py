"""A service of the platform's own: the agent registry, or the workflow engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from compiler.chart.components import postgres
from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Connection, Site, Workload, connections, peer, team, workload
from compiler.emit.format.kubernetes.containers import USER, empty, http

if TYPE_CHECKING:
    from cdk8s import Chart

_AGENT = 8080
"""The port at which an agent serves."""


class Service(Workload):
    """What decides on a service's objects: `env`, and `values` as paths in the secret store."""

    port: int
    env: dict[str, str]
    values: dict[str, str]


class Opened(TypedDict):
    """The connections that a service opens, and the settings that say where they lead."""

    egress: list[Connection]
    env: dict[str, str]


def registry(site: Site) -> Service:
    """The facts of the registry's service: agents and the workflow engine query it."""
    port, clients = site.fleet.platform.registry.port, team(site)
    if "workflowEngine" in site.parts:
        clients.append(peer(site.parts["workflowEngine"]))
    return _service(site, port, connections(clients, port), _telemetry(site))


def engine(site: Site) -> Service:
    """The facts of the workflow engine: it hands steps to agents, and reads topics."""
    platform, telemetry = site.fleet.platform, _telemetry(site)
    egress = telemetry["egress"] + connections(team(site), _AGENT)
    env = dict(telemetry["env"])
    for key, name, port, scheme in (
        ("registry", "REGISTRY_URL", platform.registry.port, "http"),
        ("contextStore", "CONTEXT_STORE_URL", platform.contextStore.port, "redis"),
    ):
        if (other := site.parts.get(key)) is not None:
            egress += connections([peer(other)], port)
            env[name] = f"{scheme}://{other.name}.{other.namespace}.svc:{port}"
    values = {}
    if "CONTEXT_STORE_URL" in env:
        name = site.part.name
        env["CONTEXT_STORE_USERNAME"] = name
        values["CONTEXT_STORE_PASSWORD"] = f"platform/{name}/context-store"
    port = platform.workflowEngine.port
    facts = _service(site, port, [], {"egress": egress, "env": env})
    return {**facts, "values": {**facts["values"], **values}}


def _telemetry(site: Site) -> Opened:
    """Every service sends its telemetry to the collector."""
    collector = site.parts.get("collector")
    if collector is None:
        return {"egress": [], "env": {}}
    port = site.fleet.platform.collector.port
    url = f"http://{collector.name}.{collector.namespace}.svc:{port}"
    return {
        "egress": connections([peer(collector)], port),
        "env": {"OTEL_EXPORTER_OTLP_ENDPOINT": url},
    }


def _service(site: Site, port: int, ingress: list[Connection], opened: Opened) -> Service:
    """With its database: the deployed one by host and password, or another by a secret address."""
    database = site.parts.get(postgres.DATABASES[site.part.key])
    egress, env = list(opened["egress"]), dict(opened["env"])
    if database is None:
        values = {"DATABASE_URL": f"platform/{site.part.name}/database"}
    else:
        facts = postgres.gather(site._replace(part=database))
        egress += connections([peer(database)], postgres.PORT)
        env |= {
            "PGHOST": f"{database.name}.{database.namespace}.svc",
            "PGPORT": str(postgres.PORT),
            "PGDATABASE": facts["database"],
            "PGUSER": facts["database"],
        }
        values = {"PGPASSWORD": facts["password"]}
    env |= {"PORT": str(port)}
    base = workload(site, ingress, egress)
    return {**base, "port": port, "env": env, "values": values}


def build(chart: Chart, facts: Service) -> None:
    """Its settings and secrets, its pods and its address."""
    port = facts["port"]
    workloads.account(chart, facts)
    workloads.secret(chart, facts, {key: (path, "value") for key, path in facts["values"].items()})
    workloads.service(chart, facts, {"http": port})
    main = pods.container(
        facts,
        env=facts["env"],
        secret_env=list(facts["values"]),
        ports={"http": port},
        mounts={"tmp": "/tmp"},  # noqa: S108 - a path in the container
        probes=pods.probes(http("/healthz", port), http("/readyz", port)),
    )
    template = pods.pod(facts, [main], [empty("tmp", "64Mi")], user=USER)
    workloads.deployment(chart, facts, template)
    workloads.network_policy(chart, facts)
