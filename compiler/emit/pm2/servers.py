"""What the bridge of an MCP server reads: what to start, and who may call which tools."""

from __future__ import annotations

from compiler.derive.stack import LocalServer
from compiler.emit.format.json import dump
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Project


def file(project: Resource[Project], local: LocalServer) -> File:
    """`pm2/<project>/servers/<server>.json`."""
    spec, package = local.server.spec, local.server.spec.package
    assert package is not None, local.app
    content = {
        "version": 1,
        "project": project.name,
        "server": local.server.name,
        "port": local.port,
        "path": spec.transport.path,
        "command": list(package.command),
        "env": dict(sorted(package.env.items())),
        "secrets": [secret.name for secret in spec.secrets],
        "sessions": spec.transport.sessions,
        "tools": {caller: list(tools) for caller, tools in local.callers.items()},
    }
    origins = (
        Origin("", project, ("servers", local.entry)),
        Origin("tools", project, ("agents",)),
        Origin("command", local.server, ("package", "command")),
        *((Origin("env", local.server, ("package", "env")),) if package.env else ()),
        *((Origin("secrets", local.server, ("secrets",)),) if spec.secrets else ()),
    )
    return File(f"pm2/{project.name}/servers/{local.server.name}.json", dump(content), origins)
