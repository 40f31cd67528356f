"""PM2's process files: which agents a laptop starts, and with whose configuration."""

from __future__ import annotations

import json
from collections.abc import Iterator

from compiler.verify.artefacts import Artefacts, Malformed, Node
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import World

NAME = "ecosystem.config.cjs"
START = "const apps = "


def read(world: World, artefacts: Artefacts) -> Report:
    """Compare the agents that PM2 starts; what each may call, its client configuration says."""
    found: list[Finding] = []
    for path, text in sorted(artefacts.files.items()):
        parts = path.split("/")
        if parts[0] == "pm2" and parts[-1] == NAME and len(parts) == 3:
            try:
                found += tuple(_apps(artefacts, parts[1], _literal(text, path)))
            except Malformed as wrong:
                found.append(Fault(str(wrong)))
    wanted = [
        Call("", project.name, agent, "", "", "")
        for project in world.projects.values()
        for agent in project.team
    ]
    return compare("pm2", found, wanted)


def _literal(text: str, path: str) -> Node:
    """The list of apps, which is JSON within the program."""
    _, found, after = text.partition(START)
    try:
        if not found or START in after:
            raise ValueError("it has not exactly one list of apps")
        return Node(json.JSONDecoder().raw_decode(after)[0], path)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{path}: {error}") from None


def _apps(artefacts: Artefacts, stack: str, apps: Node) -> Iterator[Finding]:
    for app in apps.items():
        env = app["env"]
        project, agent = env["AGENT_PROJECT"].text(), env["AGENT_ID"].text()
        if not project:  # a process of the platform
            continue
        own = f"clients/{project}/{agent}/.mcp.json"
        if project != stack:
            yield Fault(f"{app.path}: {project}/{agent} starts in the stack of {stack}")
        if env["MCP_CONFIG"].text() != f"generated/{own}":
            yield Fault(f"{app.path}: {project}/{agent} does not start with its own servers")
        elif own not in artefacts.files:
            yield Fault(f"{app.path}: there is no {own}")
        yield Call("", project, agent, "", "", "")
