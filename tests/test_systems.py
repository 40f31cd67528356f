"""The class of an agent follows from its answers; that of a workflow from all of its members."""

from __future__ import annotations

import json
from datetime import date

import pytest

from compiler.ai_act.systems import System
from compiler.derive import derive
from compiler.pipeline import read
from tests.estate import TODAY, sources

NOTHING: dict[str, object] = {"annexIII": "none"}
CREDIT: dict[str, object] = {"annexIII": ["5(b)"]}
NARROW = {"condition": "a", "grounds": "It sorts forms by their date.", "profiling": False}
ALL = dict.fromkeys(("a", "b", "ba", "bb", "c", "d", "e", "f", "g", "h"), False)


def agent(name: str, answers: dict[str, object] | None) -> str:
    spec: dict[str, object] = {
        "displayName": name,
        "role": "domain-skill",
        "purpose": "It works",
        "capabilities": ["working"],
        "model": "haiku",
        "prompt": {"file": "prompt.md", "version": "1.0.0"},
        "riskTier": "low",
        "confidenceThreshold": 0.9,
        "oversight": {"mode": "approval"},
        "image": {"repository": "ghcr.io/example/agent", "tag": "1.0.0"},
        "resources": {
            "requests": {"cpu": "500m", "memory": "1G"},
            "limits": {"cpu": "1", "memory": "2G"},
        },
    }
    if answers is not None:
        spec["compliance"] = answers
    return document("Agent", name, spec)


def document(kind: str, name: str, spec: dict[str, object]) -> str:
    header = f"kind: {kind}\nmetadata: {{name: {name}, owner: a-team}}\n"
    return f"apiVersion: roster/v1\n{header}spec: {json.dumps(spec)}\n"


def system(
    *members: dict[str, object] | None,
    separable: bool = False,
    talks: bool = False,
    regime: bool = True,
) -> System | None:
    names = [f"agent-{index}" for index in range(len(members))]
    amounts = {"requests": {"cpu": "8", "memory": "16G"}, "limits": {"cpu": "16", "memory": "32G"}}
    quota = {**amounts, "pods": 50}
    project: dict[str, object] = {
        "displayName": "Lending",
        "description": "It lends",
        "clusters": ["prod"],
        "servers": [],
        "agents": [{"agent": name} for name in names],
        "quota": {"agents": quota, "servers": quota},
        "compliance": ["eu-ai-act"] if regime else [],
        "notices": {"interactsWithPersons": talks},
    }
    workflow: dict[str, object] = {
        "displayName": "Flow",
        "purpose": "It flows",
        "project": "lending",
        "pattern": {
            "type": "sequential",
            "steps": [{"name": f"step-{name}", "agent": name} for name in (*names, names[0])],
        },
        "checkpointing": {"store": "postgres"},
        "compliance": {"separable": separable},
    }
    texts = [agent(name, answers) for name, answers in zip(names, members, strict=True)]
    texts += [document("Project", "lending", project), document("Workflow", "flow", workflow)]
    reading = read(sources(texts).values())
    assert reading.graph is not None, reading.diagnostics
    graph = reading.graph
    fleet = derive(graph, TODAY)
    return next((s for s in fleet.systems if s.project.name == "lending"), None)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (None, "minimal"),
        ({}, "minimal"),
        (NOTHING, "minimal"),
        ({**NOTHING, "prohibited": ALL}, "minimal"),
        ({**NOTHING, "prohibited": {**ALL, "c": True}}, "prohibited"),
        ({**CREDIT, "prohibited": {**ALL, "c": True}}, "prohibited"),
        ({**NOTHING, "interactsWithPersons": True}, "limited"),
        ({**NOTHING, "generates": ["image"]}, "limited"),
        ({**NOTHING, "emotionOrBiometric": True}, "limited"),
        ({**NOTHING, "publicText": True}, "limited"),
        ({**NOTHING, "personalData": True}, "minimal"),
        ({**NOTHING, "safetyComponent": True}, "high"),
        (CREDIT, "high"),
        ({**CREDIT, "derogation": NARROW}, "minimal"),
        ({**CREDIT, "derogation": NARROW, "interactsWithPersons": True}, "limited"),
        ({**CREDIT, "derogation": {**NARROW, "profiling": True}}, "high"),
        ({**CREDIT, "derogation": {"condition": "a"}}, "high"),
        ({**CREDIT, "derogation": {"profiling": False}}, "high"),
        ({**CREDIT, "derogation": NARROW, "safetyComponent": True}, "high"),
    ],
    ids=str,
)
def test_an_agent_is_as_it_answers(answers: dict[str, object] | None, expected: str) -> None:
    reported = system(answers, separable=True)
    assert reported
    assert reported.classes["agent-0"] == expected
    assert reported.workflow_classes["flow"] == expected
    assert reported.ai_class == expected


def test_a_derogation_counts_in_a_workflow_only_where_members_are_judged_apart() -> None:
    narrow = {**CREDIT, "derogation": NARROW}
    together, apart = system(narrow, NOTHING), system(narrow, NOTHING, separable=True)
    assert together
    assert apart
    assert together.classes == apart.classes == {"agent-0": "minimal", "agent-1": "minimal"}
    assert (together.workflow_classes["flow"], together.ai_class) == ("high", "high")
    assert (apart.workflow_classes["flow"], apart.ai_class) == ("minimal", "minimal")


def test_a_system_is_as_its_gravest_member() -> None:
    reported = system(NOTHING, CREDIT, {**NOTHING, "generates": ["text"]})
    assert reported
    assert reported.classes == {"agent-0": "minimal", "agent-1": "high", "agent-2": "limited"}
    assert (reported.workflow_classes["flow"], reported.ai_class) == ("high", "high")
    assert reported.limited, "Art. 50 binds high-risk systems too"
    assert reported.points == ("5(b)",)


def test_notices_say_that_people_talk_to_it() -> None:
    reported = system(NOTHING, talks=True)
    assert reported
    assert (reported.classes["agent-0"], reported.ai_class) == ("minimal", "limited")


def test_only_projects_that_answer_to_the_act_are_systems() -> None:
    assert system(CREDIT, regime=False) is None


def test_without_a_role_the_duties_of_all_roles_bind() -> None:
    reported = system(CREDIT)
    assert reported
    assert reported.binds("high-provider")
    assert reported.binds("high-deployer")
    assert not reported.binds("general-purpose")


def test_today_is_before_the_duties_of_high_risk() -> None:
    assert date(2027, 12, 2) > TODAY, "the tests of severities rely on it"
