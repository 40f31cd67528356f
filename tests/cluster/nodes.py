"""Nodes and pods without machines: kwok writes the status that kubelets would write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from tests.cluster.api import Api, Object
from tests.cluster.binaries import program
from tests.cluster.control_plane import ControlPlane
from tests.cluster.emitted import Emitted
from tests.cluster.operators import STAGES, stage
from tests.cluster.processes import Process, Processes

ZONES = ("zone-a", "zone-b", "zone-c")
PER_ZONE = 2
_CAPACITY = {"cpu": "64", "memory": "256Gi", "pods": "250", "ephemeral-storage": "1Ti"}
_STORAGE = "rig"

_NODE = """
{{ $now := Now }}
phase: Running
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
"""
_RUNNING = """
{{ $now := Now | Quote }}
phase: Running
startTime: {{ $now }}
{{ with PodIPsWith .spec.nodeName false .metadata.uid .metadata.name .metadata.namespace }}
podIP: {{ index . 0 | Quote }}
podIPs: [{{ range . }}{ip: {{ . | Quote }}}{{ end }}]
{{ end }}
conditions:
{{ range $type := list "Initialized" "ContainersReady" "Ready" }}
- {type: {{ $type }}, status: "True", lastTransitionTime: {{ $now }}}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  started: true
  restartCount: 0
  state: {running: {startedAt: {{ $now }}}}
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
  state:
    terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now }}, finishedAt: {{ $now }}}
{{ end }}
"""
_LIVING = {"key": ".metadata.deletionTimestamp", "operator": "DoesNotExist"}
_KUBELET = [
    stage("v1", "Node", "ready", _NODE, {"key": ".status.phase", "operator": "DoesNotExist"}),
    stage(
        "v1",
        "Pod",
        "running",
        _RUNNING,
        _LIVING,
        {"key": ".spec.nodeName", "operator": "Exists"},
        {"key": ".status.phase", "operator": "In", "values": ["Pending"]},
    ),
    stage("v1", "Pod", "gone", "", {**_LIVING, "operator": "Exists"}),
]


def start(processes: Processes, plane: ControlPlane, objects: Iterable[Emitted]) -> Process:
    """Create nodes in three zones and a volume for each claim, and start kwok for them."""
    for node in _nodes():
        answer = plane.api.create(node)
        assert answer.ok or answer.status == 409, answer.message
    for object in (_class(), *_volumes(objects)):
        plane.api.must(object)
    config = processes.folder / "stages.yaml"
    config.write_text(yaml.safe_dump_all([*_KUBELET, *STAGES]))
    command = [
        str(program("kwok")),
        f"--kubeconfig={plane.kubeconfig}",
        f"--config={config}",
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",
        "--cidr=10.0.0.0/16",
        "--node-ip=10.255.0.1",
    ]
    return processes.start("kwok", command, lambda: _ready(plane.api))


def _ready(api: Api) -> bool:
    """Whether every node reports that it is ready."""
    return all(map(_is_ready, api.list("v1", "Node")))


def _is_ready(node: Object) -> bool:
    conditions = node.get("status", {}).get("conditions", ())
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _nodes() -> Iterator[dict[str, Any]]:
    for zone in ZONES:
        for number in range(PER_ZONE):
            name = f"{zone}-{number}"
            labels = {"topology.kubernetes.io/zone": zone, "kubernetes.io/hostname": name}
            yield {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": name, "labels": labels},
                "status": {"capacity": _CAPACITY, "allocatable": _CAPACITY},
            }


def _class() -> dict[str, Any]:
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": _STORAGE, "annotations": default},
        "provisioner": "kubernetes.io/no-provisioner",
    }


def _volumes(objects: Iterable[Emitted]) -> Iterator[dict[str, Any]]:
    """A volume for each claim that a StatefulSet will make."""
    for item in objects:
        if item.object["kind"] == "StatefulSet":
            spec = item.object["spec"]
            for claim in spec.get("volumeClaimTemplates", ()):
                for number in range(spec.get("replicas", 1)):
                    meta = item.object["metadata"]
                    name = (
                        f"{meta['namespace']}.{meta['name']}.{claim['metadata']['name']}.{number}"
                    )
                    yield _volume(name, claim["spec"])


def _volume(name: str, claim: Object) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": claim["resources"]["requests"],
            "accessModes": claim["accessModes"],
            "storageClassName": _STORAGE,
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": f"/nowhere/{name}"},
        },
    }
