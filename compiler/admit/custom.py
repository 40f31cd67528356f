"""Closed schemas of the custom resources that we emit: just the part of each that we use.

They are held against the operators' own CRDs in the tests.
"""

from __future__ import annotations

import json
from typing import Any


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_METADATA = _object({"name": _TEXT, "namespace": _TEXT}, {"labels": _TEXTS, "annotations": _TEXTS})


def _custom(version: str, kind: str, spec: dict[str, Any]) -> tuple[tuple[str, str], str]:
    names = {"apiVersion": {"const": version}, "kind": {"const": kind}}
    return (version, kind), json.dumps(_object({**names, "metadata": _METADATA, "spec": spec}))


_REMOTE = _object({"key": _TEXT, "property": _TEXT})
_SECRET_DATA = _object({"secretKey": _TEXT, "remoteRef": _REMOTE})
_EXTERNAL_SECRET = _object(
    {
        "refreshPolicy": {"enum": ["CreatedOnce", "OnChange", "Periodic"]},
        "refreshInterval": {"type": "string", "pattern": "^[0-9]+(s|m|h)$"},
        "secretStoreRef": _object(
            {"kind": {"enum": ["SecretStore", "ClusterSecretStore"]}, "name": _TEXT}
        ),
        "target": _object(
            {
                "name": _TEXT,
                "creationPolicy": {"enum": ["Owner", "Orphan", "Merge", "None"]},
                "deletionPolicy": {"enum": ["Delete", "Merge", "Retain"]},
            }
        ),
        "data": {"type": "array", "minItems": 1, "items": _SECRET_DATA},
    }
)

CUSTOM = (_custom("external-secrets.io/v1", "ExternalSecret", _EXTERNAL_SECRET),)
"""(apiVersion, kind) and JSON Schema of each custom resource."""
