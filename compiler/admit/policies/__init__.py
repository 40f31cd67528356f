"""ValidatingAdmissionPolicies evaluated on the objects of a cluster, as on their creation there.

A policy also judges the pods that workloads will create. Expressions that need a running cluster
(who makes the request, and what they may do) are not judged; a warning says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from compiler.admit.cel import Values
from compiler.admit.policies.match import Creation, Match, concerns, matches, selects
from compiler.admit.policies.pods import pod
from compiler.admit.policies.policy import BASE, Policy, Unusable, compiled, denials

Key = TypeVar("Key")
Object = Mapping[str, Any]
_GROUP = "admissionregistration.k8s.io/"
_NO_PARAMS = "no params found for policy binding with `Deny` parameterNotFoundAction"


class Judgement(NamedTuple, Generic[Key]):
    """Why a policy objects to an object; `denied`: a cluster would refuse it."""

    key: Key
    policy: str
    message: str
    denied: bool


def faults(policy: Object) -> Iterator[str]:
    """Why a ValidatingAdmissionPolicy cannot be used; nothing if it can."""
    result = compiled(policy)
    if isinstance(result, Unusable):
        yield from result.reasons


def judge(objects: Sequence[tuple[Key, Object]]) -> Iterator[Judgement[Key]]:
    """Judge the objects of one cluster by the policies among them, and those policies too."""
    cluster = _Cluster.of(objects)
    yield from cluster.faults()
    policies = _ByKind(tuple(cluster.bound_policies()))
    for key, object in objects:
        if not object["apiVersion"].startswith(_GROUP):
            yield from _judge_object(cluster, policies, key, object)


class _BoundPolicy(NamedTuple):
    """A policy with one of its bindings."""

    policy: Policy
    binding: Object

    @property
    def denies(self) -> bool:
        return "Deny" in self.binding["validationActions"]


class _ByKind:
    """The policies that can apply to objects of a kind; most kinds have none."""

    def __init__(self, policies: Sequence[_BoundPolicy]) -> None:
        self.policies = policies
        self.by_kind: dict[tuple[str, str, str], Sequence[_BoundPolicy]] = {}

    def of(self, creation: Creation) -> Sequence[_BoundPolicy]:
        kind = creation.group, creation.version, creation.kind
        if kind not in self.by_kind:
            self.by_kind[kind] = tuple(
                bound for bound in self.policies if concerns(bound.policy.constraints, creation)
            )
        return self.by_kind[kind]


@dataclass(frozen=True, slots=True)
class _Cluster(Generic[Key]):
    """The objects of a cluster, by their role in admission."""

    policies: Mapping[str, tuple[Key, Policy | Unusable]]
    bindings: Sequence[tuple[Key, Object]]
    namespaces: Mapping[str, Object]
    objects: Sequence[tuple[Key, Object]]

    @classmethod
    def of(cls, objects: Sequence[tuple[Key, Object]]) -> _Cluster[Key]:
        def of_kind(kind: str) -> list[tuple[Key, Object]]:
            return [(key, object) for key, object in objects if object["kind"] == kind]

        policies = of_kind("ValidatingAdmissionPolicy")
        return cls(
            {policy["metadata"]["name"]: (key, compiled(policy)) for key, policy in policies},
            of_kind("ValidatingAdmissionPolicyBinding"),
            {space["metadata"]["name"]: space for _, space in of_kind("Namespace")},
            objects,
        )

    def bound_policies(self) -> Iterator[_BoundPolicy]:
        for _, binding in self.bindings:
            _, policy = self.policies.get(binding["spec"]["policyName"], (None, None))
            reported = {"Deny", "Warn"} & {*binding["spec"]["validationActions"]}
            if isinstance(policy, Policy) and reported:
                yield _BoundPolicy(policy, binding["spec"])

    def faults(self) -> Iterator[Judgement[Key]]:
        for name, (key, policy) in self.policies.items():
            if isinstance(policy, Unusable):
                for reason in policy.reasons:
                    yield Judgement(key, name, reason, denied=True)
            elif policy.unknowable:
                message = f"is not judged here: only a running cluster knows `{policy.unknowable}`"
                yield Judgement(key, name, message, denied=False)
        bound = {binding["spec"]["policyName"] for _, binding in self.bindings}
        for name in sorted(self.policies.keys() - bound):
            message = "has no binding, so it never applies"
            yield Judgement(self.policies[name][0], name, message, denied=False)
        for key, binding in self.bindings:
            if (name := binding["spec"]["policyName"]) not in self.policies:
                message = f"`{binding['metadata']['name']}` binds a policy that does not exist"
                yield Judgement(key, name, message, denied=True)

    def params(self, bound: _BoundPolicy, namespace: str) -> Iterator[Object | None] | None:
        """The parameters of a binding, to evaluate the policy with each; None if there are none."""
        reference = bound.binding.get("paramRef")
        if bound.policy.parameter_kind is None or reference is None:
            return iter((None,))
        space = reference.get("namespace") or namespace
        parameters = [
            object
            for _, object in self.objects
            if (object["apiVersion"], object["kind"]) == bound.policy.parameter_kind
            and object["metadata"].get("namespace", space) == space
            and object["metadata"]["name"] == reference.get("name", object["metadata"]["name"])
            and selects(reference.get("selector"), object["metadata"].get("labels", {}))
        ]
        return iter(parameters) if parameters else None


def _judge_object(
    cluster: _Cluster[Key], policies: _ByKind, key: Key, object: Object
) -> Iterator[Judgement[Key]]:
    """Judge an object, and then its pods by the policies which the object itself passed."""
    seen: set[Judgement[Key]] = set()
    parts = [("", object), *(("its pods: ", created) for created in pod(object))]
    for prefix, part in parts:
        creation = Creation.of(part, cluster.namespaces)
        failed = {old.policy for old in seen}
        remaining = [bound for bound in policies.of(creation) if bound.policy.name not in failed]
        for bound, message, denied in _messages(cluster, remaining, creation):
            judgement = Judgement(key, bound.policy.name, prefix + message, denied)
            if judgement not in seen:
                seen.add(judgement)
                yield judgement


def _messages(
    cluster: _Cluster[Key], policies: Iterable[_BoundPolicy], creation: Creation
) -> Iterator[tuple[_BoundPolicy, str, bool]]:
    base: dict[str, Any] | None = None
    values: Values | None = None
    for bound in policies:
        matched = min(
            matches(bound.policy.constraints, creation),
            matches(bound.binding.get("matchResources") or {}, creation),
        )
        if matched is Match.NO:
            continue
        if matched is Match.CONVERTED:
            message = "is not judged here: the cluster would convert the object to another version"
            yield bound, message, False
            continue
        if base is None or values is None:
            base = creation.variables()
            values = BASE.values(base)
        params = cluster.params(bound, creation.namespace)
        if params is None:
            if bound.binding["paramRef"].get("parameterNotFoundAction") != "Allow":
                yield bound, _NO_PARAMS, bound.denies and bound.policy.fails_closed
            continue
        for parameter in params:
            for message, ignored in denials(bound.policy, base, values, parameter):
                yield bound, message, bound.denies and not ignored
