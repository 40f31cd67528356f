"""Secrets by reference: External Secrets alone brings the values from the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from compiler.derive.quantity import seconds
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom
from compiler.model.platform import SecretStore


class Store(TypedDict):
    """Where External Secrets finds values, and how often it looks; plain data, as charts get it."""

    kind: str
    name: str
    refresh: str


def store(spec: SecretStore) -> Store:
    """The platform's store."""
    return {"kind": spec.kind, "name": spec.name, "refresh": f"{seconds(spec.refresh)}s"}


def external(
    store: Store,
    meta: Object,
    data: Mapping[str, tuple[str, str]],
    template: Mapping[str, str] | None = None,
) -> Object:
    """An ExternalSecret, and a Secret of its name: per key, the path and field in the store.

    With a template (engine v2) the Secret holds its files instead, made of the values.
    """
    target: Object = {
        "name": meta["name"],
        "creationPolicy": "Owner",
        "deletionPolicy": "Retain",
        **({"template": {"engineVersion": "v2", "data": dict(template)}} if template else {}),
    }
    spec = {
        "refreshPolicy": "Periodic",
        "refreshInterval": store["refresh"],
        "secretStoreRef": {"kind": store["kind"], "name": store["name"]},
        "target": target,
        "data": [
            {"secretKey": key, "remoteRef": {"key": path, "property": field}}
            for key, (path, field) in data.items()
        ],
    }
    return custom("external-secrets.io/v1", "ExternalSecret", meta, spec)


def from_secret(key: str, name: str) -> Object:
    """A variable that is a key of a Secret `name`."""
    return {"name": key, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}
