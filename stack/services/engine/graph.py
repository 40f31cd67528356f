"""A workflow's file to a LangGraph graph: four patterns, whose nodes are steps of agents.

LangGraph runs a node that waits for a person from its beginning again once the answer is there
(LangGraph, Interrupts): `ask` has to remember agents' answers, so that they are not asked again.
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
"""Sends a step to its agent (turn 0), then a person's answers to its questions (turn 1, ...)."""


class StepError(Exception):
    """An agent did not complete its step; it ends the run, and str() says why."""


class State(TypedDict, total=False):
    """The state of a run: its input, the steps' results, the round, and the last verdict."""

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
        raise AssertionError("a drawing sends no steps")

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

    def fan_out(state: State) -> list[str]:
        return [END] if state.get("rejected") else specialists

    graph.add_conditional_edges(first["name"], fan_out, [*specialists, END])
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
        matching = (route["step"] for route in pattern["routes"] if kind in route["match"])
        return str(END if state.get("rejected") else next(matching, pattern["default"])["name"])

    names = [step["name"] for step in (*steps, pattern["default"])]
    graph.add_conditional_edges(pattern["triage"]["name"], route, [*names, END])


_PATTERNS: Mapping[str, Callable[[Graph, Mapping[str, Any], Ask], None]] = {
    "sequential": _sequential,
    "reflection": _reflection,
    "magentic": _magentic,
    "event-driven": _event_driven,
}


def _add(graph: Graph, step: Step, ask: Ask, *, judges: bool = False) -> None:
    """Add a step as a node; `judges`: its agent gives a verdict."""

    async def node(state: State) -> dict[str, Any]:
        if state.get("rejected"):
            return {}
        question = f"May the step {step['name']} of {step['agent']} start?"
        if step["approval"] == "human" and not interrupt({"step": step["name"], "ask": question}):
            return {"rejected": True}
        turn, answer = 0, await ask(step, state, 0, None)
        while answer.state == INPUT_REQUIRED:
            approved = bool(interrupt({"step": step["name"], "ask": answer.text}))
            turn += 1
            answer = await ask(step, state, turn, approved)
        if answer.state != COMPLETED:
            raise StepError(f"{step['name']}: {answer.text or answer.state}")
        result = {"text": answer.text, "data": dict(answer.data)}
        return {"results": {step["name"]: result}} | (_verdict(answer, state) if judges else {})

    graph.add_node(step["name"], node)


def _verdict(answer: Answer, state: State) -> dict[str, Any]:
    """An evaluator's verdict, in its data or its last such line; without one it is `fail`."""
    lines = _VERDICT.findall(answer.text)
    word = answer.data.get("verdict") or (lines[-1].lower() if lines else "fail")
    return {"verdict": word, "round": state.get("round", 0) + 1}


def _then(graph: Graph, step: str, following: str) -> None:
    """Add an edge that ends the run after a rejection."""

    def onward(state: State) -> str:
        return END if state.get("rejected") else following

    graph.add_conditional_edges(step, onward, sorted({following, END}))


def _again(graph: Graph, judge: str, first: str, last: str, rounds: int) -> None:
    """Add edges from the judge back to the first step, until it passes or rounds are used up."""

    def onward(state: State) -> str:
        if state.get("rejected"):
            return END
        enough = state.get("verdict") == "pass" or state.get("round", 0) >= rounds
        return last if enough else first

    graph.add_conditional_edges(judge, onward, sorted({first, last, END}))
