"""The PostgreSQL of a service: one pod with a volume, and a password that is a secret.

The password holds from the first start on: to change it, change it in PostgreSQL too.
"""

from __future__ import annotations

from cdk8s import Chart

from compiler.chart.construct import pods, secrets, walls, workloads
from compiler.chart.facts.services import Database

_USER = 70  # `postgres` in the official image of Alpine
_HOME = "/var/lib/postgresql/data"


def build(chart: Chart, given: Database) -> None:
    """Its Secret, its pod and its address."""
    workloads.account(chart, given)
    secrets.fetch(chart, given, {"password": (given["password"], "value")})
    ports = {"postgres": given["port"]}
    workloads.service(chart, given, ports, headless=True)
    name = given["database"]
    main = pods.container(
        "main",
        given["image"],
        given["resources"],
        args=(
            *("-c", f"shared_buffers={given['buffers']}MB"),
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
        probes=pods.probes(pods.execute("pg_isready", "-U", name, "-d", name), startup=150),
    )
    volumes = [
        pods.of_secret("password", given["name"]),
        pods.empty("run", "1Mi"),
        pods.empty("tmp", "64Mi"),
    ]
    template = pods.pod(given, [main], volumes, user=_USER)
    workloads.stateful_set(chart, given, template, service=given["name"])
    walls.build(chart, given)
