"""ValidatingAdmissionPolicies and their bindings, but for their expressions.

From pkg/apis/admissionregistration/validation/validation.go of k8s.io/kubernetes.
"""

from __future__ import annotations

import re
from typing import Any

from compiler.admit.semantics.names import (
    dns_1035_label,
    dns_subdomain,
    identifier,
    label_key,
    path_segment,
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
    repeated,
    text,
    texts,
)
from compiler.admit.semantics.selectors import selector

_OPERATIONS = {"*", "CREATE", "UPDATE", "DELETE", "CONNECT"}
_REASONS = {"Forbidden", "Invalid", "RequestEntityTooLarge"}
_ACTIONS = {"Deny", "Warn", "Audit"}
_LINE_BREAK = re.compile(r"[\n\r]")


def admission_policy(object: Object) -> Refusals:
    """A ValidatingAdmissionPolicy."""
    spec = mapping(object.get("spec"))
    yield from one_of({"Ignore", "Fail"}, spec.get("failurePolicy"), "spec.failurePolicy")
    if isinstance(spec.get("paramKind"), dict):
        yield from _kind(spec["paramKind"], "spec.paramKind")
    constraints = mapping(spec.get("matchConstraints"))
    if not isinstance(spec.get("matchConstraints"), dict):
        yield Refusal("spec.matchConstraints", "is required")
    elif not constraints.get("resourceRules"):
        yield Refusal("spec.matchConstraints.resourceRules", "is required")
    yield from _matching(constraints, "spec.matchConstraints")
    yield from _conditions(spec.get("matchConditions"), "spec.matchConditions")
    variables = list(items(spec.get("variables"), "spec.variables"))
    yield from repeated((f"{place}.name", variable.get("name")) for place, variable in variables)
    for place, variable in variables:
        yield from needed(identifier, text(variable.get("name")).strip(), f"{place}.name")
        yield from _expression(variable, "expression", place)
    yield from _validations(spec)
    yield from _annotations(spec, text(mapping(object.get("metadata")).get("name")))


def admission_binding(object: Object) -> Refusals:
    """A ValidatingAdmissionPolicyBinding."""
    spec = mapping(object.get("spec"))
    yield from needed(dns_subdomain, spec.get("policyName"), "spec.policyName")
    if isinstance(spec.get("paramRef"), dict):
        yield from _parameter(spec["paramRef"], "spec.paramRef")
    yield from _matching(mapping(spec.get("matchResources")), "spec.matchResources")
    at = "spec.validationActions"
    actions = list(texts(spec.get("validationActions"), at))
    for place, action in actions:
        yield from one_of(_ACTIONS, action, place)
    yield from repeated(iter(actions))
    if {"Deny", "Warn"} <= {action for _, action in actions}:
        yield Refusal(at, "`Warn` says nothing more beside `Deny`")
    if not actions:
        yield Refusal(at, "is required")


def _validations(spec: Object) -> Refusals:
    if not spec.get("validations") and not spec.get("auditAnnotations"):
        for key in ("validations", "auditAnnotations"):
            yield Refusal(f"spec.{key}", "a policy needs a validation or an audit annotation")
    for place, validation in items(spec.get("validations"), "spec.validations"):
        yield from _expression(validation, "expression", place)
        for key in ("message", "messageExpression"):
            if validation.get(key) and not text(validation[key]).strip():
                yield Refusal(f"{place}.{key}", "must not be blank")
        if _LINE_BREAK.search(text(validation.get("message")).strip()):
            yield Refusal(f"{place}.message", "must be one line")
        yield from one_of(_REASONS, validation.get("reason"), f"{place}.reason")


def _annotations(spec: Object, name: str) -> Refusals:
    annotations = list(items(spec.get("auditAnnotations"), "spec.auditAnnotations"))
    if len(annotations) > 20:
        yield Refusal("spec.auditAnnotations", "there are more than 20")
    for place, annotation in annotations:
        yield from faulty(label_key, f"{name}/{annotation.get('key', '')}", f"{place}.key")
        yield from _expression(annotation, "valueExpression", place)
    yield from repeated(
        (f"{place}.key", annotation.get("key")) for place, annotation in annotations
    )


def _expression(object: Object, key: str, at: str) -> Refusals:
    if not text(object.get(key)).strip():
        yield Refusal(f"{at}.{key}", "is required")


def _conditions(value: Any, at: str) -> Refusals:
    conditions = list(items(value, at))
    if len(conditions) > 64:
        yield Refusal(at, "there are more than 64")
    for place, condition in conditions:
        yield from needed(label_key, condition.get("name"), f"{place}.name")
        yield from _expression(condition, "expression", place)
    yield from repeated((f"{place}.name", condition.get("name")) for place, condition in conditions)


def _kind(kind: Object, at: str) -> Refusals:
    version = text(kind.get("apiVersion"))
    group, slash, number = version.rpartition("/")
    if not version:
        yield Refusal(f"{at}.apiVersion", "is required")
    elif (slash and dns_subdomain(group)) or dns_1035_label(number):
        yield Refusal(f"{at}.apiVersion", f"`{version}` is not a group and a version")
    name = text(kind.get("kind"))
    if not name:
        yield Refusal(f"{at}.kind", "is required")
    else:
        yield from faulty(dns_1035_label, name.lower(), f"{at}.kind")


def _parameter(reference: Object, at: str) -> Refusals:
    name, chosen = reference.get("name"), reference.get("selector")
    yield from faulty(path_segment, name or None, f"{at}.name")
    yield from selector(chosen, f"{at}.selector")
    if name and chosen is not None:
        for key in ("name", "selector"):
            yield Refusal(f"{at}.{key}", "`name` and `selector` exclude each other")
    elif not name and chosen is None:
        yield Refusal(at, "needs one of `name` and `selector`")
    action = reference.get("parameterNotFoundAction")
    if not action:
        yield Refusal(f"{at}.parameterNotFoundAction", "is required")
    yield from one_of({"Allow", "Deny"}, action or None, f"{at}.parameterNotFoundAction")


def _matching(matching: Object, at: str) -> Refusals:
    yield from one_of({"Exact", "Equivalent"}, matching.get("matchPolicy"), f"{at}.matchPolicy")
    for key in ("namespaceSelector", "objectSelector"):
        yield from selector(matching.get(key), f"{at}.{key}")
    for key in ("resourceRules", "excludeResourceRules"):
        for place, rule in items(matching.get(key), f"{at}.{key}"):
            yield from _rule(rule, place)


def _rule(rule: Object, at: str) -> Refusals:
    for key in ("operations", "apiGroups", "apiVersions", "resources"):
        values = [value for _, value in texts(rule.get(key), "")]
        if not values:
            yield Refusal(f"{at}.{key}", "is required")
        elif "*" in values and len(values) > 1 and key != "resources":
            yield Refusal(f"{at}.{key}", "nothing can stand beside `*`")
    for place, operation in texts(rule.get("operations"), f"{at}.operations"):
        yield from one_of(_OPERATIONS, operation, place)
    for key in ("apiVersions", "resources"):
        for place, value in texts(rule.get(key), f"{at}.{key}"):
            if not value:
                yield Refusal(place, "is required")
    yield from _resources(rule, f"{at}.resources")
    yield from one_of({"Cluster", "Namespaced", "*"}, rule.get("scope"), f"{at}.scope")
    for place, name in texts(rule.get("resourceNames"), f"{at}.resourceNames"):
        yield from faulty(path_segment, name, place)
    yield from repeated(texts(rule.get("resourceNames"), f"{at}.resourceNames"))


def _resources(rule: Object, at: str) -> Refusals:
    """Resources that another one with `*` covers already."""
    resources = list(texts(rule.get("resources"), at))
    names = [name for _, name in resources]
    if "*/*" in names and len(names) > 1:
        yield Refusal(at, "nothing can stand beside `*/*`")
    # the server looks at the last one without a subresource only
    plain = [name for name in names if name and "/" not in name]
    if "*" in plain and plain[-1] != "*":
        yield Refusal(at, "no resource can stand beside `*`")
    for index, (place, name) in enumerate(resources):
        resource, slash, part = name.partition("/")
        for cover in {f"{resource}/*", f"*/{part}"} if slash else ():
            if cover in names[:index]:
                yield Refusal(place, f"`{cover}` covers it already")
