"""Argo CD 3.5: which kinds a sync may bring into which namespace, against what the files hold.

A sync may bring what its AppProject lists, to one of the AppProject's destinations, and only with
the rights of its account. Every object has exactly one Application that brings it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from compiler.verify.artefacts import Artefacts, Object
from compiler.verify.gathering import gather
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate
from compiler.verify.syncs import WIDE, Held, held, plural, subject

GROUP = "argoproj.io"
_CLUSTER, _NAMESPACED = "clusterResourceWhitelist", "namespaceResourceWhitelist"
_LISTS = (_CLUSTER, _NAMESPACED, "destinations", "destinationServiceAccounts")

Holders = Mapping[str, Held]


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare what syncs may bring with what there is to bring."""
    findings, judged = gather(estate, artefacts, _cluster)
    wanted = {call for cluster in judged for call in _wanted(artefacts, cluster)}
    return compare("argocd", findings, wanted)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    projects = _projects(artefacts, cluster)
    if bool(projects) != estate.clusters[cluster].synced:
        yield Fault(f"{cluster}: Argo CD is installed, or there are AppProjects, but not both")
    if not projects:
        return
    holders, faults = held(artefacts, cluster)
    yield from faults
    yield from _brought(artefacts, cluster)
    for project in projects.values():
        yield from _closed(estate, project)
        yield from _permitted(cluster, project, holders)
    yield from _wider(artefacts, cluster, projects, holders)
    for application in artefacts.all(cluster, "Application", GROUP):
        target = application.spec["destination"]
        if application.spec["project"].text() not in projects:
            yield Fault(f"{application.node.path}: its AppProject does not exist")
        if not target["server"].absent or target["name"].text() not in estate.clusters:
            yield Fault(f"{application.node.path}: its destination is not the name of a cluster")


def _projects(artefacts: Artefacts, cluster: str) -> dict[str, Object]:
    return {project.name: project for project in artefacts.all(cluster, "AppProject", GROUP)}


def _objects(artefacts: Artefacts, cluster: str, application: Object) -> Iterator[Object]:
    """The objects in the folder of an Application, and below it, if the Application recurses."""
    source = application.spec["source"]
    folder = source["path"].text().removeprefix("generated/") + "/"
    deep = source["directory"]["recurse"].value is True
    for object in artefacts.in_cluster(cluster):
        path = object.node.path
        if path.startswith(folder) and (deep or "/" not in path.removeprefix(folder)):
            yield object


def _brought(artefacts: Artefacts, cluster: str) -> Iterator[Fault]:
    """Objects that no Application brings, or two do; people apply those in `bootstrap/`."""
    times: Counter[str] = Counter()
    for application in artefacts.all(cluster, "Application", GROUP):
        paths = {object.node.path for object in _objects(artefacts, cluster, application)}
        times.update(paths)
        if not paths:
            yield Fault(f"{application.node.path}: its folder is empty")
    for object in artefacts.in_cluster(cluster):
        path = object.node.path
        if times[path] != (0 if path.startswith(f"clusters/{cluster}/bootstrap/") else 1):
            yield Fault(f"{path}: {times[path]} Applications bring it")


def _closed(estate: Estate, project: Object) -> Iterator[Fault]:
    """An AppProject has no wildcard, one repository, and no account of an agent or a server."""
    path, spec = project.node.path, project.spec
    if spec["sourceRepos"].texts() != (estate.repository,):
        yield Fault(f"{path}: its sources are not exactly the repository")
    entries = (entry for name in _LISTS for entry in spec[name].items())
    texts = [value.text() for entry in entries for _, value in entry.fields()]
    if any("*" in text or text.startswith("!") for text in texts):
        yield Fault(f"{path}: it has a wildcard")
    workloads = {*estate.servers, *(a for p in estate.projects.values() for a in p.team)}
    for entry in spec["destinationServiceAccounts"].items():
        name = entry["defaultServiceAccount"].text()
        if ":" in name or name in workloads:
            yield Fault(f"{path}: a sync would become `{name}`")


def _wanted(artefacts: Artefacts, cluster: str) -> Iterator[Call]:
    """What the objects of every Application need."""
    projects = _projects(artefacts, cluster)
    holders, _ = held(artefacts, cluster)
    for application in artefacts.all(cluster, "Application", GROUP):
        project = projects.get(application.spec["project"].text())
        if project is not None:
            wide = any(holder.wide for holder in _holders(project, holders))
            for object in _objects(artefacts, cluster, application):
                space = "" if wide else object.namespace
                yield _call(cluster, project, space, (object.group, object.kind))


def _permitted(cluster: str, project: Object, holders: Holders) -> Iterator[Call]:
    """The kinds that both the AppProject and the rights of its accounts let in, by namespace."""
    spaces = {
        destination["namespace"].text() for destination in project.spec["destinations"].items()
    }
    for name in (_CLUSTER, _NAMESPACED):
        for kind in project.spec[name].items():
            what = kind["group"].text(), kind["kind"].text()
            resource = what[0], plural(what[1])
            for holder in _holders(project, holders):
                if resource in holder.wide:
                    yield _call(cluster, project, "", what)
                for space, some in holder.kinds.items() if name == _NAMESPACED else ():
                    if space in spaces and resource in some:
                        yield _call(cluster, project, space, what)


def _wider(
    artefacts: Artefacts, cluster: str, projects: Mapping[str, Object], holders: Holders
) -> Iterator[Fault]:
    """The AppProject alone, and the account alone, must not permit more than is needed."""
    needed = set(_wanted(artefacts, cluster))
    for name, project in projects.items():
        kinds = {call.server for call in needed if call.project == name}
        for listed in (_CLUSTER, _NAMESPACED):
            for kind in project.spec[listed].items():
                text = _kind((kind["group"].text(), kind["kind"].text()))
                if text not in kinds:
                    yield Fault(f"{project.node.path}: nothing brings a {text}")
    for who, (spaces, wide) in holders.items():
        for space, permitted in {**spaces, "": wide - WIDE}.items():
            brought = {_resource(call.server) for call in needed if call.namespace == space}
            for resource in sorted(permitted - brought):
                text = ".".join(filter(None, resource[::-1]))
                yield Fault(f"{cluster}: {who} may bring {text} into `{space}` without need")


def _resource(kind: str) -> tuple[str, str]:
    name, _, group = kind.partition(".")
    return group, plural(name)


def _holders(project: Object, holders: Holders) -> Iterable[Held]:
    accounts = project.spec["destinationServiceAccounts"].items()
    return [holders[who] for who in dict.fromkeys(map(subject, accounts)) if who in holders]


def _call(cluster: str, project: Object, space: str, kind: tuple[str, str]) -> Call:
    return Call(cluster, project.name, "argo-cd", space, _kind(kind), "")


def _kind(kind: tuple[str, str]) -> str:
    """A kind with its group, as in `Deployment.apps`."""
    return ".".join(filter(None, kind[::-1]))
