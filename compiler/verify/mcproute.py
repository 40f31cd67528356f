"""Envoy AI Gateway (1.1): MCPRoute, with tokens checked by Envoy and ordered rules for calls.

The first rule that matches decides. Without `oauth` a token is read but not checked, so anybody
can claim anything; without `authorization` everybody may do everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node, Object
from compiler.verify.callers import Caller, tried, words
from compiler.verify.expressions import expression
from compiler.verify.gathering import agree, gateway, unknown
from compiler.verify.places import Doors, doors
from compiler.verify.relation import Fault, Finding, Instance, Report
from compiler.verify.routes import gateways, parents
from compiler.verify.specs import World

NAME = "envoy-ai-gateway"
GROUP = "aigateway.envoyproxy.io"
JUDGED = ("MCPRoute",)
SECURITY = ("oauth", "authorization")
RULE = ("action", "source", "target", "cel")

Test = Callable[[Caller, str, str], bool]
"""Whether something holds for a caller, a backend and a tool."""


class Rule(NamedTuple):
    """One rule: what it matches, and whether it then allows."""

    allows: bool
    matches: Test


def read(world: World, artefacts: Artefacts) -> Report:
    """Compare the calls that MCPRoutes permit, tool by tool."""
    return gateway(NAME, world, artefacts, _cluster)


def _cluster(world: World, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    yield from unknown(artefacts, cluster, GROUP, JUDGED)
    known = gateways(artefacts, cluster, NAME)
    open = doors(world, artefacts, cluster)
    found = artefacts.all(cluster, "MCPRoute", GROUP)
    yield from agree(cluster, "MCPRoutes", map(_issuer, found))
    for one in found:
        if any(True for _ in parents(one, known)):
            yield from _route(world, cluster, open, one)


def _issuer(one: Object) -> object:
    oauth = one.spec["securityPolicy"]["oauth"]
    return oauth["issuer"].value, oauth["jwks"].value


def _route(world: World, cluster: str, open: Doors, one: Object) -> Iterator[Finding]:
    security, path = one.spec["securityPolicy"], one.spec["path"].text("/mcp")
    checked, decide = _checked(security["oauth"]), _authorization(security["authorization"])
    if not checked:
        yield Fault(f"{one.node.path}: nobody checks the callers' tokens")
    for key in security.names():
        if key not in SECURITY:
            raise security[key].wrong("a field that can be judged")
    refs = one.spec["backendRefs"].items()
    selectors = [ref["toolSelector"].value for ref in refs]
    named = words([security["authorization"].value, selectors])
    for ref in refs:
        to = Instance(one.namespace, ref["name"].text())
        if not _reaches(world, open, to, ref):
            yield Fault(f"{ref.path}: `{ref.route}` leads to no server of the specs")
            continue
        if path != f"/{to.server}":
            yield Fault(f"{one.node.path}: {path} leads to {to.server}")
        selected = _selected(ref["toolSelector"])

        def permits(
            caller: Caller,
            tool: str,
            selected: Callable[[str], bool] = selected,
            backend: str = to.server,
        ) -> bool:
            return selected(tool) and (not checked or decide(caller, backend, tool))

        yield from tried(world, cluster, to, named, permits)


def _reaches(world: World, open: Doors, to: Instance, ref: Node) -> bool:
    """Whether a backendRef leads to a server of the specs, at the right port and path."""
    if ref["kind"].text("Service") != "Service" or ref["port"].number() not in open.ports.get(
        to, ()
    ):
        return False
    return ref["path"].text("/mcp") == world.servers[to.server].path


def _checked(oauth: Node) -> bool:
    """Whether Envoy checks signature and audience; the controller does not pass the issuer on."""
    return bool(oauth["issuer"].text()) and bool(oauth["audiences"].texts())


def _authorization(node: Node) -> Test:
    """The first rule that matches, else the default; no authorization at all is open."""
    if node.absent:
        return lambda _caller, _backend, _tool: True
    default = node["defaultAction"].text("Deny") == "Allow"
    rules = [_rule(item) for item in node["rules"].items()]

    def decide(caller: Caller, backend: str, tool: str) -> bool:
        matching = (rule.allows for rule in rules if rule.matches(caller, backend, tool))
        return next(matching, default)

    return decide


def _rule(node: Node) -> Rule:
    """Source, target and expression must all match; what is not given, always does."""
    for key in node.names():
        if key not in RULE:
            raise node[key].wrong("a field that can be judged")
    tests = [_source(node["source"])]
    if not node["target"].absent:
        targets = {(t["backend"].text(), t["tool"].text()) for t in node["target"]["tools"].items()}
        tests.append(lambda _caller, backend, tool: (backend, tool) in targets)
    if not node["cel"].absent:
        tests.append(_expression(node["cel"]))
    return Rule(
        node["action"].text("Allow") == "Allow",
        lambda caller, backend, tool: all(test(caller, backend, tool) for test in tests),
    )


def _source(node: Node) -> Test:
    """The claims of a token, all of which must hold; ours has a subject and nothing else."""
    jwt = node["jwt"]
    claims = [(c["name"].text(), c["values"].texts()) for c in jwt["claims"].items()]
    scopes = jwt["scopes"].texts()

    def matches(caller: Caller, _backend: str, _tool: str) -> bool:
        known = {"sub": caller.subject}
        return not scopes and all(known.get(name) in values for name, values in claims)

    return matches


def _expression(node: Node) -> Test:
    """A CEL rule: an error at work is no match, and one that does not compile stops the route."""
    program = expression(node.text())
    if program.program is None:
        raise node.wrong("CEL")

    def matches(caller: Caller, backend: str, tool: str) -> bool:
        mcp = {"method": "tools/call", "backend": backend, "tool": tool, "params": {}}
        auth = {"jwt": {"claims": {"sub": caller.subject}, "scopes": []}}
        http = {"method": "POST", "path": "", "host": "", "headers": {}}
        return program.true({"request": {**http, "auth": auth, "mcp": mcp}})

    return matches


def _selected(node: Node) -> Callable[[str], bool]:
    """Which tools the backend shows: exclusion wins; empty lists exclude and narrow nothing.

    Expressions are searched for, not anchored.
    """
    include, exclude = node["include"].texts(), node["exclude"].texts()
    try:
        wanted = [re.compile(text) for text in node["includeRegex"].texts()]
        refused = [re.compile(text) for text in node["excludeRegex"].texts()]
    except re.error:
        raise node.wrong("a selector of tools") from None

    def selected(tool: str) -> bool:
        if tool in exclude or any(one.search(tool) for one in refused):
            return False
        narrowed = bool(include or wanted)
        return not narrowed or tool in include or any(one.search(tool) for one in wanted)

    return selected
