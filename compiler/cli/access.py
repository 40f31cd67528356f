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
    _check_names(fleet, wanted)
    calls = [call for call in _relation(fleet, reach=reach) if _matches(call, wanted)]
    click.echo(_json(fleet, calls) if format == "json" else _table(fleet, calls, reach), nl=False)


def _relation(fleet: Fleet, *, reach: bool) -> list[Reached]:
    """The direct grants; with `reach` also what each team member reaches through others."""
    from compiler.derive.reach import Reached, reached

    if not reach:
        return [Reached(grant.call[:2], (), grant, grant.approval) for grant in fleet.grants]
    return [call for member in fleet.reach.members for call in reached(fleet, member)]


def _check_names(fleet: Fleet, wanted: dict[str, str | None]) -> None:
    """Fail on an unknown name, instead of an empty answer."""
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


def _call(reached: Reached) -> dict[str, str]:
    """Who calls what: the agent that starts the delegation, and the call at its end."""
    project, agent = reached.member
    return {
        "project": project,
        "agent": agent,
        "server": reached.grant.call.server,
        "tool": reached.grant.call.tool,
    }


def _matches(reached: Reached, wanted: dict[str, str | None]) -> bool:
    call = _call(reached)
    return all(name in (None, call[kind]) for kind, name in wanted.items())


def _table(fleet: Fleet, calls: Iterable[Reached], reach: bool) -> str:
    head = ["PROJECT", "AGENT", "SERVER", "TOOL", "APPROVAL", "VIA", "GRANTED IN"]
    rows = []
    for reached in calls:
        span = fleet.place(reached.grant)
        via = " > ".join(reached.via) or "-"
        place = f"{span.path}:{span.start.line}"
        rows.append([*_call(reached).values(), reached.approval, via, place])
    if not reach:
        for line in (head, *rows):
            del line[5]
    return table(head, rows)


def _json(fleet: Fleet, calls: Iterable[Reached]) -> str:
    grants = []
    for reached in calls:
        span = fleet.place(reached.grant)
        condition = {"approval": reached.approval, "via": list(reached.via)}
        grants.append({**_call(reached), **condition, "path": span.path, "line": span.start.line})
    return json.dumps({"version": 1, "grants": grants}, indent=2) + "\n"
