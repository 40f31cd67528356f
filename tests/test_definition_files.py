"""The forms that files of CustomResourceDefinitions have, and what is wrong with some."""

from __future__ import annotations

import textwrap

import pytest
import yaml

from compiler.admit.crds import Definitions
from tests.test_definitions import text


def parsed(text: str) -> tuple[set[tuple[str, str]], list[tuple[int, str]]]:
    definitions, faults = Definitions.parse({"crds/a.yaml": text})
    return set(definitions.kinds), [(fault.line, fault.message) for fault in faults]


THING = {("example.com/v1", "Thing")}
OTHER = text().replace("Thing", "Other")


def listed(*texts: str, indent: str = "") -> str:
    items = [textwrap.indent(item, f"{indent}  ") for item in texts]
    items = [f"{indent}- {item.lstrip()}" for item in items]
    tail = 'kind: List\nmetadata:\n  resourceVersion: ""\n'
    return f"apiVersion: v1\nitems:\n{''.join(items)}{tail}"


FORMS = {
    "one": text(),
    "a document after a comment": "# what for\n---\n" + text(),
    "beside other objects": "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n" + text(),
    "a list": listed(text()),
    "an indented list": listed(text(), indent="  "),
    "no new line at the end": text().rstrip("\n"),
    "in braces": str(yaml.safe_load(text())).replace("True", "true"),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_of_a_file(name: str) -> None:
    assert parsed(FORMS[name]) == (THING, [])
    definitions, _ = Definitions.parse({"a.yaml": FORMS[name]})
    object = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}
    assert list(definitions.refused({**object, "spec": {"size": 1}})) == []
    assert list(definitions.refused({**object, "spec": {"sise": 1}})) != []


@pytest.mark.parametrize("both", [f"{text()}---\n{OTHER}", listed(text(), OTHER)])
def test_several_in_a_file(both: str) -> None:
    assert parsed(both) == ({*THING, ("example.com/v1", "Other")}, [])


def test_a_version_that_is_not_served_is_none() -> None:
    assert parsed(text().replace("served: true", "served: false")) == (set(), [])


FAULTS = {
    "kind: ConfigMap\n": (1, "the file has no CustomResourceDefinition"),
    text().replace("/v1\n", "/v1beta1\n", 1): (1, "only definitions of apiextensions.k8s.io/v1"),
    text().replace("  group: example.com\n", ""): (1, "the definition has no group"),
    f"---\n{text()}---\n{text()}": (24, "Thing of example.com/v1 is defined in `crds/a.yaml` too"),
    text().replace("    kind: Thing\n", "    kind: Thing\n    kind: Thong\n"): (
        1,
        "cannot be read",
    ),
    text().replace("names:", "names: &names"): (1, "anchors and aliases are not allowed"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults_of_files(text: str) -> None:
    _, ((line, message), *_) = parsed(text)
    expected, words = FAULTS[text]
    assert (line, words in message) == (expected, True), message
