"""The pods of agents and servers, and the objects of both alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compiler.derive.deployments import GRACE
from compiler.derive.fleet import Fleet
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import containers, workloads
from compiler.emit.format.kubernetes.labels import Workload, of_workload, pods_of
from compiler.emit.format.kubernetes.objects import metadata
from compiler.emit.format.kubernetes.secrets import external, from_secret, store
from compiler.model import Resources, Secret
from compiler.model.base import Probe

_SECRETS = "/etc/roster/secrets"


def container(
    image: str,
    ports: Mapping[str, int],
    env: Iterable[Object],
    mounts: Iterable[Object],
    each: Resources,
    probe: Probe,
    args: Sequence[str] = (),
) -> Object:
    """The one container of a pod; it has 15 seconds to leave the load balancers."""
    return containers.container(
        image,
        containers.resources(each),
        args=args,
        ports=ports,
        env=env,
        probes=containers.probes(_probe(probe, probe.live), _probe(probe, probe.ready)),
        lifecycle={"preStop": {"sleep": {"seconds": 15}}},
        mounts=[containers.TMP_MOUNT, *mounts],
    )


def _probe(probe: Probe, path: str) -> Object:
    if probe.type == "tcp":
        return containers.tcp(probe.port)
    return containers.http(path, probe.port)


def template(
    fleet: Fleet,
    workload: Workload,
    main: Object,
    volumes: Iterable[Object],
    *,
    token: bool,
    annotations: Mapping[str, str] = {},
) -> Object:
    """The pod template of a workload; `token`: it calls the Kubernetes API."""
    return workloads.template(
        workload.name,
        of_workload(fleet, workload),
        pods_of(workload),
        [main],
        [containers.TMP, *volumes],
        security=containers.pod_security(),
        grace=GRACE,
        annotations=annotations,
        token=token,
    )


def deployment(fleet: Fleet, workload: Workload, replicas: int | None, pod: Object) -> Object:
    """The Deployment of a workload."""
    return workloads.deployment(metadata(fleet, workload), pods_of(workload), pod, replicas)


def service_account(fleet: Fleet, workload: Workload) -> Object:
    """The identity of a workload."""
    return workloads.service_account(metadata(fleet, workload))


def service(
    fleet: Fleet,
    workload: Workload,
    ports: list[Object],
    labels: Mapping[str, str] = {},
    **spec: Any,
) -> Object:
    """The stable address of a workload."""
    meta = metadata(fleet, workload)
    meta = {**meta, "labels": {**meta["labels"], **labels}}
    return workloads.service(meta, pods_of(workload), ports, **spec)


def disruption_budget(fleet: Fleet, workload: Workload) -> Object:
    """How many pods of a workload may be evicted at a time."""
    return workloads.disruption_budget(metadata(fleet, workload), pods_of(workload))


def external_secret(
    fleet: Fleet, workload: Workload, name: str, data: Mapping[str, tuple[str, str]]
) -> Object:
    """A Secret `name` that External Secrets fills: per key, the path and field in the store."""
    own = {**metadata(fleet, workload), "name": name}
    return external(store(fleet.platform.secretStore), own, data)


def secret_env(secrets: Iterable[Secret], name: str) -> list[Object]:
    """Variables out of the keys of a Secret `name`; for a file, its path."""
    return [
        {"name": secret.name, "value": f"{_SECRETS}/{secret.name}"}
        if secret.file
        else from_secret(secret.name, name)
        for secret in secrets
    ]


def secret_files(secrets: Iterable[Secret], name: str) -> tuple[list[Object], list[Object]]:
    """The mount and the volume of those secrets which are files; nothing where none is."""
    items = [{"key": secret.name, "path": secret.name} for secret in secrets if secret.file]
    if not items:
        return [], []
    volume = containers.of_secret("secrets", name, items)
    return [containers.mount("secrets", _SECRETS)], [volume]
