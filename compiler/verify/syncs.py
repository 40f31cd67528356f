"""The rights of Argo CD's accounts while it syncs, by their roles and bindings (Argo CD 3.5).

With impersonation a sync has the rights of the ServiceAccount that the AppProject names for the
destination; it needs the five verbs below on each kind, and none on anything else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node, Object
from compiler.verify.callers import Caller
from compiler.verify.relation import Fault

RBAC = "rbac.authorization.k8s.io"
PROJECTS = "argoproj.io"
_VERBS = frozenset({"create", "delete", "get", "patch", "update"})
_REMOVE = frozenset({"delete", "get"})
_NEVER = frozenset(
    {"clusterrolebindings", "clusterroles", "namespaces", "rolebindings", "roles", "secrets"}
)
"""Resources that no account of a namespace removes or reads; others may be of an old commit."""
WIDE = frozenset(
    [
        *(("", name) for name in ("limitranges", "namespaces", "resourcequotas")),
        ("", "serviceaccounts"),
        ("admissionregistration.k8s.io", "validatingadmissionpolicies"),
        ("admissionregistration.k8s.io", "validatingadmissionpolicybindings"),
        ("agentgateway.dev", "agentgatewaypolicies"),
        ("networking.k8s.io", "networkpolicies"),
        ("policies.kyverno.io", "imagevalidatingpolicies"),
        ("policy.sigstore.dev", "clusterimagepolicies"),
        *((RBAC, name) for name in ("clusterrolebindings", "rolebindings", "roles")),
        ("security.istio.io", "authorizationpolicies"),
        ("security.istio.io", "peerauthentications"),
    ]
)
"""What the account of the whole cluster may bring: an administrator applies its rights once."""
_HANDING_ON = frozenset(
    {
        (RBAC, "roles", "bind", ""),
        (RBAC, "roles", "escalate", ""),
        (RBAC, "clusterroles", "bind", "system:service-account-issuer-discovery"),
    }
)
"""Rights that it needs to bring roles; the last field is the name of the one that it may bind."""

Resource = tuple[str, str]
"""API group and plural name."""


class Held(NamedTuple):
    """The resources that an account may bring, by namespace; `wide`: in the whole cluster."""

    kinds: Mapping[str, frozenset[Resource]]
    wide: frozenset[Resource]


def subject(account: Node) -> str:
    """An AppProject's account for a destination, as the API server calls it."""
    return Caller(account["namespace"].text(), account["defaultServiceAccount"].text()).subject


def accounts(artefacts: Artefacts, cluster: str) -> frozenset[str]:
    """The accounts that syncs become in a cluster."""
    return frozenset(
        subject(account)
        for project in artefacts.all(cluster, "AppProject", PROJECTS)
        for account in project.spec["destinationServiceAccounts"].items()
    )


def bound(
    artefacts: Artefacts, cluster: str, some: frozenset[str]
) -> Iterator[tuple[str, Object, Object]]:
    """The bindings of accounts: who, the binding, and its role."""
    roles = {(o.kind, o.namespace, o.name): o for o in _all(artefacts, cluster, "Role")}
    for binding in _all(artefacts, cluster, "RoleBinding"):
        ref = binding.node["roleRef"]
        role = roles.get((ref["kind"].text(), binding.namespace, ref["name"].text()))
        for account in binding.node["subjects"].items():
            home = account["namespace"].text(binding.namespace)
            who = Caller(home, account["name"].text()).subject
            if who in some and role is not None:
                yield who, binding, role


def _all(artefacts: Artefacts, cluster: str, kind: str) -> Iterator[Object]:
    for scope in ("", "Cluster"):
        yield from artefacts.all(cluster, f"{scope}{kind}", RBAC)


def held(artefacts: Artefacts, cluster: str) -> tuple[Mapping[str, Held], list[Fault]]:
    """What each account may bring; a right that no sync needs is a fault."""
    kinds: defaultdict[str, defaultdict[str, frozenset[Resource]]] = defaultdict(
        lambda: defaultdict(frozenset)
    )
    faults: list[Fault] = []
    some = accounts(artefacts, cluster)
    for who, binding, role in bound(artefacts, cluster, some):
        full, odd = _kinds(role)
        kinds[who][binding.namespace] |= full
        faults += [Fault(f"{role.node.path}: rights beyond a sync's: {text}") for text in odd]
    return {
        who: Held({s: k for s, k in of.items() if s}, of.get("", frozenset()))
        for who, of in kinds.items()
    }, faults


def _kinds(role: Object) -> tuple[frozenset[Resource], list[str]]:
    """The resources that a role lets an account bring, and its other rights."""
    rights = {
        (group, resource, verb, name)
        for rule in role.node["rules"].items()
        for group in rule["apiGroups"].texts()
        for resource in rule["resources"].texts()
        for verb in rule["verbs"].texts()
        for name in rule["resourceNames"].texts() or ("",)
    }
    verbs: defaultdict[Resource, set[str]] = defaultdict(set)
    for group, resource, verb, _ in rights - (_HANDING_ON if role.kind == "ClusterRole" else set()):
        verbs[group, resource].add(verb)
    full = frozenset(key for key, some in verbs.items() if some == _VERBS)
    gone = {key for key, some in verbs.items() if some == _REMOVE and key[1] not in _NEVER}
    rest = verbs.keys() - full - (gone if role.kind == "Role" else set())
    odd = [f"{', '.join(sorted(verbs[key]))} {'.'.join(key[::-1])}" for key in rest]
    return full, sorted(odd)


def plural(kind: str) -> str:
    """The resource of a kind, by the rules of English that Kubernetes follows."""
    name = kind.lower()
    if name == "agentgatewayparameters":
        return name
    if name[-1] == "y" and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name[-1] in "sx" else "s")
