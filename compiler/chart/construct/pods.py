"""Pods that Pod Security's `restricted` profile admits, and what is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from cdk8s_plus_34 import k8s

from compiler.chart.facts import Workload

EMPTIED = ("tmp", "run", "data")
"""Volumes that a container may write to: the last one is emptied only where it is no claim."""


def selector(given: Workload) -> k8s.LabelSelector:
    """The pods of a component, by labels that never change."""
    return k8s.LabelSelector(match_labels=given["selector"])


def quantities(amounts: Mapping[str, str]) -> dict[str, k8s.Quantity]:
    """Amounts as cdk8s wants them."""
    return {name: k8s.Quantity.from_string(amount) for name, amount in amounts.items()}


def resources(given: Mapping[str, Mapping[str, str]]) -> k8s.ResourceRequirements:
    """Requests and limits."""
    return k8s.ResourceRequirements(
        requests=quantities(given["requests"]), limits=quantities(given["limits"])
    )


def container(
    name: str,
    image: str,
    limits: Mapping[str, Mapping[str, str]],
    *,
    args: Sequence[str] = (),
    command: Sequence[str] = (),
    env: Mapping[str, str | tuple[str, str]] | None = None,
    fields: Mapping[str, str] | None = None,
    ports: Mapping[str, int] | None = None,
    mounts: Mapping[str, str] | None = None,
    probes: Mapping[str, k8s.Probe] | None = None,
) -> k8s.Container:
    """A container that Pod Security's `restricted` profile admits.

    `env`: texts, or the name and key of a Secret; `fields`: paths of the downward API; `mounts`:
    paths by volume, read-only unless the volume is `data` or one of those that are emptied.
    """
    variables = [_variable(key, value) for key, value in (env or {}).items()]
    variables += [_field(key, path) for key, path in (fields or {}).items()]
    return k8s.Container(
        name=name,
        image=image,
        image_pull_policy="Always",
        command=list(command) or None,
        args=list(args) or None,
        env=variables or None,
        ports=[k8s.ContainerPort(name=n, container_port=p) for n, p in (ports or {}).items()]
        or None,
        resources=resources(limits),
        volume_mounts=[_mount(volume, path) for volume, path in (mounts or {}).items()] or None,
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=k8s.Capabilities(drop=["ALL"]),
        ),
        startup_probe=(probes or {}).get("startup"),
        readiness_probe=(probes or {}).get("readiness"),
        liveness_probe=(probes or {}).get("liveness"),
    )


def _variable(name: str, value: str | tuple[str, str]) -> k8s.EnvVar:
    if isinstance(value, str):
        return k8s.EnvVar(name=name, value=value)
    secret, key = value
    source = k8s.EnvVarSource(secret_key_ref=k8s.SecretKeySelector(name=secret, key=key))
    return k8s.EnvVar(name=name, value_from=source)


def _field(name: str, path: str) -> k8s.EnvVar:
    source = k8s.EnvVarSource(field_ref=k8s.ObjectFieldSelector(field_path=path))
    return k8s.EnvVar(name=name, value_from=source)


def _mount(volume: str, path: str) -> k8s.VolumeMount:
    writable = volume in EMPTIED
    return k8s.VolumeMount(name=volume, mount_path=path, read_only=None if writable else True)


def probes(
    live: Mapping[str, Any], ready: Mapping[str, Any] | None = None, startup: int = 30
) -> dict[str, k8s.Probe]:
    """Startup (in steps of two seconds), readiness and liveness."""
    return {
        "startup": k8s.Probe(period_seconds=2, failure_threshold=startup, **live),
        "readiness": k8s.Probe(period_seconds=5, timeout_seconds=3, **(ready or live)),
        "liveness": k8s.Probe(period_seconds=10, timeout_seconds=5, failure_threshold=6, **live),
    }


def http(path: str, port: int) -> dict[str, Any]:
    """It answers a request."""
    return {"http_get": k8s.HttpGetAction(path=path, port=k8s.IntOrString.from_number(port))}


def execute(*command: str) -> dict[str, Any]:
    """A program in the container succeeds."""
    return {"exec": k8s.ExecAction(command=list(command))}


def empty(name: str, size: str) -> k8s.Volume:
    """A volume that begins empty with each pod."""
    limit = k8s.Quantity.from_string(size)
    return k8s.Volume(name=name, empty_dir=k8s.EmptyDirVolumeSource(size_limit=limit))


def of_config(name: str, config_map: str) -> k8s.Volume:
    """The files of a ConfigMap."""
    return k8s.Volume(name=name, config_map=k8s.ConfigMapVolumeSource(name=config_map))


def of_secret(name: str, secret: str) -> k8s.Volume:
    """The files of a Secret."""
    return k8s.Volume(name=name, secret=k8s.SecretVolumeSource(secret_name=secret))


def pod(
    given: Workload,
    containers: Sequence[k8s.Container],
    volumes: Sequence[k8s.Volume],
    *,
    user: int,
    files: Mapping[str, str] | None = None,
    grace: int = 60,
) -> k8s.PodTemplateSpec:
    """A pod template that Pod Security's `restricted` profile admits, without a token.

    `files` are those of its ConfigMap: when they change, pods are replaced.
    """
    text = json.dumps(dict(files or {}), sort_keys=True)
    digest = {f"{given['domain']}/config": sha256(text.encode()).hexdigest()[:16]}
    return k8s.PodTemplateSpec(
        metadata=k8s.ObjectMeta(labels=given["labels"], annotations=digest if files else None),
        spec=k8s.PodSpec(
            service_account_name=given["name"],
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=grace,
            security_context=k8s.PodSecurityContext(
                run_as_non_root=True,
                run_as_user=user,
                run_as_group=user,
                fs_group=user,
                fs_group_change_policy="OnRootMismatch",
                seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
            ),
            topology_spread_constraints=[
                k8s.TopologySpreadConstraint(
                    max_skew=1,
                    topology_key="topology.kubernetes.io/zone",
                    when_unsatisfiable="ScheduleAnyway",
                    label_selector=selector(given),
                )
            ],
            containers=list(containers),
            volumes=list(volumes),
        ),
    )
