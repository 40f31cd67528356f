"""kube-agentic-networking: Kubernetes' own XBackend and XAccessPolicy, and mutual TLS.

Its proxies have no security context, and there is no way to set one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from compiler.gateways.gateway_api import GROUP as GATEWAY_API
from compiler.gateways.gateway_api import REFERENCE
from compiler.gateways.product import (
    TOOL_GATEWAY,
    Address,
    Callers,
    Control,
    Definition,
    Endpoint,
    Gateway,
    Limit,
    Pods,
)
from compiler.shape import PORT, TEXT, Raw, Shape, most

GROUP = "agentic.networking.x-k8s.io"
BACKEND_VERSION, POLICY_VERSION = f"{GROUP}/v0alpha0", f"{GROUP}/v1alpha1"
RULE_NAME = 63  # characters
_RULES = 10  # of an XAccessPolicy, which must not be split: policies are AND-ed, or OR-ed
_TOOLS = 10  # of an inline rule, each of at most so many characters:
_TOOL_NAME = 20
_PORT = 10001
_VARIABLE = re.compile(r"\brequest\.")
_CALL: Shape = {
    "name": "tools/call",
    "params": most(_TOOLS, Raw({"type": "string", "maxLength": _TOOL_NAME})),
}
_RULE: Shape = {
    "name": Raw({"type": "string", "maxLength": RULE_NAME}),
    "source": {
        "type": "ServiceAccount",
        "serviceAccount": {"name": TEXT, "namespace": TEXT},
    },
    "authorization": {
        "type": ("Inline", "CEL"),
        "cel?": {"expression": TEXT},
        "mcp?": {
            "mcpBaseProtocolMethodsOption": "MATCH_BASE_PROTOCOL_METHODS",
            "methods?": most(1, _CALL),
        },
    },
}
_ACCESS: Shape = {
    "targetRefs": most(1, REFERENCE),
    "action": "Allow",
    "rules": most(_RULES, _RULE),
}


def inline(tools: Sequence[str]) -> bool:
    """Whether an inline rule of an XAccessPolicy can hold them; else it takes an expression."""
    return len(tools) <= _TOOLS and all(len(tool) <= _TOOL_NAME for tool in tools)


def rules(callers: Callers) -> int:
    """How many rules an XAccessPolicy takes: an expression needs a second one for the handshake."""
    return sum(1 if inline(tools) else 2 for tools in callers.values())


def unsayable(callers: Callers) -> Iterator[str]:
    """The tools in expressions that the controller refuses: it takes `request.x` for a variable
    even in a text.
    """
    for tools in callers.values():
        yield from (tool for tool in tools if not inline(tools) and _VARIABLE.search(tool))


def _proxy(namespace: str) -> str:
    digest = sha256(f"{namespace}/{TOOL_GATEWAY}".encode()).hexdigest()[:12]
    return f"envoy-proxy-{digest}"


def endpoint(address: Address) -> Endpoint:
    """A path for each server, over TLS."""
    host = f"{_proxy(address.namespace)}.{address.namespace}.svc"
    return Endpoint(address.name, f"https://{host}:{_PORT}/{address.name}")


GATEWAY = Gateway(
    name="agentic-networking",
    versions={"kube-agentic-networking": "0.1"},
    pods=Pods(
        name=TOOL_GATEWAY,
        port=_PORT,
        account=_proxy,
        labels=lambda _: {f"{GATEWAY_API}/gateway-name": TOOL_GATEWAY},
    ),
    control=Control("agentic-net-system", {"app": "agentic-net-controller"}, 15001),
    endpoint=endpoint,
    prefix="",
    proof="certificate",
    calls_api=False,
    reads_keys=False,
    pod_security="baseline",
    definitions=(
        Definition(
            BACKEND_VERSION,
            "XBackend",
            {"mcp": {"serviceName": TEXT, "port": PORT, "path": TEXT}},
        ),
        Definition(POLICY_VERSION, "XAccessPolicy", _ACCESS),
    ),
    limit=Limit("an XAccessPolicy", _RULES, rules, unsayable),
)
