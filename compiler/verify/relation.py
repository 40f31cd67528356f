"""The relation that a layer permits, compared with the one that the specs describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

APPROVAL = "this layer cannot ask a human"
TOOLS = "this layer cannot distinguish the tools of a server"


class Instance(NamedTuple):
    """Where a server runs."""

    namespace: str
    server: str


class Call(NamedTuple):
    """Who calls what, and whether a human agrees each time.

    `cluster` and `namespace` are "" outside of clusters; `project` is "" for a caller that is not
    an agent of a project; `tool` is "" where only the connection to the server is meant.
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
    """A fault of a layer that is not about a single call."""

    text: str


Finding = Call | Fault


class Report(NamedTuple):
    """The calls that a layer lacks, permits in excess, or cannot express, and its faults."""

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
    """What a layer permits, compared with what the specs say.

    Args:
        name: of the layer.
        findings: the calls that it permits, and its faults.
        expected: the calls of the specs.
        approvals: whether it can ask a human; if not, its calls count as if it asked as specified.
        inexpressible: calls that it cannot express, each with the reason.
    """
    wanted, all_findings = frozenset(expected), tuple(findings)
    calls = frozenset(finding for finding in all_findings if isinstance(finding, Call))
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
        faults=tuple(sorted({fault.text for fault in all_findings if isinstance(fault, Fault)})),
    )


def _as_meant(calls: Iterable[Call], wanted: Mapping[tuple[str, ...], Call]) -> frozenset[Call]:
    return frozenset(wanted.get(call[:6], call) for call in calls)
