"""ConfigMaps and Secrets.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (ValidateConfigMap,
ValidateSecret).
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from compiler.admit.semantics.names import file_key
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    mapping,
    text,
)

_LARGEST = 1024 * 1024
_PRIVATE_KEY = "ssh-privatekey"
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": (_PRIVATE_KEY,),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
}
_BASIC = ("username", "password")
_ACCOUNT = "kubernetes.io/service-account.name"


def config_map(object: Object) -> Refusals:
    """A ConfigMap."""
    data, binary = mapping(object.get("data")), mapping(object.get("binaryData"))
    for name, field in (("data", data), ("binaryData", binary)):
        for key in field:
            yield from faulty(file_key, key, f"{name}[{key}]")
    for key in sorted(data.keys() & binary.keys()):
        yield Refusal(f"data[{key}]", "is in `binaryData` too")
    for key, value in binary.items():
        yield from _decodable(value, f"binaryData[{key}]")
    yield from _too_large({**data, **{key: _decoded(value) for key, value in binary.items()}}, "")


def secret(object: Object) -> Refusals:
    """A Secret."""
    encoded, plain = mapping(object.get("data")), mapping(object.get("stringData"))
    data = {key: _decoded(value) for key, value in encoded.items()} | {**plain}
    for key in data:
        yield from faulty(file_key, key, f"data[{key}]")
    for key, value in encoded.items():
        yield from _decodable(value, f"data[{key}]")
    yield from _too_large(data, "data")
    kind = text(object.get("type"))
    for key in _NEEDED.get(kind, ()):
        if key not in data or (key == _PRIVATE_KEY and not data[key]):
            yield Refusal(f"data[{key}]", f"is required for the type `{kind}`")
        elif key.startswith(".docker"):
            yield from _not_json(data[key], f"data[{key}]")
    if kind == "kubernetes.io/basic-auth" and not data.keys() & set(_BASIC):
        for key in _BASIC:
            yield Refusal(f"data[{key}]", f"is required for the type `{kind}`")
    annotations = mapping(mapping(object.get("metadata")).get("annotations"))
    if kind == "kubernetes.io/service-account-token" and not annotations.get(_ACCOUNT):
        yield Refusal(f"metadata.annotations[{_ACCOUNT}]", f"is required for the type `{kind}`")


def _decoded(value: Any) -> bytes:
    try:
        return b64decode(text(value), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _decodable(value: Any, at: str) -> Refusals:
    if value and not _decoded(value):
        yield Refusal(at, "is not base64")


def _not_json(value: Any, at: str) -> Refusals:
    try:
        if not isinstance(json.loads(value if isinstance(value, str | bytes) else ""), dict):
            yield Refusal(at, "is not a JSON object")
    except ValueError:
        yield Refusal(at, "is not JSON")


def _too_large(data: Object, at: str) -> Refusals:
    size = sum(_length(value) for value in data.values())
    if size > _LARGEST:
        yield Refusal(at, f"{size} bytes in all are more than {_LARGEST}")


def _length(value: Any) -> int:
    return len(value) if isinstance(value, bytes) else len(text(value).encode())
