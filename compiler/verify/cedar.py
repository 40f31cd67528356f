"""Cedar, judged by Cedar's own engine, the way ToolHive 0.44 uses it.

Of each text only the first statement counts, and an error in any policy denies the request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Request(NamedTuple):
    """A call of a tool: client and tool as ToolHive names them to Cedar."""

    client: str
    tool: str


def first_statements(texts: Iterable[str]) -> str:
    """The policies that ToolHive keeps of these texts.

    Raises:
        ValueError: a text is not a policy.
    """
    return "\n".join(_first(text) for text in texts)


def _first(text: str) -> str:
    import cedarpy

    policies = json.loads(cedarpy.policies_to_json_str(text))
    static = policies["staticPolicies"]
    if policies["templates"] or not static:
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

    Args:
        policies: statements of Cedar.
        requests: the calls to decide about.
        hints: the annotations of the tools that declare any.
        server: the parent of all tools.
        entities: those of the policies' author; the request's own entities replace them.
    """
    import cedarpy

    own = [*_clients(requests), *_tools(requests, hints, server)]
    taken = {(e["uid"]["type"], e["uid"]["id"]) for e in own}
    others = [e for e in entities if (e["uid"]["type"], e["uid"]["id"]) not in taken]
    results = cedarpy.is_authorized_batch(
        [_request(request) for request in requests], policies, [*own, *others]
    )
    return [bool(result.allowed) and not result.diagnostics.errors for result in results]


def _request(request: Request) -> dict[str, Any]:
    return {
        "principal": {"type": "Client", "id": request.client},
        "action": {"type": "Action", "id": "call_tool"},
        "resource": {"type": "Tool", "id": request.tool},
        "context": {"claim_sub": request.client},
    }


def _clients(requests: Iterable[Request]) -> list[dict[str, Any]]:
    return [
        {"uid": {"type": "Client", "id": name}, "attrs": {"claim_sub": name}, "parents": []}
        for name in sorted({request.client for request in requests})
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
        for name in sorted({request.tool for request in requests})
    ]
