"""The API server's own answers about rights agree with the specs, for every agent and every group.

What is wanted is read from the specs' text by `compiler.verify`, which knows no emitter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from compiler.cli import inputs
from compiler.parse import parse
from compiler.verify import GATEWAYS, people
from compiler.verify.specs import Estate, Right, read_estate
from tests.cluster.api import Answer, pooled
from tests.cluster.borrowed import Borrowed
from tests.cluster.conftest import CLUSTER, Cluster
from tests.cluster.report import Report
from tests.cluster.repository import ROOT

REVIEWS = "/apis/authorization.k8s.io/v1"
EVERYBODY = "system:authenticated"
GUARDED: tuple[Right, ...] = (
    ("", "secrets", "get"),
    ("", "secrets", "list"),
    ("", "pods", "create"),
    ("", "pods/exec", "create"),
    ("", "pods/attach", "create"),
    ("", "pods/ephemeralcontainers", "patch"),
    ("", "serviceaccounts/token", "create"),
    ("", "serviceaccounts", "impersonate"),
    ("", "configmaps", "update"),
    ("apps", "deployments", "create"),
    ("apps", "deployments", "patch"),
    ("rbac.authorization.k8s.io", "roles", "create"),
    ("rbac.authorization.k8s.io", "roles", "escalate"),
    ("rbac.authorization.k8s.io", "rolebindings", "create"),
    ("networking.k8s.io", "networkpolicies", "delete"),
    ("security.istio.io", "authorizationpolicies", "delete"),
)
"""Rights that lead to further rights, asked one by one in every namespace."""


class Subject(NamedTuple):
    """A user and its groups."""

    user: str
    groups: tuple[str, ...]


class Ask(NamedTuple):
    """A question: may a subject do something in a namespace."""

    subject: Subject
    namespace: str
    right: Right


@pytest.fixture(scope="module")
def wanted() -> Estate:
    """The specs, read without the compiler's model."""
    sources = inputs.read(ROOT).sources.values()
    documents = [document for source in sources for document in parse(source)[0]]
    return read_estate(documents, [reader.GATEWAY for reader in GATEWAYS])


def account(namespace: str, name: str) -> Subject:
    """A ServiceAccount, with the groups that the API server gives it."""
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", EVERYBODY)
    return Subject(f"system:serviceaccount:{namespace}:{name}", groups)


def group(name: str) -> Subject:
    """Any user of a group."""
    return Subject("member", (name, EVERYBODY))


def homes(wanted: Estate) -> dict[str, tuple[str, str]]:
    """The two namespaces of each project in the cluster."""
    return {
        name: (project.agents_namespace, project.servers_namespace)
        for name, project in wanted.projects.items()
        if CLUSTER in project.clusters
    }


def agents(wanted: Estate) -> Iterator[tuple[Subject, str, frozenset[Right]]]:
    """Every agent of the cluster, its project, and the rights that its spec asks for."""
    for project, (home, _) in homes(wanted).items():
        for agent in wanted.projects[project].team:
            yield account(home, agent), project, wanted.agent_rights.get(agent, frozenset())


def servers(wanted: Estate) -> Iterator[tuple[Subject, str, frozenset[Right]]]:
    """Every server instance, a project that uses it, and the rights of the tools granted there."""
    for call in wanted.calls(CLUSTER):
        rights = wanted.servers[call.server].rights[call.tool]
        yield account(call.namespace, call.server), call.project, rights


def groups(wanted: Estate) -> Iterator[tuple[str, str, str]]:
    """Every group with its project and role."""
    for project in homes(wanted):
        for name, role in wanted.projects[project].people:
            yield name, project, role


def due(role: str) -> set[Right]:
    """The least that a role may do."""
    rights = {("", "pods", verb) for verb in people.LOOK}
    if role in ("operator", "maintainer"):
        rights |= people.OPERATE
    return rights | people.BOUNDS if role == "maintainer" else rights


def ask(cluster: Cluster, questions: Iterable[Ask]) -> Iterator[tuple[Ask, bool]]:
    """The server's answers, by SubjectAccessReviews."""
    some = list(questions)
    for question, answer in zip(some, pooled(lambda q: _review(cluster, q), some), strict=True):
        assert answer.ok, answer.message
        yield question, answer.body["status"]["allowed"]


def _review(cluster: Cluster, question: Ask) -> Answer:
    api_group, full, verb = question.right
    resource, _, part = full.partition("/")
    attributes = {"namespace": question.namespace, "group": api_group, "resource": resource}
    spec: dict[str, Any] = {
        "user": question.subject.user,
        "groups": list(question.subject.groups),
        "resourceAttributes": {**attributes, "subresource": part, "verb": verb},
    }
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
    return cluster.api.call("POST", f"{REVIEWS}/subjectaccessreviews", {**kind, "spec": spec})


def wrong(cluster: Cluster, expected: dict[Ask, bool]) -> list[str]:
    """The questions that the server answers differently."""
    return [
        f"{'may' if allowed else 'may not'}: {question}"
        for question, allowed in ask(cluster, expected)
        if allowed is not expected[question]
    ]


def test_every_agent_and_server_may_do_what_the_specs_grant_and_nothing_guarded(
    wanted: Estate, cluster: Cluster, standing: Borrowed, report: Report
) -> None:
    places = homes(wanted)
    spaces = sorted({space for both in places.values() for space in both} | {"", "kube-system"})
    expected: dict[Ask, bool] = {}
    for subject, project, rights in (*agents(wanted), *servers(wanted)):
        for space, right in product(spaces, GUARDED):
            expected.setdefault(Ask(subject, space, right), False)
        for space, right in product(places[project], rights):
            expected[Ask(subject, space, right)] = True
    subjects = {question.subject for question in expected}
    assert {subject for subject, _, _ in agents(wanted)} <= subjects
    assert any(expected.values())
    with report.step("rights of agents and servers", f"{len(expected)} questions"):
        assert wrong(cluster, expected) == []


def test_every_group_may_do_what_its_role_says_and_nothing_guarded(
    wanted: Estate, cluster: Cluster, standing: Borrowed, report: Report
) -> None:
    places = homes(wanted)
    spaces = sorted({space for both in places.values() for space in both} | {"", "kube-system"})
    expected: dict[Ask, bool] = {}
    for name, project, role in groups(wanted):
        for space, right in product(spaces, {*GUARDED, *due("maintainer")}):
            granted = space in places[project] and right in due(role)
            question = Ask(group(name), space, right)
            expected[question] = expected.get(question, False) or granted
    assert any(expected.values())
    with report.step("rights of groups", f"{len(expected)} questions"):
        assert wrong(cluster, expected) == []


def test_no_subject_has_a_right_beyond_the_specs(
    wanted: Estate, cluster: Cluster, standing: Borrowed, report: Report
) -> None:
    """The server lists the rights of each subject, less those of any authenticated user."""
    places = homes(wanted)
    spaces = sorted({space for both in places.values() for space in both})
    granted: dict[tuple[Subject, str], set[Right]] = {}
    for subject, project, rights in (*agents(wanted), *servers(wanted)):
        for space in spaces:
            own = rights if space in places[project] else frozenset()
            granted.setdefault((subject, space), set()).update(own)
    common = {space: listed(cluster, Subject("anyone", (EVERYBODY,)), space) for space in spaces}
    beyond: list[str] = []
    for subject, space in granted:
        extra = listed(cluster, subject, space) - common[space] - granted[subject, space]
        beyond += [f"{subject.user} in {space}: {right}" for right in sorted(extra)]
    names = {name for name, _, _ in groups(wanted)}
    for name, space in product(sorted(names), spaces):
        extra = listed(cluster, group(name), space) - common[space]
        beyond += [
            f"{name} in {space}: {right}"
            for right in sorted(people.beyond(wanted, CLUSTER, name, space, extra))
        ]
    report.remarks.append(f"rights listed of {len(granted) + len(names) * len(spaces)} pairs")
    assert beyond == []


def listed(cluster: Cluster, subject: Subject, namespace: str) -> set[Right]:
    """All rights of a subject in a namespace, as `kubectl auth can-i --list` asks for them."""
    kind = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview"}
    answer = cluster.api.call(
        "POST",
        f"{REVIEWS}/selfsubjectrulesreviews",
        {**kind, "spec": {"namespace": namespace}},
        impersonate=(subject.user, *subject.groups),
    )
    assert answer.ok, answer.message
    return {
        right
        for rule in answer.body["status"]["resourceRules"]
        for right in product(rule.get("apiGroups", ("",)), rule.get("resources", ()), rule["verbs"])
    }
