"""The workflow engine's program with real agents: patterns, approvals, timeouts, and crashes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import httpx
import pytest

from tests.local.engines import Estate, running_estate, step_of, until
from tests.local.model_standin import StandIn, model
from tests.local.workflows import PATTERNS

FAN = ["one", "two", "three"]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with (
        model() as stand_in,
        running_estate(
            tmp_path_factory.mktemp("engine"), stand_in, PATTERNS, "filesystem"
        ) as running,
    ):
        yield running


@pytest.fixture
def engine(started: Estate) -> Iterator[Estate]:
    """The engine, with a model without requests yet."""
    started.model.asked.clear()
    yield started
    started.model.reply = lambda _: None


def hold(model: StandIn, *steps: str) -> Event:
    """Delay the model's answers to these steps until the event is set."""
    go = Event()

    def reply(first: str) -> str | None:
        if step_of(first) in steps:
            assert go.wait(60)
        return None

    model.reply = reply
    return go


def test_a_sequence_passes_on_the_results_of_each_step(engine: Estate) -> None:
    done = engine.ends(engine.begin("line"), "done")
    assert engine.asked() == ["plan", "look", "write"]
    assert {name: result["text"] for name, result in done["results"].items()} == dict.fromkeys(
        ("plan", "look", "write"), "Noted."
    )
    last = engine.content(-1)
    assert (last["task"], sorted(last["results"])) == ("hello", ["look", "plan"])


@pytest.mark.parametrize(
    ("verdicts", "rounds"),
    [(["fail", "pass"], 2), (["pass"], 1), (["fail"] * 5, 3), (["perhaps"] * 5, 3)],
)
def test_a_reflection_ends_by_its_verdict_or_its_rounds(
    engine: Estate, verdicts: list[str], rounds: int
) -> None:
    words = iter(verdicts)
    engine.model.reply = lambda first: (
        f"It is so.\nverdict: {next(words)}" if step_of(first) == "judge" else None
    )
    engine.ends(engine.begin("loop"), "done")
    assert engine.asked() == ["build", "judge"] * rounds + ["finish"]


def test_specialists_work_at_the_same_time_and_again_in_the_next_round(engine: Estate) -> None:
    """The model answers only after all three specialists have asked it."""
    meeting, words = Barrier(3, timeout=30), iter(["fail", "pass"])

    def reply(first: str) -> str | None:
        if step_of(first) in FAN:
            meeting.wait()
        return f"verdict: {next(words)}" if step_of(first) == "judge" else None

    engine.model.reply = reply
    done = engine.ends(engine.begin("fan"), "done")
    asked = engine.asked()
    assert sorted(asked[1:4]) == sorted(asked[7:10]) == sorted(FAN)
    assert [asked[0], *asked[4:7], *asked[10:]] == ["plan", "gather", "judge"] * 2
    assert sorted(engine.content(4)["results"]) == sorted(["plan", *FAN])
    assert set(done["results"]) == {"plan", "gather", "judge", *FAN}


@pytest.mark.parametrize(
    ("workflow", "state", "reason"),
    [
        ("hasty", "failed", "look: no answer within 1 s"),
        ("brief", "timed-out", "the workflow has timed out"),
    ],
)
def test_time_is_limited(engine: Estate, workflow: str, state: str, reason: str) -> None:
    go = hold(engine.model, "look")
    run = engine.ends(engine.begin(workflow), state)
    go.set()
    assert run["reason"] == reason
    assert engine.asked() == ["plan", "look"]


def test_a_failed_step_fails_the_run_with_the_agents_reason(engine: Estate) -> None:
    run = engine.ends(engine.begin("line", "write the minutes, cut off"), "failed")
    assert run["reason"].startswith("plan: ")
    assert "max_tokens" in run["reason"]


def test_several_questions_are_answered_one_by_one_by_a_person(engine: Estate) -> None:
    engine.model.reply = lambda first: "verdict: pass" if step_of(first) == "judge" else None
    run = engine.begin("asking")
    assert [wait["step"] for wait in engine.ends(run, "waiting")["waits"]] == ["one", "two"]
    assert answer(engine, run, approve=True).status_code == 400
    assert answer(engine, run, approve=True, step="plan").status_code == 400
    assert answer(engine, run, approve="yes", step="one").status_code == 400
    assert answer(engine, run, "demo.lead", approve=True, step="one").status_code == 403
    assert answer(engine, run, approve=True, step="two").status_code == 202
    waits = until(lambda: still(engine, run, ["one"]))
    assert sorted(waits["results"]) == ["plan", "three", "two"]
    assert answer(engine, run, approve=True).status_code == 202
    engine.ends(run, "done")
    assert answer(engine, run, approve=True).status_code == 409
    assert sorted(engine.asked()) == sorted(["plan", *FAN, "gather", "judge"])


def test_a_step_that_a_person_refuses_ends_the_run(engine: Estate) -> None:
    run = engine.begin("asking")
    engine.ends(run, "waiting")
    assert answer(engine, run, approve=False, step="one").status_code == 202
    until(lambda: still(engine, run, ["two"]))
    assert answer(engine, run, approve=False).status_code == 202
    engine.ends(run, "rejected")
    assert sorted(engine.asked()) == ["plan", "three"]


def answer(engine: Estate, run: str, caller: str = "operator", **body: Any) -> Any:
    return engine.ask("POST", f"/runs/{run}/answer", caller, json=body)


def still(engine: Estate, run: str, steps: list[str]) -> dict[str, Any] | None:
    current = engine.ask("GET", f"/runs/{run}").json()
    waits = [wait["step"] for wait in current.get("waits", [])]
    return current if current["state"] == "waiting" and waits == steps else None


@pytest.mark.parametrize("sooner", [True, False])
def test_a_step_is_done_once_although_the_engine_is_killed_meanwhile(
    engine: Estate, *, sooner: bool
) -> None:
    """Its agent finishes before the engine is back, or after."""
    go = hold(engine.model, "look")
    run = engine.begin("line")
    until(lambda: engine.asked() == ["plan", "look"])
    engine.kill("engine")
    if sooner:
        go.set()
    engine.start("engine")
    go.set()
    done = engine.ends(run, "done")
    assert engine.asked() == ["plan", "look", "write"]
    assert set(done["results"]) == {"plan", "look", "write"}


def test_finished_steps_are_not_repeated_after_a_power_cut(engine: Estate) -> None:
    """The agents lose their tasks too: only unfinished steps are done again."""
    go = hold(engine.model, "two", "three")
    run = engine.begin("fan")
    until(lambda: len(engine.asked()) == 4 and "one" in engine.answered(run))
    for name in ("engine", "scribe", "clerk", "lead"):
        engine.kill(name)
    assert engine.checkpoints(run) == 3  # its input, its start, and the plan
    go.set()
    engine.model.reply = lambda first: "verdict: pass" if step_of(first) == "judge" else None
    for name in ("engine", "scribe", "clerk", "lead"):  # the engine waits for its agents
        engine.start(name)
    engine.ends(run, "done")
    asked = engine.asked()
    assert {name: asked.count(name) for name in asked} == {
        "plan": 1, "one": 1, "two": 2, "three": 2, "gather": 1, "judge": 1,
    }  # fmt: skip


def test_an_agents_question_is_asked_once_although_the_engine_is_killed(engine: Estate) -> None:
    engine.model.reply = lambda first: None if step_of(first) == "look" else "Noted."
    minutes = engine.root / "specs/minutes.txt"
    run = engine.begin("line", "write the minutes")
    (asked,) = engine.ends(run, "waiting")["waits"]
    assert "filesystem/write_file" in asked["ask"]
    engine.kill("engine")
    engine.start("engine")
    assert not minutes.exists()
    assert answer(engine, run, approve=True).status_code == 202
    engine.ends(run, "done")
    assert minutes.exists()
    minutes.unlink()
    assert engine.asked() == ["plan", "look", "look", "write"]  # the call, and what came of it


def test_an_approval_is_not_used_for_another_task(engine: Estate) -> None:
    """The agent has lost the task: the approval must not be used for a new one."""
    engine.model.reply = lambda first: None if step_of(first) == "look" else "Noted."
    run = engine.begin("line", "write the minutes")
    engine.ends(run, "waiting")
    engine.kill("scribe")
    engine.start("scribe")
    assert answer(engine, run, approve=True).status_code == 202
    assert "not found" in engine.ends(run, "failed")["reason"]
    assert not (engine.root / "specs/minutes.txt").exists()


def test_an_agent_processes_a_message_once(engine: Estate) -> None:
    """The second comes during the first, the third later; another caller's is another message."""
    go = hold(engine.model, "look")
    with ThreadPoolExecutor() as pool:
        twice = [pool.submit(send_step, engine, "operator", "look") for _ in range(2)]
        until(lambda: engine.asked() == ["look"])
        other = pool.submit(send_step, engine, "demo.lead", "look")
        until(lambda: engine.asked() == ["look", "look"])
        go.set()
        first, second = (future.result()["result"]["task"] for future in twice)
        third = send_step(engine, "operator", "look")["result"]["task"]
        assert first["status"]["state"] == "TASK_STATE_COMPLETED"
        assert first["id"] == second["id"] == third["id"] != other.result()["result"]["task"]["id"]
    assert first["artifacts"] == second["artifacts"] == third["artifacts"]
    assert send_step(engine, "operator", "write")["error"]["code"] == -32602
    assert engine.asked() == ["look", "look"]


def send_step(engine: Estate, caller: str, step: str) -> dict[str, Any]:
    """Send an agent a message, always with the same id."""
    content = {"parts": [{"data": {"step": step}}], "messageId": "one", "role": "ROLE_USER"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": content}}
    headers = {"Authorization": f"Bearer {engine.token(caller)}", "A2A-Version": "1.0"}
    url = f"http://127.0.0.1:{engine.ports['scribe']}/"
    return dict(httpx.post(url, json=body, headers=headers, timeout=60).json())


def test_a_graph_is_drawn(engine: Estate) -> None:
    drawn = engine.ask("GET", "/workflows/demo/fan/graph").text
    assert drawn.splitlines()[5] == "graph TD;"
    edges = {line.strip() for line in drawn.splitlines() if "--" in line or "-.-" in line}
    assert {
        "__start__ --> plan;", "one --> gather;", "two --> gather;", "three --> gather;",
        "judge -.-> plan;", "judge -.-> __end__;", "plan -.-> one;", "gather -.-> judge;",
    } <= edges, edges  # fmt: skip


@pytest.mark.parametrize(
    ("input", "reason"),
    [({"n": 2**70}, "64-bit"), ({"deep": [[[]]] * 3 + [1e999]}, "too large")],
)
def test_an_input_that_cannot_be_stored_is_refused(
    engine: Estate, input: dict[str, Any], reason: str
) -> None:
    text = str({"input": input}).replace("'", '"').replace("inf", "1e999")
    answer = engine.ask("POST", "/workflows/demo/line/runs", content=text)
    assert (answer.status_code, reason in answer.text) == (400, True), answer.text


def test_agents_of_other_projects_neither_start_nor_see_runs(engine: Estate) -> None:
    run = engine.begin("line")
    assert engine.ask("GET", f"/runs/{run}", "demo.clerk").status_code == 200
    assert engine.ask("GET", f"/runs/{run}", "other.clerk").status_code == 404
    path = "/workflows/demo/line/runs"
    assert engine.ask("POST", path, "other.clerk", json={"input": 1}).status_code == 403
    engine.ends(run, "done")


def test_the_oldest_ended_runs_are_deleted(engine: Estate) -> None:
    """Only ended ones: a run that waits for a person is kept."""
    first, waits = engine.begin("line"), engine.begin("asking")
    engine.ends(first, "done")
    engine.ends(waits, "waiting")
    engine.kill("engine")
    with sqlite3.connect(engine.root / "state.sqlite") as database:
        database.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            " INSERT INTO runs SELECT 'more-' || i, project, name, workflow, input, 'done', '{}'"
            " FROM n, runs WHERE id = ?",
            (first,),
        )
    engine.start("engine")
    kept = {run["id"] for run in engine.ask("GET", "/runs").json()["runs"]}
    assert first not in kept and waits in kept
    assert {f"more-{number}" for number in range(1, 1001)} <= kept
    assert (engine.answered(first), engine.checkpoints(first)) == ([], 0)
    assert engine.checkpoints(waits) > 0
