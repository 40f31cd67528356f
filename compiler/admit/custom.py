"""Closed schemas of the custom resources that Roster emits: the part of each that it uses.

Tests compare them with the operators' own CRDs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.admit import gitops, images
from compiler.gateways import DEFINITIONS
from compiler.shape import TEXT, Raw, Shape, schema

_METADATA: Mapping[str, Shape] = {
    "name": TEXT,
    "namespace": TEXT,
    "labels?": {"*": TEXT},
    "annotations?": {"*": TEXT},
    "finalizers?": [TEXT],
}
_EXTERNAL_SECRET: Shape = {
    "refreshPolicy": ("CreatedOnce", "OnChange", "Periodic"),
    "refreshInterval": Raw({"type": "string", "pattern": "^[0-9]+(s|m|h)$"}),
    "secretStoreRef": {"kind": ("SecretStore", "ClusterSecretStore"), "name": TEXT},
    "target": {
        "name": TEXT,
        "creationPolicy": ("Owner", "Orphan", "Merge", "None"),
        "deletionPolicy": ("Delete", "Merge", "Retain"),
        "template?": {"engineVersion": "v2", "data": {"*": TEXT}},
    },
    "data": [{"secretKey": TEXT, "remoteRef": {"key": TEXT, "property": TEXT}}],
}
SPECS: Mapping[tuple[str, str], Shape] = {
    **images.SPECS,
    ("argoproj.io/v1alpha1", "Application"): gitops.APPLICATION,
    ("argoproj.io/v1alpha1", "AppProject"): gitops.PROJECT,
    ("external-secrets.io/v1", "ExternalSecret"): _EXTERNAL_SECRET,
    **{(definition.version, definition.kind): definition.spec for definition in DEFINITIONS},
}
"""The `spec` of each custom resource, by apiVersion and kind."""


def document(kind: tuple[str, str]) -> dict[str, Any]:
    """The JSON Schema of a whole object of a kind in SPECS; some belong to the whole cluster."""
    version, name = kind
    wide = {key: shape for key, shape in _METADATA.items() if key != "namespace"}
    metadata = wide if kind in images.SPECS else _METADATA
    return schema({"apiVersion": version, "kind": name, "metadata": metadata, "spec": SPECS[kind]})
