"""The tool gateway of a laptop: agentgateway's own file for each project, with the same relation.

Facts about agentgateway 1.4 behind it: a token is asked for only in mode `strict`; the rules of a
route decide about its one server; `prefixMode: never` leaves the names of tools as they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.emit.format import cel
from compiler.emit.format.json import Object
from compiler.emit.format.yaml import dump
from compiler.file import File, Origin
from compiler.gateways import AUDIENCE, chunks
from compiler.gateways.agentgateway import EXPRESSION_TOOLS
from compiler.graph import Resource
from compiler.model import MCPServer, Project
from compiler.model.platform import Tokens

FOLDERS: tuple[str, ...] = ("gateway",)
_PORT = 3000


def emit(fleet: Fleet) -> Iterator[File]:
    """`gateway/<project>/config.yaml`, where the platform says who signs tokens."""
    tokens = fleet.platform.tokens
    for project in fleet.graph.all(Project) if tokens else ():
        assert tokens is not None
        routes = list(_routes(fleet, project, tokens))
        listener = {"protocol": "HTTP", "routes": routes}
        config: Object = {"binds": [{"port": _PORT, "listeners": [listener]}]}
        origin = Origin("", fleet.platform_resource, ("tokens",))
        servers = Origin("binds.0.listeners.0.routes", project, ("servers",))
        if routes:
            yield File(f"gateway/{project.name}/config.yaml", dump(config), (origin, servers))


def _routes(fleet: Fleet, project: Resource[Project], tokens: Tokens) -> Iterator[Object]:
    for name in sorted(map(str, project.spec.servers)):
        server = fleet.graph.get(MCPServer, name)
        rules = [
            {"allow": cel.calls(f"{project.name}.{member}", name, some)}
            for member, tools in _granted(fleet, project, name)
            for some in chunks(tools, EXPRESSION_TOOLS)
        ]
        if rules and server.spec.package is not None:
            proof = {
                "mode": "strict",
                "issuer": tokens.issuer,
                "audiences": [AUDIENCE],
                "jwks": {"url": tokens.jwks},
            }
            yield {
                "name": name,
                "matches": [{"path": {"pathPrefix": f"/{name}"}}],
                "policies": {"jwtAuth": proof, "mcpAuthorization": {"rules": rules}},
                "backends": [{"mcp": _target(server)}],
            }


def _granted(
    fleet: Fleet, project: Resource[Project], server: str
) -> Iterator[tuple[str, list[str]]]:
    for agent in sorted(str(member.agent) for member in project.spec.agents):
        grants = fleet.grants_by_agent.get((project.name, agent), ())
        tools = [grant.call.tool for grant in grants if grant.call.server == server]
        if tools:
            yield agent, sorted(tools)


def _target(server: Resource[MCPServer]) -> Object:
    package = server.spec.package
    assert package is not None, server.name
    command, *args = package.command
    stdio: Object = {"cmd": command, "args": args}
    if package.env:
        stdio["env"] = dict(sorted(package.env.items()))
    targets = [{"name": server.name, "stdio": stdio}]
    return {"failureMode": "failClosed", "prefixMode": "never", "targets": targets}
