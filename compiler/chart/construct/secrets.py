"""Secrets by reference: what External Secrets is asked to fetch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk8s import ApiObject, ApiObjectMetadata, Chart, JsonPatch

from compiler.chart.facts import Workload


def fetch(
    chart: Chart,
    given: Workload,
    data: Mapping[str, tuple[str, str]],
    *,
    name: str = "",
    template: Mapping[str, str] | None = None,
) -> None:
    """A Secret that External Secrets fills: per key, the path and field in the store.

    With a template its files are what the Secret holds, made of the values (engine v2).
    """
    name, store = name or given["name"], given["secrets"]
    target: dict[str, Any] = {"name": name, "creationPolicy": "Owner", "deletionPolicy": "Retain"}
    if template:
        target["template"] = {"engineVersion": "v2", "data": dict(template)}
    listed = [
        {"secretKey": key, "remoteRef": {"key": path, "property": field}}
        for key, (path, field) in data.items()
    ]
    _custom(
        chart,
        "external-secrets.io/v1",
        "ExternalSecret",
        ApiObjectMetadata(name=name, namespace=given["namespace"], labels=given["labels"]),
        {
            "refreshPolicy": "Periodic",
            "refreshInterval": store["refresh"],
            "secretStoreRef": {"kind": store["kind"], "name": store["name"]},
            "target": target,
            "data": listed,
        },
    )


def _custom(
    chart: Chart, version: str, kind: str, own: ApiObjectMetadata, spec: Mapping[str, Any]
) -> None:
    """An object of an operator, which cdk8s-plus has no type for."""
    object = ApiObject(chart, f"{kind} {own.name}", api_version=version, kind=kind, metadata=own)
    object.add_json_patch(JsonPatch.add("/spec", dict(spec)))
