"""Objects judged as a cluster would, and the judge itself compared with its sources."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from compiler.admit import admit
from compiler.admit.custom import SPECS
from compiler.emit import File
from compiler.emit.format.yaml import dump
from tests import shipped
from tests.estate import compiled

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def files() -> tuple[File, ...]:
    """The Kubernetes objects of the repository's own estate."""
    return tuple(file for file in shipped.files() if file.object is not None)


def test_text_and_object_say_the_same(files: tuple[File, ...]) -> None:
    assert len(files) > 1000
    for file in files:
        assert yaml.load(file.text, yaml.CSafeLoader) == file.object


def test_kubernetes_validate_agrees(files: tuple[File, ...]) -> None:
    """The package's own, slow function on one object of each kind, strictly."""
    kinds = {file.object["kind"]: file for file in files if file.object}
    assert len(kinds) >= 12
    for kind, file in kinds.items():
        assert file.object is not None
        if (file.object["apiVersion"], kind) not in SPECS:
            kubernetes_validate.validate(copy.deepcopy(file.object), file.kubernetes, strict=True)


def nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all mappings in a value."""
    if isinstance(value, dict):
        yield path
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, (dict, list)):
            yield from nodes(item, (*path, key))


FREE = {"labels", "annotations", "matchLabels", "nodeSelector", "data", "hard", "default"}
FREE |= {"defaultRequest", "requests", "limits"}


def test_a_surplus_field_anywhere_is_refused(files: tuple[File, ...]) -> None:
    """In one object of each kind, at every mapping that is not free in its keys."""
    refused = 0
    for file in {f.object["kind"]: f for f in files if f.object}.values():
        alone = {d.message for d in admit([file])}  # its AppProject or its binding is missing
        for path in nodes(file.object):
            if path and path[-1] in FREE:
                continue
            broken = copy.deepcopy(file.object)
            parent: Any = broken
            for part in path:
                parent = parent[part]
            parent["surplus"] = 1
            text = dump(broken)  # type: ignore[arg-type]
            wrong = File(file.path, text, file.origins, broken, file.kubernetes)
            (diagnostic,) = (d for d in admit([wrong]) if d.message not in alone)
            assert diagnostic.code == "object-invalid", (file.path, path)
            refused += 1
    assert refused > 60


def test_an_unknown_kind_is_an_error(files: tuple[File, ...]) -> None:
    strange = {**(files[0].object or {}), "kind": "Gadget"}
    file = File(files[0].path, dump(strange), files[0].origins, strange, files[0].kubernetes)
    (diagnostic,) = admit([file])
    assert (diagnostic.code, diagnostic.severity) == ("object-unknown", "error")
    assert "has no Gadget" in diagnostic.message


def test_selectors_find_their_pods(files: tuple[File, ...]) -> None:
    """The plan's own context store lacks the labels; an API server refuses such a Deployment."""
    seen = 0
    for file in files:
        spec = (file.object or {}).get("spec", {})
        if "template" in spec:
            wanted = spec["selector"]["matchLabels"].items()
            assert wanted <= spec["template"]["metadata"]["labels"].items()
            seen += 1
    assert seen > 100


def test_an_autoscaled_workload_has_no_replicas(files: tuple[File, ...]) -> None:
    objects = [f.object for f in files if f.object]
    scaled = {
        (o["metadata"]["namespace"], o["spec"]["scaleTargetRef"]["name"], f.path.split("/")[1])
        for f in files
        if (o := f.object) and o["kind"] == "HorizontalPodAutoscaler"
    }
    assert len(scaled) > 20
    for file in files:
        object = file.object or {}
        if object["kind"] in ("Deployment", "StatefulSet"):
            meta = object["metadata"]
            key = (meta["namespace"], meta["name"], file.path.split("/")[1])
            assert ("replicas" not in object["spec"]) == (key in scaled)
    assert {o["kind"] for o in objects} >= {"StatefulSet", "Deployment"}


def policies(files: tuple[File, ...], cluster: str) -> dict[tuple[str, str], Any]:
    return {
        (o["metadata"]["namespace"], o["metadata"]["name"]): o["spec"]
        for f in files
        if (o := f.object) and o["kind"] == "NetworkPolicy" and f"/{cluster}/" in f.path
    }


def test_every_namespace_denies_by_default(files: tuple[File, ...]) -> None:
    for cluster in ("dev", "staging", "prod"):
        objects = policies(files, cluster)
        spaces = {
            f.object["metadata"]["name"]
            for f in files
            if f.object and f.object["kind"] == "Namespace" and f"/{cluster}/" in f.path
        }
        assert len(spaces) == 12
        for space in spaces:
            deny = objects[space, "default-deny-all"]
            assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_no_empty_list_and_no_wildcard(files: tuple[File, ...]) -> None:
    """An empty list of peers would mean everybody."""
    for file in files:
        if file.object and file.object["kind"] == "NetworkPolicy":
            for rule in file.object["spec"].get("ingress", []):
                assert rule["from"]
            for rule in file.object["spec"].get("egress", []):
                assert rule["to"]
                assert rule["ports"]


def test_the_prelude_is_admitted() -> None:
    assert not compiled().failed
