"""Scans of running images: a CronJob for each image with a digest, in each cluster.

A scan looks for vulnerabilities that became known since the build. It is no evidence of what an
image is made of: that is made where images are built. A scan has no token of the cluster, has a
login only where its image lies in that login's registry, and reaches public addresses only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.derive import Fleet
from compiler.derive.images import Named, pinned
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import containers, labels, network
from compiler.emit.format.kubernetes.objects import custom, file, shortened
from compiler.emit.format.kubernetes.secrets import external, from_secret, store
from compiler.emit.format.kubernetes.workloads import service_account
from compiler.file import File, Origin
from compiler.model import Cluster, Image
from compiler.model.supply_chain import Rescan

FOLDERS: tuple[str, ...] = ("clusters",)
PART = "image-scan"
_PASSWORD = "GRYPE_REGISTRY_AUTH_PASSWORD"  # noqa: S105 - the name of a variable
_LONGEST = 52
"""The longest name of a CronJob: its Jobs add eleven characters."""


def emit(fleet: Fleet) -> Iterator[File]:
    """The scans of each cluster, their account, and what they can reach."""
    chain = fleet.platform.supplyChain
    if chain is None or chain.rescan is None:
        return
    whole = Origin("", fleet.platform_resource, ("supplyChain", "rescan"))
    route = ("supplyChain", "rescan", "schedule")
    when = Origin("spec.schedule", fleet.platform_resource, route)
    for cluster in fleet.graph.all(Cluster):
        images = pinned(fleet, cluster)
        if not images:
            continue
        where = f"clusters/{cluster.name}/platform/{PART}"
        yield file(where, cluster, service_account(_meta(fleet, PART)), whole)
        yield file(where, cluster, _policy(fleet, images), whole)
        for named in images:
            image = Origin("spec.jobTemplate.spec.template.spec", named.resource, named.route)
            yield file(where, cluster, _scan(fleet, named, chain.rescan), whole, when, image)
        if (login := chain.rescan.login) is not None:
            key = {_PASSWORD: (login.password.key, login.password.property)}
            yield file(
                where,
                cluster,
                external(store(fleet.platform.secretStore), _meta(fleet, PART), key),
                whole,
            )


def _meta(fleet: Fleet, name: str) -> Object:
    return {
        "name": name,
        "namespace": fleet.platform.namespaces.infrastructure,
        "labels": _labels(fleet),
    }


def _labels(fleet: Fleet) -> dict[str, str]:
    return {**labels.selector(PART, PART), **labels.of_project(fleet)}


def _policy(fleet: Fleet, images: Iterable[Named]) -> Object:
    """Out to public addresses, at the ports of HTTPS and of the images' registries."""
    hosts = (named.image.repository.partition("/")[0] for named in images)
    ports = {443, *(int(host.partition(":")[2]) for host in hosts if ":" in host)}
    pods = {"app.kubernetes.io/name": PART}
    return network.policy(_meta(fleet, PART), pods, egress=network.internet(sorted(ports)))


def _scan(fleet: Fleet, named: Named, rescan: Rescan) -> Object:
    name = shortened(f"scan-{named.name}", _LONGEST)
    job = {
        "backoffLimit": 0,
        "activeDeadlineSeconds": 1800,
        "ttlSecondsAfterFinished": 172_800,
        "template": {"metadata": {"labels": _labels(fleet)}, "spec": _pod(named, rescan)},
    }
    spec = {
        "schedule": rescan.schedule,
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"spec": job},
    }
    return custom("batch/v1", "CronJob", _meta(fleet, name), spec)


def _pod(named: Named, rescan: Rescan) -> Object:
    image = named.image
    env = [
        {"name": "GRYPE_CHECK_FOR_APP_UPDATE", "value": "false"},
        {"name": "GRYPE_DB_CACHE_DIR", "value": "/tmp/db"},  # noqa: S108 - a path in the container
        *_login(image, rescan),
    ]
    main = containers.container(
        str(rescan.image),
        containers.resources(rescan.resources),
        args=(
            f"registry:{image.repository}@{image.digest}",
            f"--fail-on={rescan.failOn}",
            "--output=json",
        ),
        env=env,
        mounts=[containers.TMP_MOUNT],
    )
    return {
        "serviceAccountName": PART,
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "securityContext": containers.pod_security(),
        "containers": [main],
        "volumes": [containers.empty("tmp", "8Gi")],
    }


def _login(image: Image, rescan: Rescan) -> Iterator[Object]:
    """The login to a private registry; scans of other registries' images never get the secret."""
    login = rescan.login
    if login is not None and image.repository.startswith(f"{login.registry}/"):
        yield {"name": "GRYPE_REGISTRY_AUTH_AUTHORITY", "value": login.registry}
        yield {"name": "GRYPE_REGISTRY_AUTH_USERNAME", "value": login.username}
        yield from_secret(_PASSWORD, PART)
