"""The PostgreSQL of a service: one pod with a volume, and a password that is a secret.

PostgreSQL takes the password at its first start: to change it later, change it there too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Peer, Site, Workload, connections, peer, workload
from compiler.derive.quantity import in_bytes
from compiler.emit.format.kubernetes.containers import empty, execute, of_secret

if TYPE_CHECKING:
    from cdk8s import Chart

DATABASES = {"registry": "registryDatabase", "workflowEngine": "workflowDatabase"}
"""The component that keeps the data of each service."""
PORT = 5432
_NAMES = {"registry": "registry", "workflowEngine": "workflows"}
_USER = 70  # `postgres` in the official image of Alpine
_HOME = "/var/lib/postgresql/data"


class Database(Workload):
    """What decides on a database's objects; `buffers` in megabytes."""

    database: str
    password: str
    port: int
    buffers: int


def gather(site: Site) -> Database:
    """The facts of a database: only its own service connects to it."""
    parts, part = site.parts, site.part
    owner = next(service for service, database in DATABASES.items() if database == part.key)
    clients: list[Peer] = [peer(parts[owner])] if owner in parts else []
    return {
        **workload(site, connections(clients, PORT)),
        "database": _NAMES[owner],
        "password": f"platform/{part.name}/password",
        "port": PORT,
        "buffers": in_bytes(part.resources.requests.memory) // 4 // 2**20,
    }


def build(chart: Chart, facts: Database) -> None:
    """Its Secret, its pod and its address."""
    workloads.account(chart, facts)
    workloads.secret(chart, facts, {"password": (facts["password"], "value")})
    ports = {"postgres": facts["port"]}
    workloads.service(chart, facts, ports, headless=True)
    name = facts["database"]
    main = pods.container(
        facts,
        args=(
            *("-c", f"shared_buffers={facts['buffers']}MB"),
            *("-c", "dynamic_shared_memory_type=mmap"),  # /dev/shm of a container is small
        ),
        env={
            "PGDATA": f"{_HOME}/pgdata",
            "POSTGRES_DB": name,
            "POSTGRES_USER": name,
            "POSTGRES_PASSWORD_FILE": "/etc/postgres/password",
        },
        ports=ports,
        mounts={
            "data": _HOME,
            "password": "/etc/postgres",
            "run": "/var/run/postgresql",
            "tmp": "/tmp",  # noqa: S108 - a path in the container
        },
        probes=pods.probes(execute("pg_isready", "-U", name, "-d", name), attempts=150),
    )
    volumes = [
        of_secret("password", facts["name"]),
        empty("run", "1Mi"),
        empty("tmp", "64Mi"),
    ]
    template = pods.pod(facts, [main], volumes, user=_USER)
    workloads.stateful_set(chart, facts, template, service=facts["name"])
    workloads.network_policy(chart, facts)
