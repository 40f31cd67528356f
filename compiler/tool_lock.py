"""The lock of tools: the definitions that a server listed when `roster lock` last ran.

Models read descriptions of tools, so a changed description changes what agents do; with a lock, a
change shows in a review. One file for each server, beside its spec; in ASCII, so that no character
is hidden.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Graph
from compiler.lock import Unread, load
from compiler.model import MCPServer
from compiler.model.base import TOOL
from compiler.model.mcp_server import Annotations
from compiler.source import LISTED, Source, Span, top

FOLDER, SUFFIX = "specs/mcp-servers/", LISTED
INVALID = Rule("tool-lock-invalid", Severity.ERROR, "the lock of a server's tools is broken")
RULES = (INVALID,)
Definition = Mapping[str, Any]
"""A tool as in the answer to MCP's `tools/list`."""
_STARTED = ("package", "integrity", "command", "env", "secrets")
_KEYS = ("version", *_STARTED, "tools")
_NAME = re.compile(TOOL)


@dataclass(frozen=True, slots=True)
class Listed:
    """What a server listed, and how it was started."""

    started: Mapping[str, Any]
    tools: Mapping[str, Definition]


def path(server: str) -> str:
    """The path of a server's lock."""
    return f"{FOLDER}{server}{SUFFIX}"


def is_lock(path: str) -> bool:
    """Whether a path is that of a server's lock."""
    return path.startswith(FOLDER) and path.endswith(SUFFIX)


def started(server: MCPServer) -> dict[str, Any] | None:
    """How a server is started, which decides on its tools; None if it is not a package.

    The package (`npm:@stripe/mcp@0.3.3`), its integrity, the command, the environment and the
    names of the secrets.
    """
    package = server.package
    if package is None:
        return None
    return {
        "package": f"{package.registry}:{package.name}@{package.version}",
        "integrity": package.integrity,
        "command": list(package.command),
        "env": dict(sorted(package.env.items())),
        "secrets": sorted(secret.name for secret in server.secrets),
    }


def locks(graph: Graph) -> Iterator[tuple[str, Source, Listed]]:
    """Every valid lock: the server, the file, and the tools."""
    for source in graph.texts.values():
        listed = read(source)[0] if is_lock(source.path) else None
        if listed is not None:
            yield source.path[len(FOLDER) : -len(SUFFIX)], source, listed


@lru_cache(maxsize=256)
def read(source: Source) -> tuple[Listed | None, tuple[Diagnostic, ...]]:
    """The content of a lock, and its mistakes; a broken lock has no content."""
    try:
        content = load(source)
        if not isinstance(content, dict) or content.keys() != set(_KEYS):
            raise ValueError(f"it holds more or less than {', '.join(_KEYS)}")
        if content["version"] != 1 or isinstance(content["version"], bool):
            raise ValueError("its version is not 1")
        started = {key: content[key] for key in _STARTED}
        if not isinstance(started["package"], str):
            raise ValueError("its package is no text")
        tools = by_name(content["tools"])
    except ValueError as why:
        span = why.span if isinstance(why, Unread) else top(source.path)
        return None, (_broken(span, str(why)),)
    return Listed(started, tools), ()


def by_name(tools: object) -> dict[str, Definition]:
    """Tools by their names.

    Raises:
        ValueError: the list is not one that a lock may have; the text says why.
    """
    definitions: dict[str, Definition] = {}
    if not isinstance(tools, list):
        raise ValueError("its tools are no list")
    for tool in tools:
        name = tool.get("name") if isinstance(tool, dict) else None
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError("a tool has no name that a spec can have: letters, digits, `_.-`")
        if name in definitions:
            raise ValueError(f"the tool `{name}` is there twice")
        if not _fit(tool.get("annotations")):
            raise ValueError(f"a hint of the tool `{name}` is neither true nor false")
        definitions[name] = tool
    return definitions


def _fit(hints: object) -> bool:
    """Whether a tool's annotations are valid."""
    annotations = hints if isinstance(hints, dict) else {}
    values = [annotations.get(name) for name in Annotations.model_fields]
    return hints in (None, annotations) and all(
        hint is None or isinstance(hint, bool) for hint in values
    )


def dump(listed: Listed) -> str:
    """The text of a lock.

    Raises:
        ValueError: a definition has a number that JSON does not have (NaN, Infinity).
    """
    tools = [listed.tools[name] for name in sorted(listed.tools)]
    content = {"version": 1, **listed.started, "tools": _ordered(tools)}
    return json.dumps({key: content[key] for key in _KEYS}, indent=2, allow_nan=False) + "\n"


def _ordered(value: Any) -> Any:
    """The same value with sorted keys, as servers list them in any order."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def differences(before: Listed | None, now: Listed) -> Iterator[tuple[str, str]]:
    """Each tool that changed, and how; "-" stands for the whole server."""
    if before is None or before.started != now.started:
        yield "-", f"{now.started['package']} lists {len(now.tools)}"
    had = before.tools if before else now.tools
    for tool in sorted(had.keys() | now.tools.keys()):
        if tool not in now.tools:
            yield tool, "gone"
        elif tool not in had:
            yield tool, "new"
        elif parts := list(_parts(had[tool], now.tools[tool])):
            yield tool, f"changed: {', '.join(parts)}"


def _parts(before: Definition, now: Definition) -> Iterator[str]:
    for key in sorted(before.keys() | now.keys()):
        if _text(before, key) != _text(now, key):
            yield key


def _text(tool: Definition, key: str) -> str:
    """A part of a definition as JSON, where `true` is not 1."""
    return json.dumps(tool[key], sort_keys=True) if key in tool else ""


def _broken(span: Span, why: str) -> Diagnostic:
    server = span.path[len(FOLDER) : -len(SUFFIX)]
    help = f"remove it, and run `roster lock {server}`"
    return INVALID.at(span, f"`{span.path}` is broken: {why}", help=help)
