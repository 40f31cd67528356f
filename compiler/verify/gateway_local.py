"""agentgateway on a laptop (1.4, standalone): one configuration for each project's agents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.verify.artefacts import Artefacts, Malformed, Node
from compiler.verify.callers import UNKNOWN, tools, words
from compiler.verify.expressions import AuthorizationRules, Expression, expression
from compiler.verify.gateway import TOOL_GATEWAY
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate
from compiler.verify.texts import yaml


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the calls that gateways of laptops permit, for servers that a laptop can start."""
    findings: list[Finding] = []
    for path in sorted(artefacts.files):
        folder, _, rest = path.partition("/")
        project, _, name = rest.partition("/")
        if folder == "gateway" and name == "config.yaml":
            try:
                findings += tuple(_project(estate, project, yaml(artefacts.files[path], path)))
            except Malformed as wrong:
                findings.append(Fault(str(wrong)))
    wanted = [
        Call("", project, agent, "", server, tool, approval)
        for (project, agent, server, tool), approval in estate.grants.items()
        if estate.local_gateway and estate.servers[server].package
    ]
    return compare("gateway-local", findings, wanted)


def _project(estate: Estate, project: str, config: Node) -> Iterator[Finding]:
    for key in config.names():
        if key not in ("binds", "config"):
            yield Fault(f"{config.path}: `{key}` is unknown to this reader")
    for bind in config["binds"].items():
        for listener in bind["listeners"].items():
            for route in listener["routes"].items():
                yield from _route(estate, project, route)


def _route(estate: Estate, project: str, route: Node) -> Iterator[Finding]:
    """The calls that one route permits; without a check of tokens, every caller can make them."""
    policies = route["policies"]
    checked = _checked(policies["jwtAuth"])
    if not checked:
        yield Fault(f"{route.path}: `{route.route}` does not check tokens")
    paths = [match["path"]["pathPrefix"].text() for match in route["matches"].items()]
    for backend in route["backends"].items():
        rules = _rules(policies, backend["policies"])
        named = words(rules.texts)
        for target in backend["mcp"]["targets"].items():
            server = target["name"].text()
            if server not in estate.servers or paths != [f"/{server}"]:
                yield Fault(f"{target.path}: {', '.join(paths) or '/'} leads to {server}")
                continue
            issuer = policies["jwtAuth"]["issuer"].text()
            for caller in _callers(estate, project, named):
                token = {"sub": caller, "aud": [TOOL_GATEWAY], "iss": issuer}
                for tool in tools(estate.servers[server].tools, named):
                    call = {"jwt": token, "mcp": {"tool": {"name": tool, "target": server}}}
                    if not checked or rules.permit(call):
                        yield _call(project, caller, server, tool)


def _checked(jwt: Node) -> bool:
    """Without `mode: strict`, a request needs no token; without audiences, any token will do."""
    strict = jwt["mode"].text() == "strict" and bool(jwt["issuer"].text())
    return strict and jwt["audiences"].texts() == (TOOL_GATEWAY,) and not jwt["jwks"].absent


def _rules(*policies: Node) -> AuthorizationRules:
    """A text is an allow rule; an expression that does not compile stops the gateway."""
    rules: dict[str, list[Expression]] = {"allow": [], "deny": [], "require": []}
    for policy in policies:
        for rule in policy["mcpAuthorization"]["rules"].items():
            action = (rule.names() or ("",))[0] if isinstance(rule.value, dict) else "allow"
            text = rule[action].text() if isinstance(rule.value, dict) else rule.text()
            compiled = expression(text)
            if action not in rules or compiled.program is None:
                raise rule.wrong("a rule")
            rules[action].append(compiled)
    return AuthorizationRules(**{action: tuple(texts) for action, texts in rules.items()})


def _callers(estate: Estate, project: str, named: Iterable[str]) -> frozenset[str]:
    """The project's agents, one of each other project, those that rules name, and unknown ones."""
    teams = {entry.name: list(entry.team) for entry in estate.projects.values()}
    own = [f"{project}.{agent}" for agent in teams.get(project, ())]
    others = [f"{other}.{agent}" for other, team in teams.items() for agent in team[:1]]
    unknown = (f"{project}.{UNKNOWN}", f"{UNKNOWN}.{UNKNOWN}")
    return frozenset((*own, *others, *unknown, *(word for word in named if "." in word)))


def _call(project: str, caller: str, server: str, tool: str) -> Call:
    """A call on this project's gateway; another caller than its agents is named in full."""
    home, _, agent = caller.partition(".")
    who = (home, agent) if home == project else ("", caller)
    return Call("", *who, "", server, tool)
