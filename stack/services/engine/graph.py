"""A workflow's file to a LangGraph graph: four patterns, whose nodes are steps of agents.

A node that waits for a person is run again from its beginning when the answer has come (LangGraph,
Interrupts): so what it has asked an agent before is remembered by `ask`, not asked again.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from stack.web.a2a import COMPLETED, INPUT_REQUIRED, Answer

_VERDICT = re.compile(r"^\s*verdict:\s*(pass|fail)\s*$", re.IGNORECASE | re.MULTILINE)
Step = Mapping[str, Any]
Graph = StateGraph[Any, Any, Any, Any]
Ask = Callable[[Step, "State", int, bool | None], Awaitable[Answer]]
"""Hands a step to its agent: turn 0; then what a person said to its questions, turn by turn."""


class StepFailed(Exception):  # noqa: N818 - what ends a run
    """An agent did not do its step: why."""


class State(TypedDict, total=False):
    """What a run knows: its input, what each step gave, the round, and the last verdict."""

    input: Any
    results: Annotated[dict[str, Any], operator.or_]
    round: int
    verdict: str
    rejected: Annotated[bool, operator.or_]


def build(workflow: Mapping[str, Any], ask: Ask) -> Graph:
    """The graph of a workflow, not compiled yet."""
    graph: Graph = StateGraph(State)
    pattern = workflow["pattern"]
    _PATTERNS[pattern["type"]](graph, pattern, ask)
    return graph


def mermaid(workflow: Mapping[str, Any]) -> str:
    """The graph of a workflow as a Mermaid flowchart."""

    async def ask(*_: object) -> Answer:
        raise AssertionError("a drawing asks nobody")

    return build(workflow, ask).compile().get_graph().draw_mermaid()


def _sequential(graph: Graph, pattern: Mapping[str, Any], ask: Ask) -> None:
    steps = pattern["steps"]
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        _add(graph, step, ask)
        _then(graph, step["name"], after["name"] if after else END)
    graph.add_edge(START, steps[0]["name"])


def _reflection(graph: Graph, pattern: Mapping[str, Any], ask: Ask) -> None:
    builder, evaluator = pattern["builder"], pattern["evaluator"]
    finish = pattern.get("finish")
    _add(graph, builder, ask)
    _add(graph, evaluator, ask, judges=True)
    _then(graph, builder["name"], evaluator["name"])
    if finish:
        _add(graph, finish, ask)
        graph.add_edge(finish["name"], END)
    last = finish["name"] if finish else END
    _again(graph, evaluator["name"], builder["name"], last, pattern["maxRounds"])
    graph.add_edge(START, builder["name"])


def _magentic(graph: Graph, pattern: Mapping[str, Any], ask: Ask) -> None:
    first, last = pattern["orchestrator"], pattern["aggregator"]
    specialists = [step["name"] for step in pattern["specialists"]]
    for step in (first, *pattern["specialists"], last):
        _add(graph, step, ask)
    _add(graph, pattern["evaluator"], ask, judges=True)
    graph.add_edge(START, first["name"])

    def out(state: State) -> list[str]:
        return [END] if state.get("rejected") else specialists

    graph.add_conditional_edges(first["name"], out, [*specialists, END])
    graph.add_edge(specialists, last["name"])
    _then(graph, last["name"], pattern["evaluator"]["name"])
    _again(graph, pattern["evaluator"]["name"], first["name"], END, pattern["maxRounds"])


def _event_driven(graph: Graph, pattern: Mapping[str, Any], ask: Ask) -> None:
    steps = [route["step"] for route in pattern["routes"]]
    for step in (pattern["triage"], *steps, pattern["default"]):
        _add(graph, step, ask)
    for step in (*steps, pattern["default"]):
        graph.add_edge(step["name"], END)
    graph.add_edge(START, pattern["triage"]["name"])

    def route(state: State) -> str:
        event = state["input"]
        kind = event.get("type") if isinstance(event, dict) else None
        found = (one["step"] for one in pattern["routes"] if kind in one["match"])
        return str(END if state.get("rejected") else next(found, pattern["default"])["name"])

    names = [step["name"] for step in (*steps, pattern["default"])]
    graph.add_conditional_edges(pattern["triage"]["name"], route, [*names, END])


_PATTERNS: Mapping[str, Callable[[Graph, Mapping[str, Any], Ask], None]] = {
    "sequential": _sequential,
    "reflection": _reflection,
    "magentic": _magentic,
    "event-driven": _event_driven,
}


def _add(graph: Graph, step: Step, ask: Ask, *, judges: bool = False) -> None:
    async def node(state: State) -> dict[str, Any]:
        if state.get("rejected"):
            return {}
        question = f"May the step {step['name']} of {step['agent']} start?"
        if step["approval"] == "human" and not interrupt({"step": step["name"], "ask": question}):
            return {"rejected": True}
        turn, answer = 0, await ask(step, state, 0, None)
        while answer.state == INPUT_REQUIRED:
            said = bool(interrupt({"step": step["name"], "ask": answer.text}))
            turn += 1
            answer = await ask(step, state, turn, said)
        if answer.state != COMPLETED:
            raise StepFailed(f"{step['name']}: {answer.text or answer.state}")
        given = {"results": {step["name"]: {"text": answer.text, "data": dict(answer.data)}}}
        return given | (_verdict(answer, state) if judges else {})

    graph.add_node(step["name"], node)


def _verdict(answer: Answer, state: State) -> dict[str, Any]:
    """An evaluator's word, in its data or the last such line; without one it is not content."""
    found = _VERDICT.findall(answer.text)
    word = answer.data.get("verdict") or (found[-1].lower() if found else "fail")
    return {"verdict": word, "round": state.get("round", 0) + 1}


def _then(graph: Graph, one: str, other: str) -> None:
    def onward(state: State) -> str:
        return END if state.get("rejected") else other

    graph.add_conditional_edges(one, onward, sorted({other, END}))


def _again(graph: Graph, judge: str, first: str, last: str, rounds: int) -> None:
    def onward(state: State) -> str:
        if state.get("rejected"):
            return END
        enough = state.get("verdict") == "pass" or state.get("round", 0) >= rounds
        return last if enough else first

    graph.add_conditional_edges(judge, onward, sorted({first, last, END}))
