"""An agent's program and its language model: faults, limits, the log, and the registry."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import pytest
from a2a.server.context import ServerCallContext
from a2a.types import Task, TaskState, TaskStatus

from stack.services.agent.authentication import Caller
from stack.services.agent.store import TaskStore
from tests.local.bridges import until
from tests.local.calls import data, state, text
from tests.local.model_standin import BREAK, SURE, Fault
from tests.local.team import KEY, Team, team


@pytest.fixture(scope="module")
def demo() -> Iterator[Team]:
    with team() as running:
        yield running


@pytest.mark.parametrize(
    "faults",
    [
        [Fault(529, "0"), Fault(429, "0.1"), Fault(500, "0")],
        [Fault(200, event="overloaded_error"), BREAK],
        [Fault(429, "soon")],
    ],
)
def test_a_request_to_the_model_is_repeated_after_temporary_faults(
    demo: Team, faults: list[Fault]
) -> None:
    before = len(demo.model.asked)
    demo.model.faults.extend(faults)
    task = demo.say("clerk", "hello")
    assert (state(task), text(task)) == ("COMPLETED", "Noted.")
    assert len(demo.model.asked) == before + len(faults) + 1


def test_it_waits_as_long_as_the_model_says(demo: Team) -> None:
    demo.model.faults.append(Fault(429, "3"))
    began = time.monotonic()
    assert state(demo.say("clerk", "hello")) == "COMPLETED"
    assert time.monotonic() - began >= 3


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ([Fault(529, "0")] * 4, "(4 of 4 tries, the next in 0 s): it answered 529: ordered"),
        ([Fault(429, "3600")], "(1 of 4 tries, the next in 3600 s): it answered 429"),
        ([Fault(400)], "gives no answer: it answered 400: ordered: invalid_request_error"),
        ([Fault(200, event="invalid_request_error")], "it broke off with invalid_request_error"),
    ],
)
def test_a_failed_task_has_the_models_reason(demo: Team, faults: list[Fault], reason: str) -> None:
    before = len(demo.model.asked)
    demo.model.faults.extend(faults)
    task = demo.say("clerk", "hello")
    assert state(task) == "FAILED"
    assert reason in text(task)
    assert len(demo.model.asked) == before + len(faults)
    assert state(demo.say("clerk", "hello")) == "COMPLETED"


def test_answers_are_streamed(demo: Team) -> None:
    """Otherwise the SDK refuses to wait for long answers, and this model's may be long."""
    assert state(demo.say("clerk", "Please add two and three")) == "COMPLETED"
    assert demo.model.streamed
    assert all(demo.model.streamed)


def test_a_model_that_is_away_fails_the_task_and_not_the_agent(demo: Team) -> None:
    demo.stop("demo.clerk")
    demo.start("demo.clerk", MODEL_URL="http://127.0.0.1:9")
    before = demo.registered("clerk")["lastHeartbeat"]
    task = demo.say("clerk", "hello")
    assert state(task) == "FAILED"
    assert "it cannot be reached (ConnectError)" in text(task)
    until(lambda: demo.registered("clerk")["lastHeartbeat"] > before, 60)
    assert demo.registered("clerk")["status"] == "active"
    demo.stop("demo.clerk")
    demo.start("demo.clerk")


def test_it_reports_its_status_to_the_registry(demo: Team) -> None:
    until(lambda: demo.registered("lead")["status"] == "active")
    demo.stop("demo.lead")
    assert demo.registered("lead")["status"] == "offline"
    demo.start("demo.lead")
    until(lambda: demo.registered("lead")["status"] == "active")


def test_the_log_says_what_was_decided_and_by_whom(demo: Team) -> None:
    before = len(demo.log("scribe"))
    moved = demo.say("scribe", "Please move a file")
    answered = []
    for word, by in (("approve", "operator"), ("reject", "demo.clerk")):
        task = demo.say("scribe", "Please write the minutes", by=by)
        answered.append(demo.say("scribe", word, str(task["id"]), by=by))
    added = demo.say("clerk", "Please add two and three")
    lines = [*demo.log("scribe")[before:], demo.log("clerk")[-1]]
    assert [(line["task"], line["tool"], line["decision"], line["by"]) for line in lines] == [
        (moved["id"], "unknown", "refused", None),
        (answered[0]["id"], "filesystem/write_file", "approved", "operator"),
        (answered[1]["id"], "filesystem/write_file", "refused", "demo.clerk"),
        (added["id"], "everything/get-sum", "allowed", None),
    ]
    logged = json.dumps(lines) + demo.errors("scribe") + demo.errors("clerk")
    tokens = [demo.laptop.token(f"demo.{agent}") for agent in ("scribe", "clerk")]
    assert not [secret for secret in (KEY, "minutes.txt", *tokens) if secret in logged]


def test_a_task_has_one_limit_of_turns_however_often_a_person_is_asked(demo: Team) -> None:
    before = len(demo.model.asked)
    task = demo.say("scribe", "Please write the minutes for ever")
    approvals = 0
    while state(task) == "INPUT_REQUIRED":
        approvals += 1
        assert approvals <= 20
        task = demo.say("scribe", "approve", str(task["id"]))
    assert state(task) == "FAILED"
    assert "has called tools 20 times without an answer" in text(task)
    assert len(demo.model.asked) == before + 20


@pytest.mark.parametrize("question", SURE)
def test_an_unsure_agent_escalates(demo: Team, question: str) -> None:
    facts = data(demo.say("clerk", question))
    assert facts["escalated"] is True
    assert facts["confidence"] is None


def test_a_call_that_was_cut_off_is_not_made(demo: Team) -> None:
    before = len(demo.model.asked)
    task = demo.say("clerk", "add two and three, cut off")
    assert state(task) == "FAILED"
    assert "max_tokens" in text(task)
    assert len(demo.model.asked) == before + 1


def test_the_oldest_finished_tasks_go_first() -> None:
    async def keep() -> list[str]:
        store, mine = TaskStore(most=2), ServerCallContext(user=Caller("mine"))
        states = {
            "waits": TaskState.TASK_STATE_INPUT_REQUIRED, "works": TaskState.TASK_STATE_WORKING,
            "a": TaskState.TASK_STATE_COMPLETED, "b": TaskState.TASK_STATE_FAILED,
        }  # fmt: skip
        for id, now in states.items():
            await store.save(Task(id=id, status=TaskStatus(state=now)), mine)
        yours, over = ServerCallContext(user=Caller("yours")), TaskState.TASK_STATE_CANCELED
        await store.save(Task(id="c", status=TaskStatus(state=over)), yours)
        await store.save(Task(id="works", status=TaskStatus(state=over)), mine)
        kept = [id for id in (*states, "c") if await store.get(id, mine)]
        return kept + [id for id in (*states, "c") if await store.get(id, yours)]

    assert asyncio.run(keep()) == ["waits", "works", "c"]
