"""Volumes of the downward API, and those that are put together from several sources."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import ABSENT, Case, bad, good
from tests.admit.corpus.volumes import volume

ACCOUNT = "robot"
"""A ServiceAccount that a server must have before it judges pods that run as it."""
_V = "spec.volumes[0]"
_FILE = {"key": "k", "path": "p"}
_TOKEN = {"path": "p"}
_FIELD = {"path": "p", "fieldRef": {"fieldPath": "metadata.labels"}}


def _projected(*sources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        **volume(projected={"sources": list(sources), **more}),
        "spec/serviceAccountName": ACCOUNT,
    }


CASES: tuple[Case, ...] = (
    good("pod", volume(downwardAPI={"items": [_FIELD]})),
    bad("pod", volume(downwardAPI={"items": [{"path": "p"}]}), f"{_V}.downwardAPI", "needs one of"),
    bad(
        "pod",
        volume(downwardAPI={"items": [{"path": "p", "fieldRef": {"fieldPath": "status.podIP"}}]}),
        f"{_V}.downwardAPI.fieldRef.fieldPath",
        "referred",
    ),
    bad(
        "pod",
        volume(
            downwardAPI={"items": [{"path": "p", "resourceFieldRef": {"resource": "limits.cpu"}}]}
        ),
        f"{_V}.downwardAPI.resourceFieldRef.containerName",
        "is required",
    ),
    good("pod", _projected({"serviceAccountToken": _TOKEN}, {"configMap": {"name": "c"}})),
    bad(
        "pod",
        _projected({"serviceAccountToken": {**_TOKEN, "expirationSeconds": 599}}),
        f"{_V}.projected.sources[0].serviceAccountToken.expirationSeconds",
        "between",
    ),
    bad(
        "pod",
        _projected({"serviceAccountToken": {"path": "/p"}}),
        f"{_V}.projected.path",
        "relative",
    ),
    bad(
        "pod",
        _projected({"secret": {"name": ""}}),
        f"{_V}.projected.sources[0].secret.name",
        "required",
    ),
    bad(
        "pod",
        _projected(
            {"secret": {"name": "s", "items": [_FILE]}},
            {"configMap": {"name": "c", "items": [_FILE]}},
        ),
        f"{_V}.projected",
        "twice",
    ),
    bad(
        "pod",
        _projected({"secret": {"name": "s"}, "configMap": {"name": "c"}}),
        f"{_V}.projected.sources[0]",
        "only one",
    ),
    bad("pod", _projected(defaultMode=1000), f"{_V}.projected.defaultMode", "0777"),
    good("pod", {**_projected({"serviceAccountToken": _TOKEN}), "spec/serviceAccountName": ABSENT}),
    bad("pod", volume(downwardAPI={"defaultMode": 512}), f"{_V}.downwardAPI.defaultMode", "0777"),
    bad(
        "pod",
        volume(downwardAPI={"items": [{**_FIELD, "path": ""}]}),
        f"{_V}.downwardAPI.path",
        "is required",
    ),
    bad(
        "pod",
        volume(downwardAPI={"items": [{**_FIELD, "path": "/p"}]}),
        f"{_V}.downwardAPI.path",
        "relative",
    ),
    bad(
        "pod",
        volume(downwardAPI={"items": [{**_FIELD, "mode": 512}]}),
        f"{_V}.downwardAPI.mode",
        "0777",
    ),
    bad(
        "pod",
        volume(
            downwardAPI={
                "items": [
                    {**_FIELD, "resourceFieldRef": {"containerName": "c", "resource": "limits.cpu"}}
                ]
            }
        ),
        f"{_V}.downwardAPI",
        "cannot stand together",
    ),
    bad(
        "pod",
        volume(
            downwardAPI={
                "items": [
                    {"path": "p", "resourceFieldRef": {"containerName": "c", "resource": "cpu"}}
                ]
            }
        ),
        f"{_V}.downwardAPI.resourceFieldRef.resource",
        "referred",
    ),
    bad(
        "pod",
        _projected({"downwardAPI": {"items": [{"path": "p"}]}}),
        f"{_V}.projected.sources[0].downwardAPI",
        "needs one of",
    ),
    bad(
        "pod",
        _projected({"secret": {"name": "s", "items": [{"key": "k", "path": "/p"}]}}),
        f"{_V}.projected.sources[0].secret.items[0].path",
        "relative",
    ),
    bad(
        "pod",
        _projected({"serviceAccountToken": {"path": ""}}),
        f"{_V}.projected.path",
        "is required",
    ),
)
