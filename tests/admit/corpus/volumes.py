"""Volumes and mounts."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import UNDECODED, Case, bad, good

_V, _M = "spec.volumes[0]", "spec.containers[0].volumeMounts[0]"
_MOUNTS = "spec.containers[0].volumeMounts"


def volume(
    *, mount: dict[str, Any] | None = None, name: str = "v", **source: Any
) -> dict[str, Any]:
    mounts = [] if mount is None else [{"name": "v", "mountPath": "/v", **mount}]
    return {
        "spec/volumes": [{"name": name, **source}],
        "spec/containers/0/volumeMounts": mounts,
    }


def _mount(**mount: Any) -> dict[str, Any]:
    return volume(emptyDir={}, mount=mount)


_FILE = {"key": "k", "path": "p"}
_TEMPLATES = "spec/volumeClaimTemplates"
_CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
_USES = {"spec/template/spec/containers/0/volumeMounts": [{"name": "data", "mountPath": "/d"}]}
_D = "spec.containers[0].volumeDevices[0]"


def _device(**device: Any) -> dict[str, Any]:
    claim = {"name": "v", "persistentVolumeClaim": {"claimName": "c"}}
    devices = [{"name": "v", "devicePath": "/d", **device}]
    return {"spec/volumes": [claim], "spec/containers/0/volumeDevices": devices}


CASES: tuple[Case, ...] = (
    good("pod", _mount()),
    good("pod", volume(configMap={"name": "c", "items": [_FILE], "defaultMode": 511})),
    bad("pod", volume(name="A", emptyDir={}), f"{_V}.name", "lower-case"),
    good("pod", volume()),
    bad("pod", volume(emptyDir={}, secret={"secretName": "s"}), f"{_V}.secret", "one of them"),
    bad(
        "pod",
        {"spec/volumes": [{"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}]},
        "spec.volumes[1].name",
        "twice",
    ),
    bad("pod", volume(emptyDir={"sizeLimit": "-1"}), f"{_V}.emptyDir.sizeLimit", "negative"),
    bad(
        "pod",
        volume(emptyDir={"sizeLimit": "1GB"}),
        f"{_V}.emptyDir.sizeLimit",
        "amount",
        UNDECODED,
    ),
    bad("pod", volume(secret={"secretName": ""}), f"{_V}.secret.secretName", "is required"),
    bad("pod", volume(secret={}), f"{_V}.secret.secretName", "is required"),
    bad("pod", volume(configMap={}), f"{_V}.configMap.name", "is required"),
    bad(
        "pod",
        volume(configMap={"name": "c", "defaultMode": 512}),
        f"{_V}.configMap.defaultMode",
        "0777",
    ),
    bad(
        "pod",
        volume(secret={"secretName": "s", "items": [{"key": "k", "path": "/p"}]}),
        f"{_V}.secret.items[0].path",
        "relative",
    ),
    bad(
        "pod",
        volume(secret={"secretName": "s", "items": [{"key": "k", "path": "a/../b"}]}),
        f"{_V}.secret.items[0].path",
        "`..`",
    ),
    bad(
        "pod",
        volume(secret={"secretName": "s", "items": [{"key": "k", "path": "..a"}]}),
        f"{_V}.secret.items[0].path",
        "begin with",
    ),
    bad(
        "pod",
        volume(secret={"secretName": "s", "items": [{**_FILE, "mode": -1}]}),
        f"{_V}.secret.items[0].mode",
        "0777",
    ),
    bad(
        "pod",
        volume(hostPath={"path": "/a", "type": "Disk"}),
        f"{_V}.hostPath.type",
        "is not one of",
    ),
    bad("pod", volume(hostPath={"path": "/a/.."}), f"{_V}.hostPath.path", "`..`"),
    bad(
        "pod",
        volume(persistentVolumeClaim={"claimName": ""}),
        f"{_V}.persistentVolumeClaim.claimName",
        "required",
    ),
    bad("pod", volume(csi={"driver": "A_b"}), f"{_V}.csi.driver", "lower-case"),
    good("pod", volume(csi={"driver": "csi.example"})),
    bad("pod", volume(nfs={"server": "s", "path": "p"}), f"{_V}.nfs.path", "begin with `/`"),
    bad(
        "pod",
        volume(image={"pullPolicy": "Often", "reference": "x"}),
        f"{_V}.image.pullPolicy",
        "is not one of",
    ),
    bad("pod", volume(ephemeral={}), f"{_V}.ephemeral.volumeClaimTemplate", "is required"),
    bad(
        "pod",
        volume(ephemeral={"volumeClaimTemplate": {"spec": {**_CLAIM["spec"], "accessModes": []}}}),
        f"{_V}.ephemeral.volumeClaimTemplate.spec.accessModes",
        "access mode",
    ),
    # mounts
    bad("pod", volume(mount={"name": "x"}, emptyDir={}), f"{_M}.name", "no volume"),
    bad("pod", _mount(mountPath=""), f"{_M}.mountPath", "is required"),
    bad(
        "pod",
        {**_mount(), "spec/containers/0/volumeMounts/1": {"name": "v", "mountPath": "/v"}},
        f"{_MOUNTS}[1].mountPath",
        "twice",
    ),
    good(
        "pod", {**_mount(), "spec/containers/0/volumeMounts/1": {"name": "v", "mountPath": "/v/"}}
    ),
    bad("pod", _mount(subPath="/a"), f"{_MOUNTS}.subPath", "relative"),
    bad("pod", _mount(subPathExpr="../a"), f"{_MOUNTS}.subPathExpr", "`..`"),
    bad("pod", _mount(subPath="a", subPathExpr="b"), f"{_M}.subPathExpr", "beside"),
    bad(
        "pod", _mount(mountPropagation="Bidirectional"), f"{_MOUNTS}.mountPropagation", "privileged"
    ),
    bad("pod", _mount(mountPropagation="Up"), f"{_MOUNTS}.mountPropagation", "is not one of"),
    bad(
        "pod", _mount(recursiveReadOnly="Enabled"), f"{_MOUNTS}.recursiveReadOnly", "readOnly: true"
    ),
    good("pod", _mount(recursiveReadOnly="Enabled", readOnly=True)),
    bad(
        "pod",
        {
            **volume(emptyDir={}),
            "spec/containers/0/volumeDevices": [{"name": "v", "devicePath": "/d"}],
        },
        "spec.containers[0].volumeDevices[0].name",
        "only volumes of claims",
    ),
    good("statefulset", {_TEMPLATES: [_CLAIM], **_USES}),
    bad("statefulset", _USES, "spec.template.spec.containers[0].volumeMounts[0].name", "no volume"),
    bad(
        "statefulset",
        {_TEMPLATES: [{**_CLAIM, "spec": {**_CLAIM["spec"], "accessModes": ["RWO"]}}], **_USES},
        "spec.volumeClaimTemplates[0].spec.accessModes",
        "is not one of",
    ),
    bad("pod", volume(hostPath={"path": ""}), f"{_V}.hostPath.path", "is required"),
    bad("pod", volume(nfs={"server": "", "path": "/p"}), f"{_V}.nfs.server", "is required"),
    bad("pod", volume(nfs={"server": "s", "path": ""}), f"{_V}.nfs.path", "is required"),
    bad("pod", volume(csi={"driver": ""}), f"{_V}.csi.driver", "is required"),
    bad("pod", volume(csi={"driver": "a" * 64}), f"{_V}.csi.driver", "longer than 63"),
    bad(
        "pod",
        volume(configMap={"name": "c", "items": [{"key": "", "path": "p"}]}),
        f"{_V}.configMap.items[0].key",
        "is required",
    ),
    bad(
        "pod",
        volume(configMap={"name": "c", "items": [{"key": "k", "path": ""}]}),
        f"{_V}.configMap.items[0].path",
        "is required",
    ),
    bad("pod", _mount(name=""), f"{_M}.name", "is required"),
    bad("pod", _mount(recursiveReadOnly="Yes"), f"{_MOUNTS}.recursiveReadOnly", "is not one of"),
    bad(
        "pod",
        {**_mount(recursiveReadOnly="Enabled", readOnly=True, mountPropagation="HostToContainer")},
        f"{_MOUNTS}.recursiveReadOnly",
        "beside `mountPropagation`",
    ),
    bad("pod", _device(name=""), f"{_D}.name", "is required"),
    bad("pod", _device(devicePath=""), f"{_D}.devicePath", "is required"),
    bad("pod", _device(devicePath="/a/.."), f"{_D}.devicePath", "`..`"),
    bad("pod", _device(name="x"), f"{_D}.name", "no volume"),
    good("pod", _device()),
    bad(
        "pod",
        {**_device(), "spec/containers/0/volumeDevices/1": {"name": "v", "devicePath": "/e"}},
        "spec.containers[0].volumeDevices[1].name",
        "twice",
    ),
    bad(
        "pod",
        {**_device(), "spec/containers/0/volumeMounts": [{"name": "v", "mountPath": "/m"}]},
        f"{_M}.name",
        "a device of",
        f"{_D}.name {_M}.name",
    ),
    bad(
        "pod",
        {
            **_device(),
            "spec/volumes/1": {"name": "w", "emptyDir": {}},
            "spec/containers/0/volumeMounts": [{"name": "w", "mountPath": "/d"}],
        },
        f"{_M}.mountPath",
        "path of a device",
        f"{_D}.devicePath {_M}.mountPath",
    ),
)
