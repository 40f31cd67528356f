"""`roster access`: who may call what, on what condition, and which line says so."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli import inputs
from compiler.cli.failure import fail
from compiler.cli.session import analysed, root_option, table, today_option
from compiler.diagnostic import did_you_mean

if TYPE_CHECKING:
    from compiler.derive import Fleet
    from compiler.derive.reach import Reached


@click.command()
@root_option
@today_option
@click.option("--project", help="Only this project.")
@click.option("--agent", help="Only this agent.")
@click.option("--server", help="Only this server.")
@click.option("--tool", help="Only this tool; `server/tool` names both.")
@click.option("--reach", is_flag=True, help="Also what delegation adds, and over whom.")
@click.option("--format", type=click.Choice(("table", "json")), default="table")
def command(
    root: Path,
    today: date,
    project: str | None,
    agent: str | None,
    server: str | None,
    tool: str | None,
    reach: bool,
    format: str,
) -> None:
    """List the access relation: project, agent, server, tool, the condition and the line."""
    if tool and "/" in tool:
        server, tool = tool.split("/", 1)
    fleet = analysed(inputs.read(root), today)
    wanted = {"project": project, "agent": agent, "server": server, "tool": tool}
    _known(fleet, wanted)
    found = [one for one in _relation(fleet, reach=reach) if _matches(one, wanted)]
    click.echo(_json(fleet, found) if format == "json" else _table(fleet, found, reach), nl=False)


def _relation(fleet: Fleet, *, reach: bool) -> list[Reached]:
    """The direct grants; with `reach` what each member of each team gets through others as well."""
    from compiler.derive.reach import Reached, reached

    if not reach:
        return [Reached(grant.call[:2], (), grant, grant.approval) for grant in fleet.grants]
    return [one for member in fleet.reach.members for one in reached(fleet, member)]


def _known(fleet: Fleet, wanted: dict[str, str | None]) -> None:
    """A name that nothing has is a slip, and not an empty answer."""
    from compiler.model import Agent, MCPServer, Project

    servers = fleet.graph.all(MCPServer)
    names = {
        "project": {project.name for project in fleet.graph.all(Project)},
        "agent": {agent.name for agent in fleet.graph.all(Agent)},
        "server": {server.name for server in servers},
        "tool": {tool.name for server in servers for tool in server.spec.tools},
    }
    for kind, name in wanted.items():
        if name is not None and name not in names[kind]:
            near = did_you_mean(name, names[kind])
            fail(f"there is no {kind} `{name}`{'; ' + near if near else ''}")


def _call(one: Reached) -> dict[str, str]:
    """Who calls what: the agent that starts, and the call at the end of the way."""
    project, agent = one.member
    return {
        "project": project,
        "agent": agent,
        "server": one.grant.call.server,
        "tool": one.grant.call.tool,
    }


def _matches(one: Reached, wanted: dict[str, str | None]) -> bool:
    call = _call(one)
    return all(name in (None, call[kind]) for kind, name in wanted.items())


def _table(fleet: Fleet, found: Iterable[Reached], reach: bool) -> str:
    head = ["PROJECT", "AGENT", "SERVER", "TOOL", "APPROVAL", "VIA", "GRANTED IN"]
    rows = []
    for one in found:
        span = fleet.place(one.grant)
        via = " > ".join(one.via) or "-"
        rows.append([*_call(one).values(), one.approval, via, f"{span.path}:{span.start.line}"])
    if not reach:
        for line in (head, *rows):
            del line[5]
    return table(head, rows)


def _json(fleet: Fleet, found: Iterable[Reached]) -> str:
    grants = []
    for one in found:
        span = fleet.place(one.grant)
        condition = {"approval": one.approval, "via": list(one.via)}
        grants.append({**_call(one), **condition, "path": span.path, "line": span.start.line})
    return json.dumps({"version": 1, "grants": grants}, indent=2) + "\n"
