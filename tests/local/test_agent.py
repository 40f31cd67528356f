"""An agent's own program and its language model: troubles, limits, the log, and the registry."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import pytest
from a2a.server.context import ServerCallContext
from a2a.types import Task, TaskState, TaskStatus

from stack.services.agent.authentication import Caller
from stack.services.agent.store import Store
from tests.local.bridges import until
from tests.local.calls import data, state, text
from tests.local.model_standin import BREAK, SURE, Trouble
from tests.local.team import KEY, Team, team


@pytest.fixture(scope="module")
def demo() -> Iterator[Team]:
    with team() as made:
        yield made


@pytest.mark.parametrize(
    "troubles",
    [
        [Trouble(529, "0"), Trouble(429, "0.1"), Trouble(500, "0")],
        [Trouble(200, event="overloaded_error"), BREAK],
        [Trouble(429, "soon")],
    ],
)
def test_a_model_in_trouble_is_asked_again(demo: Team, troubles: list[Trouble]) -> None:
    before = len(demo.model.asked)
    demo.model.troubles.extend(troubles)
    task = demo.say("clerk", "hello")
    assert (state(task), text(task)) == ("COMPLETED", "Noted.")
    assert len(demo.model.asked) == before + len(troubles) + 1


def test_it_waits_as_long_as_the_model_says(demo: Team) -> None:
    demo.model.troubles.append(Trouble(429, "3"))
    began = time.monotonic()
    assert state(demo.say("clerk", "hello")) == "COMPLETED"
    assert time.monotonic() - began >= 3


@pytest.mark.parametrize(
    ("troubles", "told"),
    [
        ([Trouble(529, "0")] * 4, "(4 of 4 tries, the next in 0 s): it answered 529: ordered"),
        ([Trouble(429, "3600")], "(1 of 4 tries, the next in 3600 s): it answered 429"),
        ([Trouble(400)], "gives no answer: it answered 400: ordered: invalid_request_error"),
        ([Trouble(200, event="invalid_request_error")], "it broke off with invalid_request_error"),
    ],
)
def test_a_task_fails_and_says_what_the_model_said(
    demo: Team, troubles: list[Trouble], told: str
) -> None:
    before = len(demo.model.asked)
    demo.model.troubles.extend(troubles)
    task = demo.say("clerk", "hello")
    assert state(task) == "FAILED"
    assert told in text(task)
    assert len(demo.model.asked) == before + len(troubles)
    assert state(demo.say("clerk", "hello")) == "COMPLETED"


def test_answers_are_streamed(demo: Team) -> None:
    """The SDK refuses to wait for long answers otherwise, and this model's can be long."""
    assert state(demo.say("clerk", "Please add two and three")) == "COMPLETED"
    assert demo.model.streamed
    assert all(demo.model.streamed)


def test_a_model_that_is_away_fails_the_task_and_not_the_agent(demo: Team) -> None:
    demo.stop("demo.clerk")
    demo.start("demo.clerk", MODEL_URL="http://127.0.0.1:9")
    before = demo.known("clerk")["lastHeartbeat"]
    task = demo.say("clerk", "hello")
    assert state(task) == "FAILED"
    assert "it cannot be reached (ConnectError)" in text(task)
    until(lambda: demo.known("clerk")["lastHeartbeat"] > before, 60)
    assert demo.known("clerk")["status"] == "active"
    demo.stop("demo.clerk")
    demo.start("demo.clerk")


def test_the_registry_hears_how_it_is(demo: Team) -> None:
    until(lambda: demo.known("lead")["status"] == "active")
    demo.stop("demo.lead")
    assert demo.known("lead")["status"] == "offline"
    demo.start("demo.lead")
    until(lambda: demo.known("lead")["status"] == "active")


def test_the_log_says_what_was_decided_and_by_whom(demo: Team) -> None:
    before = len(demo.log("scribe"))
    moved = demo.say("scribe", "Please move a file")
    found = []
    for word, by in (("approve", "operator"), ("reject", "demo.clerk")):
        task = demo.say("scribe", "Please write the minutes", by=by)
        found.append(demo.say("scribe", word, str(task["id"]), by=by))
    added = demo.say("clerk", "Please add two and three")
    lines = [*demo.log("scribe")[before:], demo.log("clerk")[-1]]
    assert [(one["task"], one["tool"], one["decision"], one["by"]) for one in lines] == [
        (moved["id"], "unknown", "refused", None),
        (found[0]["id"], "filesystem/write_file", "approved", "operator"),
        (found[1]["id"], "filesystem/write_file", "refused", "demo.clerk"),
        (added["id"], "everything/get-sum", "allowed", None),
    ]
    said = json.dumps(lines) + demo.errors("scribe") + demo.errors("clerk")
    tokens = [demo.laptop.token(f"demo.{agent}") for agent in ("scribe", "clerk")]
    assert not [secret for secret in (KEY, "minutes.txt", *tokens) if secret in said]


def test_a_task_has_one_limit_of_turns_however_often_a_person_is_asked(demo: Team) -> None:
    before = len(demo.model.asked)
    task = demo.say("scribe", "Please write the minutes for ever")
    approvals = 0
    while state(task) == "INPUT_REQUIRED":
        approvals += 1
        assert approvals <= 20
        task = demo.say("scribe", "approve", str(task["id"]))
    assert state(task) == "FAILED"
    assert "has called tools 20 times, and not ended" in text(task)
    assert len(demo.model.asked) == before + 20


@pytest.mark.parametrize("question", SURE)
def test_an_unsure_agent_escalates(demo: Team, question: str) -> None:
    found = data(demo.say("clerk", question))
    assert found["escalated"] is True
    assert found["confidence"] is None


def test_a_call_that_was_cut_off_is_not_made(demo: Team) -> None:
    before = len(demo.model.asked)
    task = demo.say("clerk", "add two and three, cut off")
    assert state(task) == "FAILED"
    assert "max_tokens" in text(task)
    assert len(demo.model.asked) == before + 1


def test_the_oldest_finished_tasks_go_first() -> None:
    async def keep() -> list[str]:
        store, mine = Store(most=2), ServerCallContext(user=Caller("mine"))
        states = {
            "waits": TaskState.TASK_STATE_INPUT_REQUIRED, "works": TaskState.TASK_STATE_WORKING,
            "a": TaskState.TASK_STATE_COMPLETED, "b": TaskState.TASK_STATE_FAILED,
        }  # fmt: skip
        for id, now in states.items():
            await store.save(Task(id=id, status=TaskStatus(state=now)), mine)
        yours, over = ServerCallContext(user=Caller("yours")), TaskState.TASK_STATE_CANCELED
        await store.save(Task(id="c", status=TaskStatus(state=over)), yours)
        await store.save(Task(id="works", status=TaskStatus(state=over)), mine)
        there = [id for id in (*states, "c") if await store.get(id, mine)]
        return there + [id for id in (*states, "c") if await store.get(id, yours)]

    assert asyncio.run(keep()) == ["waits", "works", "c"]
