"""PM2's process files: what a laptop starts, and the configuration of its agents."""

from __future__ import annotations

import json
from collections.abc import Iterator

from compiler.verify.artefacts import Artefacts, Malformed, Node, from_json
from compiler.verify.clients import granted
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate

NAME = "ecosystem.config.cjs"
START = "const apps = "
BRIDGE = "stack/bridge.py"


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the agents that PM2 starts, and the calls that their configuration allows."""
    findings: list[Finding] = []
    for path, text in sorted(artefacts.files.items()):
        parts = path.split("/")
        if parts[0] == "pm2" and parts[-1] == NAME and len(parts) == 3:
            try:
                findings += tuple(_apps(artefacts, parts[1], _literal(text, path)))
            except Malformed as wrong:
                findings.append(Fault(str(wrong)))
    wanted = [
        Call("", project.name, agent, "", "", "")
        for project in estate.projects.values()
        for agent in project.team
    ]
    return compare("pm2", findings, [*wanted, *granted(estate)], approvals=True)


def _literal(text: str, path: str) -> Node:
    """The list of apps, which is JSON within the program."""
    _, start, after = text.partition(START)
    try:
        if not start or START in after:
            raise ValueError("it does not have exactly one list of apps")
        return Node(json.JSONDecoder().raw_decode(after)[0], path)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{path}: {error}") from None


def _apps(artefacts: Artefacts, stack: str, apps: Node) -> Iterator[Finding]:
    bridged = set()
    for app in apps.items():
        env = app["env"]
        project, agent = env["AGENT_PROJECT"].text(), env["AGENT_ID"].text()
        if project:
            yield from _agent(artefacts, stack, project, agent, app)
        elif app["script"].text() == BRIDGE:
            bridged.add(" ".join(app["args"].texts()))
        elif stack != "platform":
            yield Fault(f"{app.path}: {app['name'].text()} is neither an agent nor a bridge")
    for path in artefacts.files:
        if path.startswith(f"pm2/{stack}/servers/") and f"generated/{path}" not in bridged:
            yield Fault(f"{apps.path}: nothing starts the bridge of {path}")


def _agent(
    artefacts: Artefacts, stack: str, project: str, agent: str, app: Node
) -> Iterator[Finding]:
    config = f"clients/{project}/{agent}/local/.mcp.json"
    access = f"pm2/{project}/agents/{agent}.json"
    if project != stack:
        yield Fault(f"{app.path}: {project}/{agent} starts in the stack of {stack}")
    for variable, own in (("MCP_CONFIG", config), ("ACCESS", access)):
        if app["env"][variable].text() != f"generated/{own}":
            yield Fault(f"{app.path}: {project}/{agent} does not start with its own {variable}")
        elif own not in artefacts.files:
            yield Fault(f"{app.path}: there is no {own}")
    yield Call("", project, agent, "", "", "")
    allowed = from_json(artefacts.files.get(access, "{}"), access)
    for server, tools in allowed["tools"].fields():
        for tool, approval in tools.pairs().items():
            yield Call("", project, agent, "", server, tool, approval)
