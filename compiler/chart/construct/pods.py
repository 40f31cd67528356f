"""The pods of components, which Pod Security's `restricted` profile admits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compiler.chart.facts import Workload
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import containers, workloads
from compiler.emit.format.kubernetes.secrets import from_secret

_WRITABLE = ("tmp", "run", "data")
"""Volumes that a container may write to: the last is emptied only where it has no claim."""
_TIMEOUTS = {"readinessProbe": 3, "livenessProbe": 5}


def container(
    facts: Workload,
    *,
    name: str = "main",
    resources: Mapping[str, Mapping[str, str]] | None = None,
    command: Sequence[str] = (),
    args: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    secret_env: Sequence[str] = (),
    fields: Mapping[str, str] | None = None,
    ports: Mapping[str, int] | None = None,
    mounts: Mapping[str, str] | None = None,
    probes: Mapping[str, Object] | None = None,
) -> Object:
    """A container of a component's image.

    `secret_env`: keys of the component's Secret; `fields`: paths of the downward API; `mounts`:
    paths by volume, read-only but for those that are called `data`, `run` or `tmp`.
    """
    variables: list[Object] = [{"name": n, "value": value} for n, value in (env or {}).items()]
    variables += [from_secret(key, facts["name"]) for key in secret_env]
    variables += [_field(key, path) for key, path in (fields or {}).items()]
    return containers.container(
        facts["image"],
        resources or facts["resources"],
        name=name,
        command=command,
        args=args,
        ports=ports or {},
        env=variables,
        probes=probes or {},
        mounts=[
            containers.mount(volume, path, writable=volume in _WRITABLE)
            for volume, path in (mounts or {}).items()
        ],
    )


def _field(name: str, path: str) -> Object:
    return {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}}


def probes(live: Object, ready: Object | None = None, attempts: int = 30) -> dict[str, Object]:
    """Startup (in attempts two seconds apart), readiness and liveness."""
    return containers.probes(live, ready or live, attempts=attempts, timeouts=_TIMEOUTS)


def pod(
    facts: Workload,
    some: Sequence[Object],
    volumes: Sequence[Object],
    *,
    user: int,
    files: Mapping[str, str] | None = None,
    grace: int = 60,
) -> Object:
    """A pod template with some containers, without a token of the cluster.

    `files` are those of its ConfigMap: when they change, pods are replaced.
    """
    return workloads.template(
        facts["name"],
        facts["labels"],
        facts["selector"],
        some,
        volumes,
        security={**containers.pod_security(user), "fsGroupChangePolicy": "OnRootMismatch"},
        grace=grace,
        annotations=workloads.config_digest(facts["domain"], files) if files else {},
        enableServiceLinks=False,
    )
