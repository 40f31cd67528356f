"""An agent without its prompt, or a value without its schema, differs from what was reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.files import named
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean

RULE = Rule("file-missing", Severity.ERROR, "a prompt or schema does not exist")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every file that a resource names and that does not exist."""
    texts = fleet.graph.texts
    for resource, route, folder, name in named(fleet.graph):
        if f"{folder}/{name}" not in texts:
            inside = (path for path in texts if path.startswith(f"{folder}/"))
            near = did_you_mean(name, [path.removeprefix(f"{folder}/") for path in inside])
            message = f"there is no file `{folder}/{name}`"
            yield RULE.at(resource.at(*route), message, help=near or "add the file")
