"""Ingresses and their classes.

From pkg/apis/networking/validation/validation.go of k8s.io/kubernetes.
"""

from __future__ import annotations

from typing import Any

from compiler.admit.semantics.addresses import address
from compiler.admit.semantics.names import (
    dns_1035_label,
    dns_subdomain,
    path_segment,
    port_name,
    wildcard,
)
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    needed,
    one_of,
    text,
    texts,
    within,
)

_IN_NO_PATH = ("//", "/./", "/../", "%2f", "%2F")
_AT_NO_END = ("/..", "/.")
_CLASS = "kubernetes.io/ingress.class"


def ingress(object: Object) -> Refusals:
    """An Ingress."""
    spec = mapping(object.get("spec"))
    if not spec.get("rules") and not isinstance(spec.get("defaultBackend"), dict):
        yield Refusal("spec", "needs `rules` or a `defaultBackend`")
    if isinstance(spec.get("defaultBackend"), dict):
        yield from _backend(spec["defaultBackend"], "spec.defaultBackend")
    for place, rule in items(spec.get("rules"), "spec.rules"):
        if rule.get("host"):
            yield from _host(text(rule["host"]), f"{place}.host")
        if isinstance(rule.get("http"), dict):
            yield from _http(rule["http"], f"{place}.http")
    for place, tls in items(spec.get("tls"), "spec.tls"):
        for where, host in texts(tls.get("hosts"), f"{place}.hosts"):
            yield from faulty(wildcard if "*" in host else dns_subdomain, host, where)
        yield from faulty(dns_subdomain, tls.get("secretName") or None, f"{place}.secretName")
    name = spec.get("ingressClassName")
    yield from faulty(dns_subdomain, name, "spec.ingressClassName")
    annotated = mapping(mapping(object.get("metadata")).get("annotations")).get(_CLASS)
    if annotated is not None and name is not None and annotated != name:
        yield Refusal(f"annotations.{_CLASS}", "contradicts `ingressClassName`")


def ingress_class(object: Object) -> Refusals:
    """An IngressClass."""
    spec = mapping(object.get("spec"))
    yield from controller(spec.get("controller"), "spec.controller")
    parameters, at = spec.get("parameters"), "spec.parameters"
    if isinstance(parameters, dict):
        yield from _reference(parameters, at)
        scope = parameters.get("scope", "Cluster")
        yield from one_of({"Cluster", "Namespace"}, scope, f"{at}.scope")
        if (scope == "Namespace") != bool(parameters.get("namespace")):
            yield Refusal(f"{at}.namespace", "goes with the scope `Namespace`, and only with it")


def controller(value: Any, at: str) -> Refusals:
    """A name of a controller: a domain, a slash and a path."""
    domain, slash, path = text(value).partition("/")
    if not value:
        yield Refusal(at, "is required")
    elif not slash or not path or dns_subdomain(domain):
        yield Refusal(at, f"`{value}` must be a domain, `/` and a path")
    elif len(text(value)) > 250:
        yield Refusal(at, "is longer than 250 characters")


def _host(host: str, at: str) -> Refusals:
    if not address(host):
        yield Refusal(at, f"`{host}` must be a name, not an address")
    yield from faulty(wildcard if "*" in host else dns_subdomain, host, at)


def _http(http: Object, at: str) -> Refusals:
    if not http.get("paths"):
        yield Refusal(f"{at}.paths", "is required")
    for place, path in items(http.get("paths"), f"{at}.paths"):
        kind = text(path.get("pathType"))
        if not kind:
            yield Refusal(f"{place}.pathType", "is required")
            continue
        yield from one_of({"Exact", "Prefix", "ImplementationSpecific"}, kind, f"{place}.pathType")
        yield from _path(text(path.get("path")), kind, f"{place}.path")
        yield from _backend(mapping(path.get("backend")), f"{place}.backend")


def _path(path: str, kind: str, at: str) -> Refusals:
    exact = kind in {"Exact", "Prefix"}
    if not path.startswith("/") and (path or exact):
        yield Refusal(at, f"`{path}` must begin with `/`")
    for part in _IN_NO_PATH if exact else ():
        if part in path:
            yield Refusal(at, f"`{path}` must not contain `{part}`")
    for end in _AT_NO_END if exact else ():
        if path.endswith(end):
            yield Refusal(at, f"`{path}` must not end with `{end}`")


def _backend(backend: Object, at: str) -> Refusals:
    service, resource = backend.get("service"), backend.get("resource")
    if isinstance(service, dict) == isinstance(resource, dict):
        yield Refusal(at, "needs one of `service` and `resource`")
    elif isinstance(service, dict):
        yield from needed(dns_1035_label, service.get("name"), f"{at}.service.name")
        port = mapping(service.get("port"))
        if bool(port.get("name")) == bool(port.get("number")):
            yield Refusal(at, "needs the name or the number of a port")
        yield from faulty(port_name, port.get("name") or None, f"{at}.service.port.name")
        yield from within(0, 65535, port.get("number"), f"{at}.service.port.number")
    else:
        yield from _reference(mapping(resource), f"{at}.resource")


def _reference(reference: Object, at: str) -> Refusals:
    yield from faulty(dns_subdomain, reference.get("apiGroup"), f"{at}.apiGroup")
    yield from needed(path_segment, reference.get("kind"), f"{at}.kind")
    yield from needed(path_segment, reference.get("name"), f"{at}.name")
