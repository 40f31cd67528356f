"""MCP's server.json, schema 2025-12-11: how clients of a registry find and start a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from compiler.emit.format.json import dump
from compiler.graph import Resource
from compiler.model import MCPServer, Platform
from compiler.model.mcp_server import Package

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
PUBLISHED = "io.modelcontextprotocol.registry/publisher-provided"
LARGEST = 4096
"""Bytes of the publisher's own metadata that MCP's registry takes."""
_FORMAT = frozenset({"npm", "pypi", "oci"})
_TITLE = 100
_CONTAINER = frozenset({"run", "-i", "--rm"})
"""The arguments that every client passes to `docker` by itself."""


def description(platform: Platform, server: Resource[MCPServer]) -> dict[str, Any]:
    """A server's description. A package of a registry that the format does not know is named in the
    publisher's metadata only."""
    spec = server.spec
    package = spec.package
    content: dict[str, Any] = {
        "$schema": SCHEMA,
        "name": f"{_reversed(platform.domain)}/{server.name}",
        "title": spec.displayName[:_TITLE],
        "description": spec.description,
        "version": spec.version,
    }
    if package and package.registry in _FORMAT:
        content["packages"] = [_package(server, package)]
    return content | {"_meta": {PUBLISHED: _metadata(server)}}


def _package(server: Resource[MCPServer], package: Package) -> dict[str, Any]:
    own = _own_word(package)
    before: Sequence[str] = package.command[1:own] if own else ()
    after = package.command[own + 1 :] if own else ()
    plain = dict(package.env)
    content: dict[str, Any] = {"registryType": package.registry}
    if package.registry == "oci":
        image = package.command[own] if own else f"{package.name}:{package.version}"
        content |= {"identifier": image}
        before, more = _container(before)
        plain |= more
    else:
        content |= {"identifier": package.name, "version": package.version}
    if own:
        content |= {"runtimeHint": package.command[0].rpartition("/")[2]}
    variables = [{"name": name, "value": value} for name, value in plain.items()]
    lists = {
        "runtimeArguments": [_argument(word) for word in before],
        "packageArguments": [_argument(word) for word in after],
        "environmentVariables": [*variables, *_secrets(server)],
    }
    return (
        content | {"transport": {"type": "stdio"}} | {k: some for k, some in lists.items() if some}
    )


def _own_word(package: Package) -> int:
    """Where a command names its package and version, after the program that fetches it; or 0."""
    words = enumerate(package.command[1:], 1)
    own = (at for at, w in words if w.startswith(package.name) and package.version in w)
    return next(own, 0)


def _container(words: Sequence[str]) -> tuple[Sequence[str], dict[str, str]]:
    """The arguments of `docker run` that clients do not pass by themselves, and its variables."""
    kept: list[str] = []
    plain: dict[str, str] = {}
    left = iter(words)
    for word in left:
        if word in {"-e", "--env"}:
            name, equals, value = next(left, "").partition("=")
            plain |= {name: value} if equals else {}
        elif word not in _CONTAINER:
            kept.append(word)
    return kept, plain


def _reversed(domain: str) -> str:
    return ".".join(reversed(domain.removeprefix("*.").split(".")))


def _argument(word: str) -> dict[str, str]:
    return {"type": "positional", "value": word}


def _secrets(server: Resource[MCPServer]) -> Iterator[dict[str, Any]]:
    for secret in server.spec.secrets:
        shape = {"format": "filepath"} if secret.file else {}
        yield {"name": secret.name, "isRequired": True, "isSecret": True, **shape}


def _metadata(server: Resource[MCPServer]) -> dict[str, Any]:
    """The other facts; without the tools' names where it would be too large with them."""
    spec = server.spec
    facts: dict[str, Any] = {
        "owner": server.owner,
        "dataClass": spec.dataClass,
        "protocolVersion": spec.transport.protocolVersion,
    }
    if spec.package and spec.package.registry not in _FORMAT:
        facts["package"] = {
            "registry": spec.package.registry,
            "name": spec.package.name,
            "version": spec.package.version,
        }
    full = facts | {"tools": [tool.name for tool in spec.tools]}
    return full if len(dump(full).encode()) <= LARGEST else facts
