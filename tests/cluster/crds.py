"""Install the definitions of the custom resources that are emitted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.cluster.api import Answer, Api, pooled
from tests.cluster.processes import eventually

FOLDER = Path(__file__).parents[3] / "shared" / "schemas" / "crds"
OURS = Path(__file__).parents[1] / "definitions"
_DOCUMENT = re.compile(r"^---\s*$", re.MULTILINE)
_GROUP = re.compile(r"^  group: *[\"']?([\w.-]+)", re.MULTILINE)
_PLURAL = re.compile(r"^    plural: *[\"']?(\w+)", re.MULTILINE)
_KIND = re.compile(r"^    kind: *[\"']?(\w+)", re.MULTILINE)
ESTABLISH = 300.0
"""Seconds for the server to serve new definitions."""


def install(api: Api, kinds: Iterable[tuple[str, str]]) -> list[str]:
    """Install the definitions of the kinds that the server does not know.

    Returns the kinds without a known definition: theirs accepts anything.
    """
    api.discover()
    wanted = {(v.rpartition("/")[0], k): (v, k) for v, k in kinds if (v, k) not in api.kinds}
    definitions = {key: text for key, text in _definitions() if key in wanted}
    unknown = sorted(wanted[key] for key in wanted.keys() - definitions.keys())
    for version, kind in unknown:
        api.must(_open(version, kind))
    for answer in pooled(lambda item: _apply(api, item[0][0], item[1]), definitions.items()):
        assert answer.ok, answer.message

    def served() -> bool:
        api.discover()
        return all(kind in api.kinds for kind in wanted.values())

    assert eventually(served, ESTABLISH), "the server does not serve the kinds of new definitions"
    return [f"{version} {kind}" for version, kind in unknown]


def _open(version: str, kind: str) -> dict[str, Any]:
    """A definition that accepts any object of a namespaced kind."""
    group, _, number = version.partition("/")
    plural = kind.lower() if kind.endswith("s") else f"{kind.lower()}s"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served: dict[str, Any] = {"name": number, "served": True, "storage": True}
    if group != "argoproj.io":  # whose controller writes the status with the rest
        served["subresources"] = {"status": {}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [{**served, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def _apply(api: Api, group: str, text: str) -> Answer:
    """Apply the text of a definition; parsing it just for its name would take too long."""
    plural = _PLURAL.search(text)
    meta = {"name": f"{plural[1] if plural else ''}.{group}"}
    version, kind = "apiextensions.k8s.io/v1", "CustomResourceDefinition"
    return api.apply({"apiVersion": version, "kind": kind, "metadata": meta}, text.encode())


def _definitions() -> Iterator[tuple[tuple[str, str], str]]:
    """Group and kind of each definition, with its text, which is not parsed."""
    for path in (*sorted(FOLDER.glob("*.yaml")), *sorted(OURS.glob("*.yaml"))):
        for text in _DOCUMENT.split(path.read_text(encoding="utf-8")):
            group, kind = _GROUP.search(text), _KIND.search(text)
            if group and kind:
                yield (group[1], kind[1]), text
