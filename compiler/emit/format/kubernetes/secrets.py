"""Secrets by reference: External Secrets brings the values from the store, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.derive.fleet import Fleet
from compiler.derive.quantity import seconds
from compiler.emit.format.json import Object


def external(fleet: Fleet, meta: Object, data: Mapping[str, tuple[str, str]]) -> Object:
    """An ExternalSecret, and a Secret of its name: per key, the path and field in the store."""
    store = fleet.platform.secretStore
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": meta,
        "spec": {
            "refreshPolicy": "Periodic",
            "refreshInterval": f"{seconds(store.refresh)}s",
            "secretStoreRef": {"kind": store.kind, "name": store.name},
            "target": {"name": meta["name"], "creationPolicy": "Owner", "deletionPolicy": "Retain"},
            "data": [
                {"secretKey": key, "remoteRef": {"key": path, "property": field}}
                for key, (path, field) in data.items()
            ],
        },
    }


def from_secret(key: str, name: str) -> Object:
    """A variable that is a key of a Secret `name`."""
    return {"name": key, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}
