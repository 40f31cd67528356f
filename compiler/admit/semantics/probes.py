"""Probes and lifecycle hooks of containers.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (validateProbe, validateHandler).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.admit.semantics.names import header, port_name
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    Validator,
    accept_any,
    at_least,
    faulty,
    items,
    mapping,
    one_of,
    whole,
    within,
)

_COUNTS = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)
_GRACE = "terminationGracePeriodSeconds"


def probes(container: Object, at: str) -> Refusals:
    """The three probes of a container."""
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(name)
        if isinstance(probe, dict):
            yield from _probe(probe, f"{at}.{name}", ready=name == "readinessProbe")


def lifecycle(value: Any, grace: int, at: str) -> Refusals:
    """What runs after the start of a container and before its end."""
    hooks = mapping(value)
    for name in ("postStart", "preStop"):
        if isinstance(hooks.get(name), dict):
            yield from _handler(hooks[name], _HOOKS, f"{at}.{name}")
            yield from _sleep(hooks[name], grace, f"{at}.{name}.sleep")


def _probe(probe: Object, at: str, *, ready: bool) -> Refusals:
    yield from _handler(probe, _PROBES, at)
    for key in _COUNTS:
        yield from at_least(0, probe.get(key), f"{at}.{key}")
    yield from at_least(1, probe.get(_GRACE), f"{at}.{_GRACE}")
    if ready and _GRACE in probe:
        yield Refusal(f"{at}.{_GRACE}", "is not for readiness probes")
    if not ready and (whole(probe.get("successThreshold")) or 1) != 1:
        yield Refusal(f"{at}.successThreshold", "must be 1")


def _handler(value: Object, validators: Mapping[str, Validator], at: str) -> Refusals:
    kinds = [kind for kind in validators if isinstance(value.get(kind), dict)]
    if not kinds:
        yield Refusal(at, f"needs one of {', '.join(validators)}")
    for kind in kinds[:1]:
        yield from validators[kind](value[kind], f"{at}.{kind}")
    for kind in kinds[1:]:
        yield Refusal(f"{at}.{kind}", f"stands beside `{kinds[0]}`, one of them is enough")


def _exec(action: Object, at: str) -> Refusals:
    if not action.get("command"):
        yield Refusal(f"{at}.command", "is required")


def _http(action: Object, at: str) -> Refusals:
    yield from port(action.get("port"), f"{at}.port")
    yield from one_of({"HTTP", "HTTPS"}, action.get("scheme") or None, f"{at}.scheme")
    for _, line in items(action.get("httpHeaders"), at):
        yield from faulty(header, line.get("name", ""), f"{at}.httpHeaders")


def _tcp(action: Object, at: str) -> Refusals:
    yield from port(action.get("port"), f"{at}.port")


def _sleep(hook: Object, grace: int, at: str) -> Refusals:
    seconds = whole(mapping(hook.get("sleep")).get("seconds"))
    if seconds is not None and not 0 <= seconds <= grace:
        yield Refusal(at, f"{seconds} seconds are not between 0 and the grace period of {grace}")


def port(value: Any, at: str) -> Refusals:
    """A port by its number or its name."""
    yield from within(1, 65535, value, at)
    yield from faulty(port_name, value, at)


_PROBES: Mapping[str, Validator] = {
    "exec": _exec,
    "httpGet": _http,
    "tcpSocket": _tcp,
    "grpc": _tcp,
}
_HOOKS: Mapping[str, Validator] = {
    "exec": _exec,
    "httpGet": _http,
    "tcpSocket": _tcp,
    "sleep": accept_any,
}
