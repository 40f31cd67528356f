"""What looks again at images that run: a CronJob for each image with a digest, in each cluster.

It holds them against the vulnerabilities of the day. It is a second look, and no evidence of what
an image is made of: that is made where images are built. A scan has no token of the cluster, has a
login only where its image lies in that login's registry, and reaches public addresses only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.derive import Fleet
from compiler.derive.images import Named, pinned
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import labels
from compiler.emit.format.kubernetes.containers import CONTAINER_SECURITY, POD_SECURITY, resources
from compiler.emit.format.kubernetes.objects import file, shortened
from compiler.emit.format.kubernetes.secrets import external, from_secret
from compiler.file import File, Origin
from compiler.model import Cluster, Image
from compiler.model.supply_chain import Rescan

FOLDERS: tuple[str, ...] = ("clusters",)
PART = "image-scan"
_PASSWORD = "GRYPE_REGISTRY_AUTH_PASSWORD"  # noqa: S105 - the name of a variable
_LONGEST = 52
"""Of a CronJob's name: its Jobs add eleven characters."""
_PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]


def emit(fleet: Fleet) -> Iterator[File]:
    """The scans of each cluster, their account, and the wall around them."""
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
        yield file(where, cluster, _account(fleet), whole)
        yield file(where, cluster, _wall(fleet, images), whole)
        for named in images:
            image = Origin("spec.jobTemplate.spec.template.spec", named.resource, named.route)
            yield file(where, cluster, _scan(fleet, named, chain.rescan), whole, when, image)
        if (login := chain.rescan.login) is not None:
            key = {_PASSWORD: (login.password.key, login.password.property)}
            yield file(where, cluster, external(fleet, _meta(fleet, PART), key), whole)


def _meta(fleet: Fleet, name: str) -> Object:
    return {
        "name": name,
        "namespace": fleet.platform.namespaces.infrastructure,
        "labels": _labels(fleet),
    }


def _labels(fleet: Fleet) -> dict[str, str]:
    return {**labels.selector(PART, PART), **labels.of_project(fleet)}


def _account(fleet: Fleet) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": _meta(fleet, PART),
        "automountServiceAccountToken": False,
    }


def _wall(fleet: Fleet, images: Iterable[Named]) -> Object:
    """Out to public addresses, at the ports of HTTPS and of the images' registries."""
    hosts = (named.image.repository.partition("/")[0] for named in images)
    ports = {443, *(int(host.partition(":")[2]) for host in hosts if ":" in host)}
    public = {"ipBlock": {"cidr": "0.0.0.0/0", "except": _PRIVATE}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _meta(fleet, PART),
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": PART}},
            "policyTypes": ["Ingress", "Egress"],
            "egress": [{"to": [public], "ports": [_tcp(port) for port in sorted(ports)]}],
        },
    }


def _tcp(port: int) -> Object:
    return {"protocol": "TCP", "port": port}


def _scan(fleet: Fleet, named: Named, rescan: Rescan) -> Object:
    name = shortened(f"scan-{named.name}", _LONGEST)
    job = {
        "backoffLimit": 0,
        "activeDeadlineSeconds": 1800,
        "ttlSecondsAfterFinished": 172_800,
        "template": {"metadata": {"labels": _labels(fleet)}, "spec": _pod(named, rescan)},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": _meta(fleet, name),
        "spec": {
            "schedule": rescan.schedule,
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {"spec": job},
        },
    }


def _pod(named: Named, rescan: Rescan) -> Object:
    image = named.image
    main = {
        "name": "main",
        "image": str(rescan.image),
        "imagePullPolicy": "Always",
        "args": [
            f"registry:{image.repository}@{image.digest}",
            f"--fail-on={rescan.failOn}",
            "--output=json",
        ],
        "env": [
            {"name": "GRYPE_CHECK_FOR_APP_UPDATE", "value": "false"},
            {"name": "GRYPE_DB_CACHE_DIR", "value": "/tmp/db"},  # noqa: S108 - a path in the container
            *_login(image, rescan),
        ],
        "resources": resources(rescan.resources),
        "securityContext": CONTAINER_SECURITY,
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - as above
    }
    return {
        "serviceAccountName": PART,
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "securityContext": POD_SECURITY,
        "containers": [main],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "8Gi"}}],
    }


def _login(image: Image, rescan: Rescan) -> Iterator[Object]:
    """Who reads an image of a private registry; another registry's scan never sees the secret."""
    login = rescan.login
    if login is not None and image.repository.startswith(f"{login.registry}/"):
        yield {"name": "GRYPE_REGISTRY_AUTH_AUTHORITY", "value": login.registry}
        yield {"name": "GRYPE_REGISTRY_AUTH_USERNAME", "value": login.username}
        yield from_secret(_PASSWORD, PART)
