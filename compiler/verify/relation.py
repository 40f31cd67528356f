"""The relation that a layer permits, beside the one that the specs describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

APPROVAL = "this layer asks no human"
TOOLS = "this layer cannot tell the tools of a server apart"


class Instance(NamedTuple):
    """Where a server runs."""

    namespace: str
    server: str


class Call(NamedTuple):
    """Who calls what, and whether a human agrees each time.

    `cluster` and `namespace` are "" for what lies outside of clusters; `project` is "" for whoever
    is no agent of any; `tool` is "" where only the connection to the server is meant.
    """

    cluster: str
    project: str
    agent: str
    namespace: str
    server: str
    tool: str
    approval: str = "none"

    @property
    def pair(self) -> Call:
        """The connection that the call needs."""
        return self._replace(tool="", approval="none")


class Fault(NamedTuple):
    """What is wrong with a layer, beyond single calls."""

    text: str


Finding = Call | Fault


class Report(NamedTuple):
    """What a layer permits too little, too much, cannot say, and what is wrong with it."""

    name: str
    permits: int
    missing: tuple[Call, ...] = ()
    excess: tuple[Call, ...] = ()
    inexpressible: tuple[tuple[str, Call], ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the layer differs from the specs."""
        return bool(self.missing or self.excess or self.faults)


def compare(
    name: str,
    findings: Iterable[Finding],
    expected: Iterable[Call],
    *,
    approvals: bool = False,
    inexpressible: Iterable[tuple[str, Call]] = (),
) -> Report:
    """What was found, against what the specs say; `approvals`: whether the layer can ask a human.

    A layer that cannot is not blamed for it: its calls count as they are meant.
    """
    wanted, found = frozenset(expected), tuple(findings)
    calls = frozenset(one for one in found if isinstance(one, Call))
    silent = set(inexpressible)
    if not approvals:
        calls = _as_meant(calls, {call[:6]: call for call in wanted})
        silent |= {(APPROVAL, call) for call in wanted if call.approval == "human"}
    return Report(
        name,
        permits=len(calls),
        missing=tuple(sorted(wanted - calls)),
        excess=tuple(sorted(calls - wanted)),
        inexpressible=tuple(sorted(silent)),
        faults=tuple(sorted({one.text for one in found if isinstance(one, Fault)})),
    )


def _as_meant(calls: Iterable[Call], wanted: Mapping[tuple[str, ...], Call]) -> frozenset[Call]:
    return frozenset(wanted.get(call[:6], call) for call in calls)
