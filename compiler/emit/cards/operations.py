"""What an agent's card says of tools: what it may do, what waits for people, what it cannot do."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.derive.reach import reached
from compiler.emit.cards.facts import OPERATIONS, granted, homes, operations, used
from compiler.emit.cards.words import codes, gap, section, tabled
from compiler.emit.format.markdown import Block, Code, Content, Paragraph
from compiler.graph import Resource
from compiler.model import Agent


def blocks(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    """The sections about tools."""
    yield from section("Operations allowed", _allowed(fleet, agent))
    yield from section("Approvals", _approvals(fleet, agent))
    yield from section("Restricted operations", *_restricted(fleet, agent))
    yield from section("Reach through other agents", _reach(fleet, agent))


def _allowed(fleet: Fleet, agent: Resource[Agent]) -> Block:
    """Every tool that some project grants, with what it does and where."""
    tools: dict[tuple[str, str], list[Grant]] = {}
    for grant in granted(fleet, agent):
        tools.setdefault((grant.call.server, grant.call.tool), []).append(grant)
    rows = []
    for (server, tool), some in sorted(tools.items()):
        traits = fleet.traits[server, tool]
        where = ", ".join(f"{one.call.project}{_asks(one)}" for one in some)
        carries = ["text of strangers"] * traits.untrusted + ["private data"] * traits.private
        does = ", ".join(operations(traits))
        rows.append((Code(f"{server}/{tool}"), does, ", ".join(carries) or "-", where))
    head = ("Tool", "Operations", "Its results carry", "Projects")
    return tabled(head, rows, "No project grants it a tool: it works on text alone.")


def _asks(grant: Grant) -> str:
    return " (a human approves each call)" if grant.approval == "human" else ""


def _approvals(fleet: Fleet, agent: Resource[Agent]) -> Block:
    """What waits for a human, and who agreed to the grant."""
    rows: list[tuple[Content, ...]] = [
        (
            grant.call.project,
            Code(f"{grant.call.server}/{grant.call.tool}"),
            grant.reason or gap("reason"),
            grant.approver or gap("approver"),
            str(grant.expires) if grant.expires else "no day is set",
        )
        for grant in granted(fleet, agent)
        if grant.approval == "human"
    ]
    head = ("Project", "A human approves each call of", "Reason", "Agreed by", "Last day")
    return tabled(head, rows, "No call of it waits for a human.")


def _restricted(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    """Operations that nothing of it does, and tools of its servers that nobody grants it."""
    some = granted(fleet, agent)
    done = {one for grant in some for one in operations(fleet.traits[grant.call[2:]])}
    never = [one for one in OPERATIONS if one not in done]
    told = f"It never does: {', '.join(never)}." if never else "It does each of the operations."
    yield Paragraph(told)
    calls = {grant.call[2:] for grant in some}
    rows = [
        (
            Code(server.name),
            codes(t.name for t in server.spec.tools if (server.name, t.name) not in calls),
        )
        for server in used(fleet, agent)
    ]
    nothing = "It reaches no server itself."
    yield tabled(("Server", "Tools that are granted to it in no project"), rows, nothing)


def _reach(fleet: Fleet, agent: Resource[Agent]) -> Block:
    """What it gets done through others, by project and way."""
    ways: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for project in homes(fleet, agent):
        for found in reached(fleet, (project.name, agent.name)):
            if found.path:
                tools = ways.setdefault((project.name, found.via, found.approval), [])
                tools.append("/".join(found.grant.call[2:]))
    rows = [
        (project, codes(via), "yes" if approval == "human" else "no", codes(tools))
        for (project, via, approval), tools in sorted(ways.items())
    ]
    head = ("Project", "Through", "A human is asked", "Tools")
    return tabled(head, rows, "It gets nothing done through others that it may not do itself.")
