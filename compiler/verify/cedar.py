"""Cedar, judged by Cedar's own engine, the way ToolHive 0.44 uses it.

Of each text only the first statement counts, and an error in any policy denies the request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Request(NamedTuple):
    """Who wants to call which tool, by their names as ToolHive gives them to Cedar."""

    client: str
    tool: str


def first_statements(texts: Iterable[str]) -> str:
    """The policies that ToolHive keeps of these texts; ValueError where one cannot be read."""
    return "\n".join(_first(text) for text in texts)


def _first(text: str) -> str:
    import cedarpy

    found = json.loads(cedarpy.policies_to_json_str(text))
    static = found["staticPolicies"]
    if found["templates"] or not static:
        raise ValueError("a text is not a policy")
    if len(static) == 1:
        return text
    kept = {"templates": {}, "staticPolicies": {"policy0": static["policy0"]}, "templateLinks": []}
    return str(cedarpy.policies_from_json_str(json.dumps(kept)))


def decide(
    policies: str,
    requests: Sequence[Request],
    hints: Mapping[str, Mapping[str, bool]],
    server: str,
    entities: Sequence[Any],
) -> list[bool]:
    """Whether each request may call its tool.

    `hints` are the annotations of the tools that declare any, `server` is the parent of all tools,
    and `entities` are those of the policies' author, which the request's own ones replace.
    """
    import cedarpy

    own = [*_clients(requests), *_tools(requests, hints, server)]
    taken = {(e["uid"]["type"], e["uid"]["id"]) for e in own}
    others = [e for e in entities if (e["uid"]["type"], e["uid"]["id"]) not in taken]
    results = cedarpy.is_authorized_batch(
        [_request(one) for one in requests], policies, [*own, *others]
    )
    return [bool(one.allowed) and not one.diagnostics.errors for one in results]


def _request(one: Request) -> dict[str, Any]:
    return {
        "principal": {"type": "Client", "id": one.client},
        "action": {"type": "Action", "id": "call_tool"},
        "resource": {"type": "Tool", "id": one.tool},
        "context": {"claim_sub": one.client},
    }


def _clients(requests: Iterable[Request]) -> list[dict[str, Any]]:
    return [
        {"uid": {"type": "Client", "id": name}, "attrs": {"claim_sub": name}, "parents": []}
        for name in sorted({one.client for one in requests})
    ]


def _tools(
    requests: Iterable[Request], hints: Mapping[str, Mapping[str, bool]], server: str
) -> list[dict[str, Any]]:
    return [
        {
            "uid": {"type": "Tool", "id": name},
            "attrs": {"name": name, "operation": "call", "feature": "tool", **hints.get(name, {})},
            "parents": [{"type": "MCP", "id": server}],
        }
        for name in sorted({one.tool for one in requests})
    ]
