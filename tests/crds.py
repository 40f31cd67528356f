"""Custom resources judged by the operators' own CRDs: structure, unknown fields, and CEL rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cel
import yaml
from jsonschema import Draft202012Validator

CRDS = Path(__file__).parents[2] / "shared" / "schemas" / "crds"
FILES = {
    "agentgateway.dev": ("agw_agentgatewaybackends", "agw_agentgatewaypolicies"),
    "agentic.networking.x-k8s.io": ("xaccesspolicies", "xbackends"),
    "aigateway.envoyproxy.io": ("mcproutes",),
    "external-secrets.io": ("eso-externalsecrets",),
    "gateway.networking.k8s.io": (
        "gw-gateway.networking.k8s.io_gateways",
        "gw-gateway.networking.k8s.io_httproutes",
    ),
    "kagent.dev": ("kagent_agents", "kagent_modelconfigs", "kagent_rmcps"),
    "security.istio.io": ("istio",),
    "toolhive.stacklok.dev": (
        "toolhive_mcpauthzconfigs",
        "toolhive_mcpgroups",
        "toolhive_mcpoidcconfigs",
        "toolhive_mcpserverentries",
        "toolhive_virtualmcpservers",
    ),
}


class _Loader(yaml.CSafeLoader):
    """YAML in which `=` is a text, as in Go."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


def closed(schema: Any) -> Any:
    """A CRD's schema with unknown fields forbidden, as the API server's strict mode does."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    free = found.get("x-kubernetes-preserve-unknown-fields")
    if "properties" in found and "additionalProperties" not in found and not free:
        found["additionalProperties"] = False
    return found


@cache
def kinds(group: str) -> Mapping[tuple[str, str], dict[str, Any]]:
    """The schemas of a group, by apiVersion and kind."""
    found = {}
    for name in FILES[group]:
        text = (CRDS / f"{name}.yaml").read_text(encoding="utf-8")
        for part in text.split("\n---\n"):
            crd = yaml.load(part, _Loader)
            if crd and crd["spec"]["group"] == group:
                for version in crd["spec"]["versions"]:
                    schema = version["schema"]["openAPIV3Schema"]
                    schema["properties"] |= {
                        "apiVersion": {"type": "string"},
                        "kind": {"type": "string"},
                        "metadata": {
                            "type": "object",
                            "x-kubernetes-preserve-unknown-fields": True,
                        },
                    }
                    key = (f"{group}/{version['name']}", crd["spec"]["names"]["kind"])
                    found[key] = schema
    return found


@cache
def _validator(group: str, kind: tuple[str, str]) -> Draft202012Validator:
    return Draft202012Validator(closed(kinds(group)[kind]))


def refused(object: Mapping[str, Any]) -> list[str]:
    """Why the CRD of an object refuses it; empty where it does not."""
    version, kind = object["apiVersion"], object["kind"]
    group = version.partition("/")[0]
    errors = _validator(group, (version, kind)).iter_errors(object)
    schema = kinds(group)[version, kind]
    return [error.message for error in errors] + list(_rules(schema, _filled(schema, object), kind))


def _filled(schema: Mapping[str, Any], value: Any) -> Any:
    """A value with the defaults of its schema, as the API server sets them before it judges."""
    if isinstance(value, list):
        return [_filled(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties", {})
    defaults = {key: s["default"] for key, s in known.items() if "default" in s}
    return {key: _filled(known.get(key) or {}, item) for key, item in {**defaults, **value}.items()}


def _rules(schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
    """The CEL rules of a schema that a value breaks; only a result that is true holds."""
    for rule in schema.get("x-kubernetes-validations", ()):
        if "oldSelf" not in rule["rule"]:
            try:
                holds = cel.evaluate(rule["rule"], _context(value))
            except (LookupError, RuntimeError, TypeError, ValueError) as error:
                holds = error
            if holds is not True:
                yield f"{where}: {rule['rule']}: {holds}"
    if isinstance(value, dict):
        for key, item in value.items():
            inner = schema.get("properties", {}).get(key) or schema.get("additionalProperties")
            if isinstance(inner, dict):
                yield from _rules(inner, item, f"{where}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _rules(schema.get("items", {}), item, f"{where}.{number}")


def _context(value: Any) -> cel.Context:
    context = cel.Context({"self": value})
    context.add_function("matches", lambda text, regex: re.search(regex, text) is not None)
    return context
