"""What the bridge of an MCP server reads: what to start, and whom to let in to which tools."""

from __future__ import annotations

from compiler.derive.stack import LocalServer
from compiler.emit.format.json import dump
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Project


def file(project: Resource[Project], one: LocalServer) -> File:
    """`pm2/<project>/servers/<server>.json`."""
    spec, package = one.server.spec, one.server.spec.package
    assert package is not None, one.app
    content = {
        "version": 1,
        "project": project.name,
        "server": one.server.name,
        "port": one.port,
        "path": spec.transport.path,
        "command": list(package.command),
        "env": dict(sorted(package.env.items())),
        "secrets": [secret.name for secret in spec.secrets],
        "sessions": spec.transport.sessions,
        "tools": {caller: list(tools) for caller, tools in one.callers.items()},
    }
    origins = (
        Origin("", project, ("servers", one.entry)),
        Origin("tools", project, ("agents",)),
        Origin("command", one.server, ("package", "command")),
        *((Origin("env", one.server, ("package", "env")),) if package.env else ()),
        *((Origin("secrets", one.server, ("secrets",)),) if spec.secrets else ()),
    )
    return File(f"pm2/{project.name}/servers/{one.server.name}.json", dump(content), origins)
