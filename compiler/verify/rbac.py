"""RBAC, as rbac.authorization.k8s.io/v1 documents it: rights add up, and no rule takes one away.

A server needs the rights of the tools that its project's agents may call, in the project's
namespaces, and no more. A bound ClusterRole is a fault, except the one that lets gateways fetch
the keys of the cluster's tokens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from compiler.verify import people
from compiler.verify.artefacts import Artefacts, Node, Object
from compiler.verify.callers import Caller
from compiler.verify.gathering import gather
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate, Project, Right
from compiler.verify.syncs import accounts, bound

GROUP = "rbac.authorization.k8s.io"
DISCOVERY = "system:service-account-issuer-discovery"
ANONYMOUS = "system:unauthenticated"

Place = tuple[str, str]
"""A subject and a namespace."""


class Held(NamedTuple):
    """The rights of a subject by a binding in its namespace; `named`: only on some objects."""

    subject: str
    namespace: str
    rights: frozenset[Right]
    named: bool


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare rights on the API with what granted tools, agents and people need."""
    findings, judged = gather(estate, artefacts, _cluster)
    wanted = [call for cluster in judged for call in _expected(estate, cluster)]
    return compare("rbac", findings, wanted)


def _expected(estate: Estate, cluster: str) -> Iterator[Call]:
    for call in estate.calls(cluster):
        if estate.servers[call.server].rights[call.tool]:
            yield call._replace(agent="", approval="none")
    yield from people.expected(estate, cluster)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    held: list[Held] = []
    syncs = accounts(artefacts, cluster)
    for entry in _held(artefacts, cluster, syncs):
        if isinstance(entry, Fault):
            yield entry
        else:
            held.append(entry)
    allowed: defaultdict[Place, set[Right]] = defaultdict(set)
    for holding in held:
        if not holding.named:
            allowed[holding.subject, holding.namespace] |= holding.rights
    needed = _needed(estate, cluster)
    for holding in held:
        yield from _beyond(estate, cluster, holding, needed)
    yield from _tools(estate, cluster, allowed)
    yield from people.able(estate, cluster, allowed)
    for place, rights in needed.items():
        for right in rights:
            if not covers(allowed[place], right):
                yield Fault(f"{cluster}: {_may(place, right, 'may not')}")


def _held(artefacts: Artefacts, cluster: str, syncs: frozenset[str]) -> Iterator[Held | Fault]:
    """The rights of every binding, and those that none should give; Argo CD has its own reader."""
    of_syncs = {o.node.path for _, *both in bound(artefacts, cluster, syncs) for o in both}
    roles = {(role.namespace, role.name): role for role in artefacts.all(cluster, "Role", GROUP)}
    for object in artefacts.all(cluster, "ClusterRole", GROUP):
        if object.node.path in of_syncs:
            continue
        yield Fault(f"{object.node.path}: rights in the whole cluster")
    for object in artefacts.all(cluster, "ClusterRoleBinding", GROUP):
        subjects = [(s["kind"].text(), s["name"].text()) for s in object.node["subjects"].items()]
        public = subjects == [("Group", ANONYMOUS)]
        ref = object.node["roleRef"]
        shared = (ref["kind"].text(), ref["name"].text()) == ("ClusterRole", DISCOVERY)
        if not (shared and public) and (object.node.path not in of_syncs or len(subjects) > 1):
            yield Fault(f"{object.node.path}: rights in the whole cluster")
    for object in artefacts.all(cluster, "RoleBinding", GROUP):
        ref = object.node["roleRef"]
        role = roles.get((object.namespace, ref["name"].text()))
        if ref["kind"].text() != "Role" or role is None:
            yield Fault(f"{object.node.path}: `roleRef` is not a Role of the namespace")
            continue
        for subject in object.node["subjects"].items():
            entries = _gives(object, subject, role)
            yield from (g for g in entries if isinstance(g, Fault) or g.subject not in syncs)


def _gives(binding: Object, subject: Node, role: Object) -> Iterator[Held | Fault]:
    kind, name = subject["kind"].text(), subject["name"].text()
    if kind == "ServiceAccount":
        name = Caller(subject["namespace"].text(binding.namespace), name).subject
    elif kind != "Group":
        yield Fault(f"{binding.node.path}: rights of a single person: {name}")
        return
    for rule in role.node["rules"].items():
        rights = frozenset(
            (group, resource, verb)
            for group in rule["apiGroups"].texts()
            for resource in rule["resources"].texts()
            for verb in rule["verbs"].texts()
        )
        yield Held(name, binding.namespace, rights, bool(rule["resourceNames"].texts()))


def _homes(project: Project) -> tuple[str, str]:
    return project.agents_namespace, project.servers_namespace


def _needed(estate: Estate, cluster: str) -> Mapping[Place, set[Right]]:
    """The rights that granted tools and agents need, by subject and namespace."""
    needed: defaultdict[Place, set[Right]] = defaultdict(set)
    for call in estate.calls(cluster):
        account = Caller(call.namespace, call.server).subject
        for home in _homes(estate.projects[call.project]):
            needed[account, home] |= estate.servers[call.server].rights[call.tool]
    for project in estate.projects.values():
        for agent in project.team if cluster in project.clusters else ():
            account = Caller(project.agents_namespace, agent).subject
            for home in _homes(project):
                needed[account, home] |= estate.agent_rights.get(agent, frozenset())
    return needed


def _beyond(
    estate: Estate, cluster: str, held: Held, needed: Mapping[Place, set[Right]]
) -> Iterator[Fault]:
    """The rights of a binding that are not needed."""
    place = held.subject, held.namespace
    if held.subject.startswith("system:serviceaccount:"):
        beyond = set(held.rights - needed.get(place, set()))
    else:
        beyond = people.beyond(estate, cluster, held.subject, held.namespace, held.rights)
    for right in sorted(beyond):
        yield Fault(f"{cluster}: {_may(place, right, 'may')}")


def _may(place: Place, right: Right, verb: str) -> str:
    subject, namespace = place
    group, resource, action = right
    return f"{subject} {verb} {action} {resource}{group and '.' + group} in {namespace}"


def _tools(estate: Estate, cluster: str, allowed: Mapping[Place, set[Right]]) -> Iterator[Call]:
    """The tools of each project for which its server has all rights, in both namespaces."""
    for call in frozenset(_expected(estate, cluster)):
        server = estate.servers.get(call.server)
        rights = server.rights.get(call.tool) if server else None
        if rights:
            account = Caller(call.namespace, call.server).subject
            homes = _homes(estate.projects[call.project])
            if all(covers(allowed.get((account, h), ()), r) for h in homes for r in rights):
                yield call


def covers(held: Iterable[Right], wanted: Right) -> bool:
    """Whether rights include one, by its name or by `*`."""
    return any(all(h in ("*", w) for h, w in zip(right, wanted, strict=True)) for right in held)
