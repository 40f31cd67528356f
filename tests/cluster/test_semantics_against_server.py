"""Our rules beside the verdicts of a real API server: the corpus, and mutants of good objects."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import yaml

from compiler.admit.schemas import validators
from compiler.admit.semantics import RULES, Refusal, refusals
from tests.admit.corpus import ACCEPTED, APPLIED, CASES, UNDECODED, Case
from tests.admit.corpus.projected import ACCOUNT
from tests.admit.mutants import mutants
from tests.cluster.api import Answer, Api, pooled

ROOT = Path(__file__).parents[2]
NAMESPACE = f"semantics-{token_hex(3)}"  # a former one may still be on its way out
STRICTER = ("is kept as", "begin with a letter", "is not one of `*`")
"""Parts of what we say of objects that the server takes: we are stricter on purpose."""
NAMES = ("metadata.name", "metadata.namespace")
"""The server makes up names, and fills in namespaces; our objects have their own."""
BY_FLAG = "disallowed by cluster policy"
"""What a server says of privileged containers unless it was started with --allow-privileged."""
OF = "v1.36."
"""The version that the rules are from; a user's cluster may have another one."""
ELSEWHERE = (HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN)
"""What a server answers because of other objects that are there, or are not."""
EVERY = 4
"""Of so many mutants one is tried: the others are as good, and the rig has other things to do."""
Object = dict[str, Any]


@pytest.fixture(scope="module")
def api(cluster) -> Iterator[Api]:
    """A server with a namespace of ours, in which the ServiceAccounts of the corpus are."""
    version = cluster.api.call("GET", "/version").body["gitVersion"]
    if not version.startswith(OF):
        pytest.skip(f"the rules are those of {OF}, and this server is {version}")
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    cluster.api.must(space)
    for name in ("default", ACCOUNT):
        meta = {"name": name, "namespace": NAMESPACE}
        cluster.api.must({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})
    yield cluster.api
    cluster.api.delete(space)


def there(object: Object) -> Object:
    """The object in our namespace, if it lies in one."""
    meta = object.get("metadata", {})
    return {**object, "metadata": meta | ({"namespace": NAMESPACE} if "namespace" in meta else {})}


def create(api: Api, object: Object) -> Answer:
    kind = api.kind(object["apiVersion"], object["kind"])
    assert kind is not None, object["kind"]
    strictly = {"dryRun": "All", "fieldValidation": "Strict"}
    return api.call("POST", kind.path(NAMESPACE), object, **strictly)


def fields(answer: Answer) -> set[str]:
    causes = (answer.body.get("details") or {}).get("causes") or ()
    return {one.get("field", "") for one in causes if BY_FLAG not in one.get("message", "")}


def difference(api: Api, case: Case) -> str:
    """How the server's verdict differs from what the case says; nothing if it does not."""
    object = there(case.object())
    answer = create(api, object)
    if not case.message or case.server in {ACCEPTED, APPLIED}:
        if not answer.ok:
            return f"{case.name}: the server refuses it: {answer.message}"
        if case.server == APPLIED and api.apply(object, dryRun="All").ok:
            return f"{case.name}: the server applies it"
        return ""
    if answer.ok:
        return f"{case.name}: the server takes it"
    ours = {refusal.field for refusal in refusals(object)}
    wanted = set() if case.server == UNDECODED else set(case.server.split()) or ours
    found = fields(answer)
    return "" if found == wanted else f"{case.name}: {found}, not {wanted}: {answer.message}"


def test_the_server_judges_the_corpus_as_we_do(api: Api) -> None:
    found = [text for text in pooled(lambda case: difference(api, case), CASES) if text]
    assert found == [], "\n".join(found)


def seeds() -> Iterator[Object]:
    """All good objects of the corpus, and of what we emit the first of each kind."""
    yield from (case.object() for case in CASES if not case.message)
    seen = set()
    for path in sorted((ROOT / "generated/clusters/prod").glob("**/*.yaml")):
        for object in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            kind = (object["apiVersion"], object["kind"]) if isinstance(object, dict) else None
            if kind in RULES and kind not in seen:
                seen.add(kind)
                yield object


def tried() -> Iterator[Object]:
    """Every so many of the mutants that the schema takes."""
    made = (there(mutant) for mutant in mutants(map(there, seeds())))
    for object in islice(made, 0, None, EVERY):
        kind = (object["apiVersion"], object["kind"])
        if validators("1.36", frozenset({kind}))[kind].is_valid(object):
            yield object


def is_stricter(refusal: Refusal) -> bool:
    return refusal.field in NAMES or any(part in refusal.message for part in STRICTER)


def disagreement(api: Api, object: Object) -> str:
    """Why our verdict and the server's cannot both be right; nothing if they can."""
    ours, answer = list(refusals(object)), create(api, object)
    if answer.ok and any(not is_stricter(refusal) for refusal in ours):
        applied = api.apply(object, dryRun="All")
        return f"{object}: we refuse it: {ours}" if applied.ok else ""
    # expressions are judged by another part of admit, and other objects by none
    known = all(field.endswith("xpression") for field in fields(answer)) and fields(answer)
    return (
        ""
        if answer.ok or ours or known or answer.status in ELSEWHERE
        else f"{object}: the server refuses it: {answer.message}"
    )


def test_the_server_judges_mutants_as_we_do(api: Api) -> None:
    objects = list(tried())
    assert len(objects) > 3000
    found = [text for text in pooled(lambda one: disagreement(api, one), objects) if text]
    assert found == [], "\n".join(found[:20])
