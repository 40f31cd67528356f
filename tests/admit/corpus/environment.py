"""Variables of containers, and what they refer to."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import ACCEPTED, APPLIED, Case, bad, good

_C, _AT = "spec/containers/0", "spec.containers[0]"


def _env(**variable: Any) -> dict[str, Any]:
    return {f"{_C}/env": [{"name": "A", **variable}]}


def _source(**source: Any) -> dict[str, Any]:
    return _env(valueFrom=source)


_FILE = {"key": "A", "volumeName": "v", "path": "p"}
_VOLUME = {"spec/volumes": [{"name": "v", "emptyDir": {}}]}
_SOURCE_AT = f"{_AT}.env[0].valueFrom"
CASES: tuple[Case, ...] = (
    bad("pod", {f"{_C}/env": [{"name": "A"}] * 2}, f"{_AT}.env[1].name", "twice", APPLIED),
    good("pod", _env(value="x")),
    good("pod", {f"{_C}/env": [{"name": "1 a!", "value": "x"}]}),
    bad("pod", {f"{_C}/env": [{"name": "A=B", "value": "x"}]}, f"{_AT}.env[0].name", "without `=`"),
    bad("pod", {f"{_C}/env": [{"name": "Ä", "value": "x"}]}, f"{_AT}.env[0].name", "printable"),
    bad("pod", {f"{_C}/env": [{"name": "", "value": "x"}]}, f"{_AT}.env[0].name", "is required"),
    bad("pod", _source(), _SOURCE_AT, "needs one of"),
    good("pod", _source(secretKeyRef={"name": "s", "key": "a.b"})),
    bad(
        "pod",
        _source(secretKeyRef={"name": "S", "key": "a"}),
        f"{_SOURCE_AT}.secretKeyRef.name",
        "lower",
    ),
    bad(
        "pod",
        _source(secretKeyRef={"name": "s", "key": ""}),
        f"{_SOURCE_AT}.secretKeyRef.key",
        "req",
    ),
    bad(
        "pod",
        _source(configMapKeyRef={"name": "s", "key": "a/b"}),
        f"{_SOURCE_AT}.configMapKeyRef.key",
        "letters",
    ),
    bad(
        "pod",
        _source(configMapKeyRef={"name": "s", "key": "..a"}),
        f"{_SOURCE_AT}.configMapKeyRef.key",
        "begin with",
    ),
    bad(
        "pod",
        _env(value="x", valueFrom={"secretKeyRef": {"name": "s", "key": "k"}}),
        _SOURCE_AT,
        "beside a `value`",
    ),
    bad(
        "pod",
        _source(secretKeyRef={"name": "s", "key": "k"}, fieldRef={"fieldPath": "metadata.name"}),
        _SOURCE_AT,
        "only one source",
    ),
    good("pod", _source(fieldRef={"fieldPath": "status.podIP"})),
    good("pod", _source(fieldRef={"fieldPath": "metadata.labels['a.io/b']"})),
    bad(
        "pod",
        _source(fieldRef={"fieldPath": "metadata.labels"}),
        f"{_SOURCE_AT}.fieldRef.fieldPath",
        "referred",
    ),
    bad(
        "pod",
        _source(fieldRef={"fieldPath": "spec.replicas"}),
        f"{_SOURCE_AT}.fieldRef.fieldPath",
        "referred",
    ),
    bad(
        "pod",
        _source(fieldRef={"fieldPath": "metadata.labels['a b']"}),
        f"{_SOURCE_AT}.fieldRef",
        "the name in",
    ),
    good("pod", _source(resourceFieldRef={"resource": "limits.memory", "divisor": "1Mi"})),
    bad(
        "pod",
        _source(resourceFieldRef={"resource": "memory"}),
        f"{_SOURCE_AT}.resourceFieldRef.resource",
        "referred",
    ),
    bad(
        "pod",
        _source(resourceFieldRef={"resource": "limits.cpu", "divisor": "1k"}),
        f"{_SOURCE_AT}.resourceFieldRef.divisor",
        "not one unit",
    ),
    good("pod", {f"{_C}/envFrom": [{"prefix": "A_", "configMapRef": {"name": "c"}}]}),
    bad("pod", {f"{_C}/envFrom": [{}]}, f"{_AT}.envFrom", "needs one of"),
    bad(
        "pod",
        {f"{_C}/envFrom": [{"secretRef": {"name": "A"}}]},
        f"{_AT}.envFrom[0].secretRef.name",
        "lower-case",
    ),
    bad(
        "pod",
        {f"{_C}/envFrom": [{"secretRef": {"name": ""}}]},
        f"{_AT}.envFrom[0].secretRef.name",
        "is required",
    ),
    bad(
        "pod",
        _source(resourceFieldRef={"resource": "limits.memory", "divisor": "1024Ki"}),
        f"{_SOURCE_AT}.resourceFieldRef.divisor",
        "kept as `1Mi`",
        ACCEPTED,
    ),
    bad(
        "pod",
        _source(resourceFieldRef={"resource": ""}),
        f"{_SOURCE_AT}.resourceFieldRef.resource",
        "is required",
    ),
    bad(
        "pod",
        _source(fieldRef={"fieldPath": ""}),
        f"{_SOURCE_AT}.fieldRef.fieldPath",
        "is required",
    ),
    bad(
        "pod",
        _source(fieldRef={"apiVersion": "v2", "fieldPath": "metadata.name"}),
        f"{_SOURCE_AT}.fieldRef.fieldPath",
        "no fields in v2",
    ),
    bad(
        "pod",
        _source(fieldRef={"fieldPath": "metadata.name['a']"}),
        f"{_SOURCE_AT}.fieldRef.fieldPath",
        "referred",
    ),
    bad(
        "pod",
        {f"{_C}/envFrom": [{"prefix": "A=", "configMapRef": {"name": "c"}}]},
        f"{_AT}.envFrom[0].prefix",
        "without `=`",
    ),
    good("pod", {**_VOLUME, **_source(fileKeyRef=_FILE)}),
    bad(
        "pod",
        {**_VOLUME, **_source(fileKeyRef={**_FILE, "key": "A="})},
        f"{_SOURCE_AT}.fileKeyRef.key",
        "without `=`",
    ),
    bad(
        "pod",
        {**_VOLUME, **_source(fileKeyRef={**_FILE, "path": ""})},
        f"{_SOURCE_AT}.fileKeyRef.path",
        "is required",
    ),
    bad(
        "pod",
        {**_VOLUME, **_source(fileKeyRef={**_FILE, "path": "a/.."})},
        f"{_SOURCE_AT}.fileKeyRef.path",
        "`..`",
    ),
    bad(
        "pod",
        {**_VOLUME, **_source(fileKeyRef={**_FILE, "volumeName": "x"})},
        f"{_SOURCE_AT}.fileKeyRef.volumeName",
        "no volume",
    ),
    bad(
        "pod",
        {
            "spec/volumes": [{"name": "v", "secret": {"secretName": "s"}}],
            **_source(fileKeyRef=_FILE),
        },
        f"{_SOURCE_AT}.fileKeyRef.volumeName",
        "emptyDir",
    ),
    bad(
        "pod",
        {**_VOLUME, **_source(fileKeyRef={**_FILE, "volumeName": "A"})},
        f"{_SOURCE_AT}.fileKeyRef.volumeName",
        "lower-case",
    ),
)
