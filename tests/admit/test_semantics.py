"""The rules of the API server: the corpus, the measured files of the reference, our own output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.admit.schemas import validators
from compiler.admit.semantics import REMOVED, RULES, duplicates, refusals
from compiler.admit.semantics.quantities import quantity
from tests.admit.corpus import CASES, Case
from tests.admit.corpus.bases import BASES

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT.parent / "shared/examples"
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"there is no {EXAMPLES.name}")
SCHEMA = "(schema)"
FAULTY = {
    "01-unknown-field": {SCHEMA: "replica"},
    "02-wrong-type": {SCHEMA: "is not of type"},
    "03-bad-quantity": {"spec.template.spec.containers[0].resources.requests[memory]": "512MB"},
    "04-request-gt-limit": {"spec.template.spec.containers[0].resources.requests": "above its"},
    "05-bad-label-value": {"metadata.labels": "INT Smart/Triage AI 2.0"},
    "06-bad-port": {"spec.ports[0].port": "70000 is not between 1 and 65535"},
    "07-selector-mismatch": {"spec.template.metadata.labels": "does not match"},
    "08-bad-networkpolicy": {
        "spec.policyTypes[1]": "`Egres` is not one of",
        "spec.egress[0].ports[0].protocol": "`HTTP` is not one of",
        "spec.egress[0].ports[0].port": "70000",
        "spec.egress[0].to[0].ipBlock.cidr": "10.0.0.0/33",
    },
    "09-bad-rbac": {
        "rules[0].verbs[0]": "`reed` is not one of",
        "rules[0].verbs[1]": "`lst` is not one of",
        "rules[1].verbs": "needs a verb",
    },
    "10-bad-hpa-metric": {"spec.metrics[0].resource.target.type": "`Percentage` is not one of"},
    "11-hpa-min-gt-max": {"spec.maxReplicas": "below `minReplicas`"},
    "12-bad-name": {"metadata.name": "Agent_Registry"},
    "13-missing-required": {"spec.selector": "is required", SCHEMA: "required property"},
    "14-removed-api": {"apiVersion": "use policy/v1 (removed in Kubernetes 1.25)"},
    "15-bad-enum-pullpolicy": {"spec.template.spec.containers[0].imagePullPolicy": "`Allways`"},
    "16-duplicate-port-name-and-volume-ref": {
        "spec.template.spec.containers[0].ports[1].name": "`http` is there twice",
        "spec.template.spec.containers[0].volumeMounts[0].name": "no volume `nope`",
    },
    "17-pdb-both": {"spec": "cannot stand together"},
    "18-long-label": {"metadata.labels": "longer than 63"},
    "19-annotation-nonstring": {SCHEMA: "5 is not of type"},
    "20-rolebinding-roleref": {"roleRef.kind": "`Rolle` is not one of"},
    "21-plan-context-store": {"spec.template.metadata.labels": "does not match"},
}
"""Where each of the measured files is refused, and a part of what is said."""


def objects(path: Path) -> Iterator[dict[str, Any]]:
    for document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
        if isinstance(document, dict):
            yield document


def schema_errors(object: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kind = (object["apiVersion"], object["kind"])
    validator = validators("1.36", frozenset({kind})).get(kind)
    for error in validator.iter_errors(object) if validator else ():
        yield SCHEMA, error.message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:120])
def test_a_case(case: Case) -> None:
    result = list(refusals(case.object()))
    if not case.message:
        assert result == []
    assert not case.message or any(
        case.field == refusal.field and case.message in refusal.message for refusal in result
    ), result


def test_the_corpus_knows_every_kind() -> None:
    bad = {(BASES[case.base]["apiVersion"], BASES[case.base]["kind"]) for case in CASES}
    assert bad == set(RULES)
    assert all(any(case.base == base and case.message for case in CASES) for base in BASES)


@pytest.mark.parametrize("base", BASES)
def test_a_good_object_passes(base: str) -> None:
    assert list(refusals(BASES[base])) == []
    assert list(schema_errors(BASES[base])) == []


@needs_examples
def test_each_faulty_file_is_refused_for_its_fault() -> None:
    files = {path.stem: path for path in sorted((EXAMPLES / "faulty").glob("*.yaml"))}
    assert set(files) == {*FAULTY, "00-good"} and len(FAULTY) == 21
    for name, wanted in FAULTY.items():
        (object,) = objects(files[name])
        result = [*refusals(object), *schema_errors(object)]
        for field, part in wanted.items():
            assert any(field == where and part in says for where, says in result), (name, result)
    (good,) = objects(files["00-good"])
    assert [*refusals(good), *schema_errors(good)] == []


@needs_examples
def test_good_files_pass() -> None:
    seen = [object for path in EXAMPLES.glob("good/*.yaml") for object in objects(path)]
    assert len(seen) == 37
    assert [(object["kind"], list(refusals(object))) for object in seen] == [
        (object["kind"], []) for object in seen
    ]


def test_what_we_emit_passes() -> None:
    seen = [o for path in ROOT.glob("generated/clusters/**/*.yaml") for o in objects(path)]
    assert len(seen) > 1000
    assert [(o["metadata"]["name"], *refusals(o)) for o in seen if any(refusals(o))] == []
    kinds = {(o["apiVersion"], o["kind"]) for o in seen}
    own = {(version, kind) for version, kind in kinds if "." not in version.partition("/")[0]}
    assert own <= set(RULES)


QUANTITIES = {
    "1000m": "1",
    "0.5": "500m",
    "1.5": "1500m",
    "0.1": "100m",
    "1024Mi": "1Gi",
    "1.5Gi": "1536Mi",
    "1024Gi": "1Ti",
    "2000": "2k",
    "1000000": "1M",
    "1.0": "1",
    "0.0": "0",
    ".5": "500m",
    "100u": "100u",
    "1e3": "1e3",
    "1E3": "1E3",
    "1e-3": "1e-3",
    "01": "01",
    "512M": "512M",
    "1000Ki": "1000Ki",
    "1048576": "1048576",
    "5.": "5.",
    "+5": "+5",
    "-1": "-1",
    "0": "0",
    "0Mi": "0",
    "1E": "1E",
    "12e6": "12e6",
    "3000Mi": "3000Mi",
    "0.5Gi": "512Mi",
    "1000E": "1",
    "999E": "999E",
    "1023Ki": "1023Ki",
    "100n": "100n",
    "1GB": None,
    "1gi": None,
    "1 Gi": None,
    "1_000": None,
    "": None,
    "m": None,
    "1.2.3": None,
}
"""What a real server (1.36.1) writes for them; nothing where it refuses."""


@pytest.mark.parametrize(("written", "kept"), QUANTITIES.items())
def test_amounts_are_kept_as_the_server_keeps_them(written: str, kept: str | None) -> None:
    result = quantity(written)
    assert (result and result.canonical) == kept


def test_removed_kinds_are_refused_with_what_replaces_them() -> None:
    object = {"apiVersion": "extensions/v1beta1", "kind": "Ingress", "metadata": {"name": "a"}}
    (result,) = refusals(object)
    assert result.field == "apiVersion" and "networking.k8s.io/v1" in result.message
    assert not set(REMOVED) & set(RULES)


def test_an_object_that_is_there_twice_is_found_across_versions() -> None:
    old = {**BASES["deployment"], "apiVersion": "apps/v1beta1"}
    elsewhere = {**BASES["deployment"], "metadata": {"name": "a", "namespace": "other"}}
    all = [BASES["service"], BASES["deployment"], old, elsewhere, BASES["service"]]
    assert list(duplicates(all)) == [(1, 2), (0, 4)]
    assert list(duplicates(BASES.values())) == []


def test_of_custom_resources_the_metadata_is_judged() -> None:
    gateway = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway"}
    good = {**gateway, "metadata": {"name": "a", "namespace": "ns"}}
    assert list(refusals(good)) == []
    bad = {**gateway, "metadata": {"name": "A", "namespace": "n.s", "labels": {"a": "b c"}}}
    result = {refusal.field for refusal in refusals(bad)}
    assert result == {"metadata.name", "metadata.namespace", "metadata.labels"}


ODD = (None, True, 3, -1, 1.5, "x", "", [], {}, [[]], [None], ["x"], [{}], {"a": {}}, {"": None})


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place in a value: what holds it, and its key or number."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from places(item)


def test_an_odd_structure_never_raises() -> None:
    tried = 0
    for case in CASES[::5]:
        object = case.object()
        for holder, key in list(places(object)):
            kept = holder[key]
            for odd in ODD:
                holder[key] = odd
                for refusal in refusals(object):
                    assert isinstance(refusal.field, str) and refusal.message
                tried += 1
            holder[key] = kept
    assert tried > 10_000
