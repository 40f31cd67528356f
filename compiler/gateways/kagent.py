"""kagent: runs the agents of a cluster, each with the tools that its Agent lists."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.gateways.product import Control, Definition, Runtime
from compiler.shape import COUNT, TEXT, URL, Raw, Shape, most

GROUP = "kagent.dev"
VERSION = f"{GROUP}/v1alpha2"
ENTRIES = 20  # of an Agent: parts of servers, and agents
TOOLS = 50  # of an entry
PROVIDERS = {"anthropic": "Anthropic", "openai": "OpenAI", "google": "Gemini"}
"""Providers of models that need neither a host nor a region, by kagent's names."""
_ANY = Raw({"type": "object"})
_SERVER: Shape = {
    "apiGroup": GROUP,
    "kind": "RemoteMCPServer",
    "name": TEXT,
    "toolNames": most(TOOLS, TEXT),
    "requireApproval?": most(TOOLS, TEXT),
}
_TOOL: Shape = {
    "type": ("McpServer", "Agent"),
    "agent?": {"apiGroup": GROUP, "kind": "Agent", "name": TEXT},
    "mcpServer?": _SERVER,
    "headersFrom?": [{"name": TEXT, "valueFrom": {"type": "Secret", "name": TEXT, "key": TEXT}}],
}
_DEPLOYMENT: Shape = {
    "replicas": COUNT,
    "labels": {"*": TEXT},
    "resources": {"requests": {"*": TEXT}, "limits": {"*": TEXT}},
    "podSecurityContext": _ANY,
    "securityContext": _ANY,
    "volumes": [_ANY],
    "volumeMounts": [{"name": TEXT, "mountPath": TEXT}],
}
_AGENT: Shape = {
    "type": "Declarative",
    "description": TEXT,
    "declarative": {
        "modelConfig": TEXT,
        "systemMessage": TEXT,
        "tools?": most(ENTRIES, _TOOL),
        "deployment": _DEPLOYMENT,
    },
}
_MODEL: Shape = {
    "provider": TEXT,
    "model": TEXT,
    "apiKeySecret": TEXT,
    "apiKeySecretKey": TEXT,
}


def entries(tools: Mapping[str, int], delegates: int) -> int:
    """How many entries an Agent takes, by the number of tools on each server, and of delegates."""
    return delegates + sum(-(-count // TOOLS) for count in tools.values())


RUNTIME = Runtime(
    name="kagent",
    versions={"kagent": "0.9"},
    controller=Control("kagent", {}, 8083),
    definitions=(
        Definition(VERSION, "Agent", _AGENT),
        Definition(VERSION, "ModelConfig", _MODEL),
        Definition(
            VERSION,
            "RemoteMCPServer",
            {"description": TEXT, "url": URL, "protocol": "STREAMABLE_HTTP"},
        ),
    ),
)
