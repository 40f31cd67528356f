"""`roster access`: who may call what, on what condition, and which line says so."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli import inputs
from compiler.cli.session import analysed_fleet, fail, root_option, table, today_option
from compiler.diagnostic import did_you_mean

if TYPE_CHECKING:
    from compiler.derive import Fleet
    from compiler.derive.fleet import Grant


@click.command()
@root_option
@today_option
@click.option("--project", help="Only this project.")
@click.option("--agent", help="Only this agent.")
@click.option("--server", help="Only this server.")
@click.option("--tool", help="Only this tool; `server/tool` names both.")
@click.option("--format", type=click.Choice(("table", "json")), default="table")
def command(
    root: Path,
    today: date,
    project: str | None,
    agent: str | None,
    server: str | None,
    tool: str | None,
    format: str,
) -> None:
    """List the access relation: project, agent, server, tool, the condition and the line."""
    if tool and "/" in tool:
        server, tool = tool.split("/", 1)
    fleet = analysed_fleet(inputs.read(root), today)
    wanted = {"project": project, "agent": agent, "server": server, "tool": tool}
    _known(fleet, wanted)
    grants = [grant for grant in fleet.grants if _matches(grant, wanted)]
    click.echo(_json(fleet, grants) if format == "json" else _table(fleet, grants), nl=False)


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


def _matches(grant: Grant, wanted: dict[str, str | None]) -> bool:
    return all(name in (None, getattr(grant.call, kind)) for kind, name in wanted.items())


def _table(fleet: Fleet, grants: Iterable[Grant]) -> str:
    rows = [(*g.call, g.approval, _place(fleet, g)) for g in grants]
    return table(("PROJECT", "AGENT", "SERVER", "TOOL", "APPROVAL", "GRANTED IN"), rows)


def _place(fleet: Fleet, grant: Grant) -> str:
    span = fleet.place(grant)
    return f"{span.path}:{span.start.line}"


def _json(fleet: Fleet, grants: Iterable[Grant]) -> str:
    found = []
    for grant in grants:
        span = fleet.place(grant)
        where: dict[str, object] = {"via": [], "path": span.path, "line": span.start.line}
        found.append({**grant.call._asdict(), "approval": grant.approval, **where})
    return json.dumps({"version": 1, "grants": found}, indent=2) + "\n"
