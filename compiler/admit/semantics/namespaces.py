"""Namespaces.

From staging/src/k8s.io/pod-security-admission api/helpers.go of k8s.io/kubernetes.
"""

from __future__ import annotations

import re

from compiler.admit.semantics.refusal import Object, Refusal, Refusals, mapping

_LEVELS = ("privileged", "baseline", "restricted")
_VERSION = re.compile(r"latest|v1\.([0-9]|[1-9][0-9]+)")
_PREFIX = "pod-security.kubernetes.io/"


def namespace(object: Object) -> Refusals:
    """A Namespace: the labels that say which pods may run in it."""
    labels = mapping(mapping(object.get("metadata")).get("labels"))
    for mode in ("enforce", "audit", "warn"):
        level, version = f"{_PREFIX}{mode}", f"{_PREFIX}{mode}-version"
        if level in labels and labels[level] not in _LEVELS:
            message = f"`{labels[level]}` is none of {', '.join(_LEVELS)}"
            yield Refusal(f"metadata.labels[{level}]", message)
        if version in labels and not _VERSION.fullmatch(str(labels[version])):
            message = f"`{labels[version]}` is neither `latest` nor a version such as `v1.36`"
            yield Refusal(f"metadata.labels[{version}]", message)
