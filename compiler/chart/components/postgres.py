"""The PostgreSQL of a service: one pod with a volume, and a password that is a secret.

The password holds from the first start on: to change it, change it in PostgreSQL too.
"""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import pods, workloads
from compiler.chart.facts.services import Database
from compiler.emit.format.kubernetes.containers import empty, execute, of_secret

_USER = 70  # `postgres` in the official image of Alpine
_HOME = "/var/lib/postgresql/data"


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
