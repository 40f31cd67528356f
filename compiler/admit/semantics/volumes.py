"""Volumes of pods, and where containers mount them.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (ValidateVolumes,
ValidateVolumeMounts, ValidateVolumeDevices).
"""

from __future__ import annotations

from typing import Any

from compiler.admit.semantics.names import dns_label
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    items,
    mapping,
    needed,
    one_of,
    repeated,
    required,
    text,
)
from compiler.admit.semantics.volume_sources import SOURCES, descending, no_backsteps

_RECURSIVE = {"Disabled", "Enabled", "IfPossible"}
_PROPAGATIONS = {"Bidirectional", "HostToContainer", "None"}


def volumes(value: Any, at: str) -> Refusals:
    """The volumes of a pod."""
    for place, volume in items(value, at):
        yield from _volume(volume, place)
    yield from repeated((f"{place}.name", volume.get("name")) for place, volume in items(value, at))


def _volume(volume: Object, at: str) -> Refusals:
    yield from needed(dns_label, volume.get("name"), f"{at}.name")
    kinds = [kind for kind in volume if isinstance(volume[kind], dict)]
    for kind in kinds[1:]:
        yield Refusal(f"{at}.{kind}", f"stands beside `{kinds[0]}`, one of them is enough")
    for kind in kinds[:1]:
        if kind in SOURCES:
            yield from SOURCES[kind](volume[kind], f"{at}.{kind}")


def mounts(container: Object, volumes: Object, at: str) -> Refusals:
    """Where a container mounts volumes; `volumes` are those of the pod, by name."""
    devices = [device for _, device in items(container.get("volumeDevices"), "")]
    taken = {text(device.get("name")) for device in devices}
    paths = {text(device.get("devicePath")) for device in devices}
    for place, mount in items(container.get("volumeMounts"), f"{at}.volumeMounts"):
        yield from _mount(mount, place, f"{at}.volumeMounts", container)
        if text(mount.get("name")) not in volumes:
            yield Refusal(f"{place}.name", f"there is no volume `{text(mount.get('name'))}`")
        if text(mount.get("name")) in taken:
            yield Refusal(f"{place}.name", "is a device of this container too")
        if text(mount.get("mountPath")) in paths:
            yield Refusal(f"{place}.mountPath", "is the path of a device too")
    yield from repeated(
        (f"{place}.mountPath", mount.get("mountPath"))
        for place, mount in items(container.get("volumeMounts"), f"{at}.volumeMounts")
    )


def _mount(mount: Object, at: str, all: str, container: Object) -> Refusals:
    yield from required(mount, "name", at)
    yield from required(mount, "mountPath", at)
    # for these the server names the list, not its element
    yield from descending(mount.get("subPath"), f"{all}.subPath")
    yield from descending(mount.get("subPathExpr"), f"{all}.subPathExpr")
    if mount.get("subPath") and mount.get("subPathExpr"):
        yield Refusal(f"{at}.subPathExpr", "cannot stand beside `subPath`")
    propagation = mount.get("mountPropagation")
    yield from one_of(_PROPAGATIONS, propagation, f"{all}.mountPropagation")
    privileged = mapping(container.get("securityContext")).get("privileged") is True
    if propagation == "Bidirectional" and not privileged:
        yield Refusal(f"{all}.mountPropagation", "`Bidirectional` is for privileged containers")
    recursive = text(mount.get("recursiveReadOnly"))
    yield from one_of(_RECURSIVE, mount.get("recursiveReadOnly"), f"{all}.recursiveReadOnly")
    if recursive in {"Enabled", "IfPossible"}:
        if not mount.get("readOnly"):
            yield Refusal(f"{all}.recursiveReadOnly", "needs `readOnly: true`")
        if propagation not in (None, "None"):
            yield Refusal(f"{all}.recursiveReadOnly", "cannot stand beside `mountPropagation`")


def devices(container: Object, volumes: Object, at: str) -> Refusals:
    """Volumes that a container uses as block devices, which must be of claims."""
    place = f"{at}.volumeDevices"
    for where, device in items(container.get("volumeDevices"), place):
        volume = volumes.get(text(device.get("name")))
        yield from required(device, "name", where)
        yield from required(device, "devicePath", where)
        if volume is None:
            yield Refusal(f"{where}.name", f"there is no volume `{device.get('name')}`")
        elif not {"persistentVolumeClaim", "ephemeral"} & mapping(volume).keys():
            yield Refusal(f"{where}.name", "only volumes of claims can be devices")
        yield from no_backsteps(device.get("devicePath"), f"{where}.devicePath")
    for key in ("name", "devicePath"):
        yield from repeated(
            (f"{where}.{key}", device.get(key))
            for where, device in items(container.get("volumeDevices"), place)
        )
