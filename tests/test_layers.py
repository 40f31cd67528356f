"""Every layer says what the specs say: random estates are emitted, read back, and compared."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from compiler.diagnostic import Severity
from compiler.gateways import GATEWAYS, MESH
from compiler.gateways.product import Address
from compiler.parse import parse
from compiler.pipeline import Compilation, compile
from compiler.source import Source
from compiler.verify import GATEWAYS as READERS
from compiler.verify import verify
from compiler.verify.relation import Instance
from tests.estate import TODAY
from tests.layers import CLUSTERS, Grants, Server, documents, sources

PROJECTS, AGENTS = ("alpha", "alpha-b", "b"), ("dev", "dev-ops", "ops--2", "x")
NAMES = ("github", "github-issues", "a", "a-b", "s3")
TOOLS = (
    *("list_issues", "issues", "create", "b_c", "..", "-", "_", "__proto__", "constructor"),
    *("true", "null", "1e3", "A", "a.b-c_d", "a_tool_with_a_very_long_name", "x" * 128),
)
WITHOUT_KAGENT = tuple(name for name in CLUSTERS if not name.startswith("kagent"))
RIGHTS = st.lists(
    st.fixed_dictionaries(
        {
            "group": st.sampled_from(["", "apps"]),
            "resources": st.lists(
                st.sampled_from(["pods", "pods/log", "events"]), min_size=1, max_size=2, unique=True
            ),
            "verbs": st.lists(
                st.sampled_from(["get", "list", "delete"]), min_size=1, max_size=2, unique=True
            ),
        }
    ),
    max_size=2,
)
TOOL_LISTS = st.lists(st.sampled_from(TOOLS), min_size=1, max_size=5, unique=True).map(tuple)
SERVERS = st.dictionaries(
    st.sampled_from(NAMES),
    TOOL_LISTS.flatmap(
        lambda tools: st.builds(
            Server,
            tools=st.just(tools),
            new=st.booleans(),
            shared=st.booleans(),
            rights=st.dictionaries(st.sampled_from(tools), RIGHTS, max_size=2),
        )
    ),
    min_size=1,
    max_size=3,
)
APPROVAL = st.sampled_from(["none", "human"])


class Estate(NamedTuple):
    """Servers, grants, agents of `alpha` without any, and delegations."""

    servers: Mapping[str, Server]
    grants: Grants
    idle: list[str]
    delegations: Mapping[tuple[str, str], list[str]]
    spare: list[tuple[str, str]]  # servers of projects that no agent may call


@st.composite
def estates(draw: st.DrawFn, *, same_approval: bool) -> Estate:
    """Estates; with `same_approval`, tools of one name have one approval."""
    servers = draw(SERVERS)
    usual = {tool: draw(APPROVAL) for tool in TOOLS} if same_approval else {}
    grants = {}
    for project, agent, server in product(PROJECTS, AGENTS, servers):
        if draw(st.integers(0, 3)) == 0:
            some = draw(st.sets(st.sampled_from(servers[server].tools), max_size=4))
            asked = {tool: usual.get(tool) or draw(APPROVAL) for tool in sorted(some)}
            if asked:
                grants[project, agent, server] = asked
    idle = draw(st.lists(st.sampled_from(AGENTS), max_size=2, unique=True))
    idle = idle or ([] if grants else ["dev"])
    teams = {(p, a) for p, a, _ in grants} | {("alpha", a) for a in idle}
    hands = {
        (p, a): [
            b for b in AGENTS[AGENTS.index(a) + 1 :] if (p, b) in teams and draw(st.booleans())
        ]
        for p, a in sorted(teams)  # no circles
    }
    spare = [(p, s) for p in sorted({p for p, _ in teams}) for s in servers if draw(st.booleans())]
    delegations = {member: some for member, some in hands.items() if some}
    return Estate(servers, grants, idle, delegations, spare)


def checked(documents: list[dict[str, object]]) -> Compilation:
    """The artefacts of an estate, after verify reported no difference."""
    files = sources(documents)
    result = compile(files.values(), today=TODAY)
    if not result.failed:
        read = [d for source in files.values() if source.is_yaml for d in parse(source)[0]]
        for report in verify({file.path: file.text for file in result.files}, read):
            assert not report.missing, (report.name, report.missing)
            assert not report.excess, (report.name, report.excess)
            assert not report.faults, (report.name, report.faults)
    return result


def fits(estate: Estate) -> bool:
    """Whether an XAccessPolicy can hold each server's rules, at most ten: one for an agent, and two
    where a name of a tool is longer than twenty characters."""
    rules: Counter[tuple[str, str]] = Counter()
    for (project, _, server), tools in estate.grants.items():
        home = "" if estate.servers[server].shared else project
        rules[home, server] += 1 + any(len(tool) > 20 for tool in tools)
    return max(rules.values(), default=0) <= 10


def assert_equal(estate: Estate, clusters: tuple[str, ...]) -> None:
    specs = documents(
        estate.servers,
        estate.grants,
        clusters=clusters,
        empty=[("alpha", agent) for agent in estate.idle],
        delegations=estate.delegations,
        spare=estate.spare,
    )
    assume(fits(estate))  # the limits' own tests follow
    assert [d for d in checked(specs).diagnostics if d.severity is Severity.ERROR] == []


SLOW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(estates(same_approval=False))
def test_gateways_and_meshes(estate: Estate) -> None:
    assert_equal(estate, WITHOUT_KAGENT)


@SLOW
@given(estates(same_approval=True))
def test_kagent(estate: Estate) -> None:
    assert_equal(estate, ("kagent", "kagent-toolhive", "kagent-envoy"))


def test_verify_states_the_same_facts_about_each_gateway() -> None:
    """It may not import the descriptors, so its own facts are compared with them here."""
    stated = {reader.GATEWAY.name: reader.GATEWAY for reader in READERS}
    assert stated.keys() == GATEWAYS.keys() - {MESH.name}
    for name, facts in stated.items():
        gateway = GATEWAYS[name]
        scheme, service, path = facts.endpoint(Instance("n", "s"))
        url = f"{scheme}://{service}.n.svc:{gateway.pods.port}{path}"
        assert gateway.endpoint(Address("n", "s", "/mcp", shared=False)).url == url
        assert facts.account("n") == gateway.pods.account("n")
        assert facts.prefix == gateway.prefix
        assert facts.token is (gateway.proof == "token")


def many(
    cluster: str, agents: int, tools: tuple[str, ...], *, new: bool = False
) -> list[dict[str, object]]:
    """Many agents, each with the next tools of one server."""
    grants = {
        ("alpha", f"a{n}", "s"): {tools[(n + k) % len(tools)]: "none" for k in range(3)}
        for n in range(agents)
    }
    return documents({"s": Server(tools, new=new)}, grants, clusters=[cluster])


SHORT = tuple(f"t{n}" for n in range(40))
LONG = tuple(f"a_tool_with_a_long_name_{n}" for n in range(40))


@pytest.mark.parametrize(
    ("cluster", "agents", "tools"),
    [("agentic", 10, SHORT), ("agentic", 5, LONG), ("envoy", 32, SHORT), ("toolhive", 20, SHORT)],
)
def test_up_to_the_limit(cluster: str, agents: int, tools: tuple[str, ...]) -> None:
    assert not checked(many(cluster, agents, tools)).failed


@pytest.mark.parametrize(
    ("cluster", "limit", "kind"),
    [
        ("agentgateway", "agentgateway.EXPRESSIONS", "AgentgatewayPolicy"),
        ("mesh", "mesh.RULES", "AuthorizationPolicy"),
    ],
)
def test_split_beyond_a_limit(
    cluster: str, limit: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit set low, as the real ones (256 and 512) take long to try in every way."""
    monkeypatch.setattr(f"compiler.emit.{limit}", 4)
    result = checked(many(cluster, 10, SHORT, new=cluster == "mesh"))
    parts = [
        f.path for f in result.files if f.object and f.object["kind"] == kind and "s.2" in f.path
    ]
    assert parts


@pytest.mark.parametrize(
    ("cluster", "agents", "tools", "numbers"),
    [
        ("agentic", 11, SHORT, ("11", "10")),
        ("agentic", 6, LONG, ("12", "10")),
        ("envoy", 33, SHORT, ("33", "32")),
    ],
)
def test_over_the_limit_fails_with_the_number(
    cluster: str,
    agents: int,
    tools: tuple[str, ...],
    numbers: tuple[str, str],
) -> None:
    result = checked(many(cluster, agents, tools))
    (error,) = [d for d in result.diagnostics if d.severity is Severity.ERROR]
    assert error.code == "layer-lossy"
    assert tuple(re.findall(r"\d+", error.message)) == numbers


def test_names_as_long_as_they_may_be() -> None:
    """Two that differ at their very end, on a server whose tools are as long."""
    agents, tool, server = ("a" * 39 + "x", "a" * 39 + "y"), "t" * 128, "s" * 63
    grants = {("p" * 40, agent, server): {tool: "none"} for agent in agents}
    for new in (True, False):
        specs = documents({server: Server((tool, "other"), new=new)}, grants)
        assert not checked(specs).failed


def test_a_name_that_the_controller_takes_for_a_variable() -> None:
    tools = ("request.create", "a_tool_with_a_very_long_name")
    grants = {("alpha", "dev", "s"): dict.fromkeys(tools, "none")}
    result = checked(documents({"s": Server(tools)}, grants, clusters=["agentic"]))
    errors = [d for d in result.diagnostics if d.severity is Severity.ERROR]
    assert [d.code for d in errors] == ["layer-lossy"]
    assert "`request.create`" in errors[0].message


def test_a_limit_can_be_neither_lowered_nor_waived() -> None:
    """Past it nothing can be emitted."""
    specs = many("agentic", 11, SHORT)
    check = {"code": "layer-lossy", "severity": "warning"}
    specs.append(
        {
            "apiVersion": "roster/v1",
            "kind": "Policy",
            "metadata": {"name": "lenient", "owner": "team"},
            "spec": {"description": "a test", "checks": [check]},
        }
    )
    files = sources(specs[:-1])
    policy = json.dumps(specs[-1])
    files["policies/lenient.yaml"] = Source("policies/lenient.yaml", policy)
    assert compile(files.values(), today=TODAY).failed


def test_kagent_splits_a_server_and_counts_its_entries() -> None:
    tools = tuple(f"t{n}" for n in range(120))
    grants = {("alpha", "dev", "s"): dict.fromkeys(tools, "none")}
    assert not checked(documents({"s": Server(tools)}, grants, clusters=["kagent"])).failed
    servers = {f"s{n}": Server(tools) for n in range(7)}
    seven = {("alpha", "dev", name): dict.fromkeys(tools, "none") for name in servers}
    result = checked(documents(servers, seven, clusters=["kagent"]))
    errors = [d for d in result.diagnostics if d.severity is Severity.ERROR]
    assert [(d.code, re.findall(r"\d+", d.message)) for d in errors] == [
        ("layer-lossy", ["21", "20"])
    ]


def test_kagent_cannot_ask_for_one_of_two_tools_of_a_name() -> None:
    servers = {"a": Server(("look",)), "b": Server(("look",))}
    grants = {("alpha", "dev", "a"): {"look": "none"}, ("alpha", "dev", "b"): {"look": "human"}}
    result = checked(documents(servers, grants, clusters=["kagent"]))
    errors = [d for d in result.diagnostics if d.severity is Severity.ERROR]
    assert [d.code for d in errors] == ["layer-lossy"]
