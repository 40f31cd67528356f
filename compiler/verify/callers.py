"""The callers and tools to try against a layer's rules.

Their number grows about linearly with the estate, and unknown callers and tools are among them, so
that a wildcard shows as a call that is not granted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from compiler.verify.relation import Call, Instance
from compiler.verify.specs import Estate

UNKNOWN = "0-unknown"
"""A name that no agent, project or namespace has: theirs start with a letter."""
UNDECLARED = "undeclared~tool"
"""A name that no declared tool has: `~` is not allowed in one."""

_QUOTED = re.compile(r""""([^"\\]*)"|'([^'\\]*)'""")
_IDENTITY = re.compile(
    r"(?:system:serviceaccount:|(?:spiffe://)?[^/ :]+/ns/)?([a-z0-9-]+)(?::|/sa/|/)([a-z0-9.-]+)"
)
_TOOL = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_PART = re.compile(r"[a-z0-9:/-]{4,}")
_USUAL = ("system:serviceaccount:", "spiffe://cluster.local/ns/")
"""The prefixes that all identities share, so that they identify no caller."""
_LOOSE = re.compile(r"\*|startsWith|endsWith|contains|matches|like")


class Caller(NamedTuple):
    """A Kubernetes service account, and the project if it is one of its agents."""

    namespace: str
    account: str
    project: str = ""

    @property
    def shown(self) -> str:
        """The agent's name; with its namespace, if it is not an agent of a project."""
        return self.account if self.project else f"{self.namespace}/{self.account}"

    @property
    def subject(self) -> str:
        """Its name in a token (`sub`) and to the API server."""
        return f"system:serviceaccount:{self.namespace}:{self.account}"

    @property
    def spiffe(self) -> str:
        """Its SPIFFE id, in the usual trust domain."""
        return f"spiffe://cluster.local/ns/{self.namespace}/sa/{self.account}"


def words(value: Any) -> frozenset[str]:
    """Every text in a value, and every quoted part of it: the names that rules use."""
    return frozenset(_words(value))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield from (a or b for a, b in _QUOTED.findall(value))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _words(inner)


def agents(estate: Estate, project: str) -> Iterator[Caller]:
    """The agents of a project."""
    entry = estate.projects[project]
    return (Caller(entry.agents_namespace, agent, project) for agent in entry.team)


def candidates(estate: Estate, users: Iterable[str], named: Iterable[str]) -> frozenset[Caller]:
    """The callers to try on a server: its users' agents, those that rules name, and unknown ones.

    Unknown callers are an unknown name, in each namespace of agents and outside of them, and the
    name of each agent outside of its namespace. One agent represents each other project whose
    identity a rule contains a part of.

    Args:
        estate: what the specs say.
        users: the projects that use the server.
        named: the texts of the layer's rules.
    """
    users, named = frozenset(users), frozenset(named)
    own = [caller for project in users for caller in agents(estate, project)]
    unknown = [Caller(caller.namespace, UNKNOWN, caller.project) for caller in own]
    same_name = [Caller(UNKNOWN, caller.account) for caller in own]
    others = _others(estate, users, named)
    named_ones = _identities(estate, named)
    return frozenset((*own, *unknown, *same_name, *others, *named_ones, Caller(UNKNOWN, UNKNOWN)))


def _others(estate: Estate, users: frozenset[str], named: frozenset[str]) -> Iterator[Caller]:
    words = {part for word in named for part in _PART.findall(word)}
    parts = {part for part in words if not any(part in usual for usual in _USUAL)}
    for project in estate.projects.keys() - users:
        for caller in islice(agents(estate, project), 1):
            if any(part in caller.subject or part in caller.spiffe for part in parts):
                yield caller


def _identities(estate: Estate, named: Iterable[str]) -> Iterator[Caller]:
    homes = {project.agents_namespace: project for project in estate.projects.values()}
    for match in filter(None, map(_IDENTITY.fullmatch, named)):
        home = homes.get(match[1])
        member = home is not None and match[2] in home.team
        yield Caller(match[1], match[2], home.name if home and member else "")


def tools(declared: Iterable[str], named: Iterable[str]) -> tuple[str, ...]:
    """The tools to try: declared ones, an undeclared one, and those that rules name or match."""
    named = frozenset(named)
    stems = {stem for word in named if _TOOL.fullmatch(stem := word.strip("*"))}
    loose = any(_LOOSE.search(word) for word in named)
    around = {text for stem in stems for text in (f"{stem}~", f"~{stem}")} if loose else set()
    return tuple(sorted({*declared, UNDECLARED, *stems, *around}))


def tried(
    estate: Estate,
    cluster: str,
    instance: Instance,
    named: frozenset[str],
    permits: Callable[[Caller, str], bool],
) -> Iterator[Call]:
    """The calls of one server instance that a layer permits, among all that are tried."""
    users = estate.users(cluster).get(instance, ())
    names = tools(estate.servers[instance.server].tools, named)
    for caller in candidates(estate, users, named):
        for tool in names:
            if permits(caller, tool):
                yield Call(cluster, caller.project, caller.shown, *instance, tool)
