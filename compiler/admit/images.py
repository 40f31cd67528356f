"""Closed schemas of the policies on images' signatures, in the form that we emit."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.shape import TEXT, URL, Raw, Shape

_TRUE = Raw({"const": True})
_IDENTITY: Shape = {"issuer": URL, "subject": URL}
_GLOBS: Shape = [{"glob": TEXT}]
_ATTESTOR: Shape = {
    "keyless?": {"identities": [_IDENTITY]},
    "key?": {"data": TEXT},
    "ctlog": {"url?": URL, "insecureIgnoreTlog?": _TRUE},
}
_KYVERNO: Shape = {
    "validationActions": ["Deny"],
    "failurePolicy": "Fail",
    "webhookConfiguration": {
        "timeoutSeconds": Raw({"type": "integer", "minimum": 1, "maximum": 30})
    },
    "matchConstraints": {
        "resourceRules": [
            {
                "apiGroups": [Raw({"const": ""})],
                "apiVersions": ["v1"],
                "operations": [("CREATE", "UPDATE")],
                "resources": [("pods", "pods/ephemeralcontainers")],
            }
        ]
    },
    "matchImageReferences": _GLOBS,
    "validationConfigurations": {
        "required": _TRUE,
        "verifyDigest": _TRUE,
        "mutateDigest": _TRUE,
    },
    "attestors": [{"name": TEXT, "cosign": _ATTESTOR}],
    "attestations": [{"name": TEXT, "intoto": {"type": URL}}],
    "validations": [{"expression": TEXT, "message": TEXT}],
}
_SIGSTORE: Shape = {
    "mode": "enforce",
    "images": _GLOBS,
    "authorities": [
        {
            "name": TEXT,
            "keyless?": {"url": URL, "identities": [_IDENTITY]},
            "key?": {"data": TEXT},
            "ctlog?": {"url": URL},
            "attestations?": [
                {"name": TEXT, "predicateType": URL, "policy": {"type": "cue", "data": TEXT}}
            ],
        }
    ],
}

SPECS: Mapping[tuple[str, str], Shape] = {
    ("policies.kyverno.io/v1", "ImageValidatingPolicy"): _KYVERNO,
    ("policy.sigstore.dev/v1beta1", "ClusterImagePolicy"): _SIGSTORE,
}
