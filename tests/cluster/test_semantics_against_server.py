"""Our rules and a real API server agree about the corpus and about mutants of good objects."""

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
NAMESPACE = f"semantics-{token_hex(3)}"  # that of an earlier run may still be terminating
STRICTER = ("is kept as", "begin with a letter", "is not one of `*`")
"""Parts of our messages about objects that the server accepts: we are stricter on purpose."""
NAMES = ("metadata.name", "metadata.namespace")
"""The server generates names and fills in namespaces; our objects have their own."""
BY_FLAG = "disallowed by cluster policy"
"""The message about privileged containers of a server without --allow-privileged."""
OF = "v1.36."
"""The version of the rules; a user's cluster may have another one."""
ELSEWHERE = (HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN)
"""Answers that depend on which other objects exist."""
EVERY = 4
"""One of so many mutants is tried, to save time."""
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


def placed(object: Object) -> Object:
    """The object in our namespace, if it has one."""
    meta = object.get("metadata", {})
    return {**object, "metadata": meta | ({"namespace": NAMESPACE} if "namespace" in meta else {})}


def create(api: Api, object: Object) -> Answer:
    kind = api.kind(object["apiVersion"], object["kind"])
    assert kind is not None, object["kind"]
    strictly = {"dryRun": "All", "fieldValidation": "Strict"}
    return api.call("POST", kind.path(NAMESPACE), object, **strictly)


def fields(answer: Answer) -> set[str]:
    causes = (answer.body.get("details") or {}).get("causes") or ()
    return {c.get("field", "") for c in causes if BY_FLAG not in c.get("message", "")}


def difference(api: Api, case: Case) -> str:
    """How the server's verdict differs from the case; empty if it does not."""
    object = placed(case.object())
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
    refused = fields(answer)
    return "" if refused == wanted else f"{case.name}: {refused}, not {wanted}: {answer.message}"


def test_the_server_judges_the_corpus_as_we_do(api: Api) -> None:
    different = [text for text in pooled(lambda case: difference(api, case), CASES) if text]
    assert different == [], "\n".join(different)


def seeds() -> Iterator[Object]:
    """All good objects of the corpus, and the first emitted object of each kind."""
    yield from (case.object() for case in CASES if not case.message)
    seen = set()
    for path in sorted((ROOT / "generated/clusters/prod").glob("**/*.yaml")):
        for object in yaml.load_all(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            kind = (object["apiVersion"], object["kind"]) if isinstance(object, dict) else None
            if kind in RULES and kind not in seen:
                seen.add(kind)
                yield object


def tried() -> Iterator[Object]:
    """One of so many mutants that the schema accepts."""
    every = (placed(mutant) for mutant in mutants(map(placed, seeds())))
    for object in islice(every, 0, None, EVERY):
        kind = (object["apiVersion"], object["kind"])
        if validators("1.36", frozenset({kind}))[kind].is_valid(object):
            yield object


def is_stricter(refusal: Refusal) -> bool:
    return refusal.field in NAMES or any(part in refusal.message for part in STRICTER)


def disagreement(api: Api, object: Object) -> str:
    """Why our verdict and the server's contradict each other; empty if they do not."""
    ours, answer = list(refusals(object)), create(api, object)
    if answer.ok and any(not is_stricter(refusal) for refusal in ours):
        applied = api.apply(object, dryRun="All")
        return f"{object}: we refuse it: {ours}" if applied.ok else ""
    # another part of admit judges expressions, and no part judges other objects
    expressions = fields(answer) and all(f.endswith("xpression") for f in fields(answer))
    return (
        ""
        if answer.ok or ours or expressions or answer.status in ELSEWHERE
        else f"{object}: the server refuses it: {answer.message}"
    )


def test_the_server_judges_mutants_as_we_do(api: Api) -> None:
    objects = list(tried())
    assert len(objects) > 3000
    texts = pooled(lambda mutant: disagreement(api, mutant), objects)
    disagreements = [text for text in texts if text]
    assert disagreements == [], "\n".join(disagreements[:20])
