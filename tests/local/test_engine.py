"""The workflow engine as a process, with real agents: four patterns, people, time, and deaths."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import httpx
import pytest

from tests.local.engines import Desk, desk, step_of, until
from tests.local.model_standin import StandIn, model
from tests.local.workflows import PATTERNS

FAN = ["one", "two", "three"]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with (
        model() as thinker,
        desk(tmp_path_factory.mktemp("engine"), thinker, PATTERNS, "filesystem") as made,
    ):
        yield made


@pytest.fixture
def engine(started: Desk) -> Iterator[Desk]:
    """The engine, with a model that has been asked nothing yet."""
    started.thinker.asked.clear()
    yield started
    started.thinker.reply = lambda _: None


def hold(thinker: StandIn, *steps: str) -> Event:
    """Have the model keep its answers to steps back until the event is set."""
    go = Event()

    def reply(first: str) -> str | None:
        if step_of(first) in steps:
            assert go.wait(60)
        return None

    thinker.reply = reply
    return go


def test_a_sequence_hands_on_what_each_step_gave(engine: Desk) -> None:
    done = engine.ends(engine.begin("line"), "done")
    assert engine.asked() == ["plan", "look", "write"]
    assert {name: one["text"] for name, one in done["results"].items()} == dict.fromkeys(
        ("plan", "look", "write"), "Noted."
    )
    last = engine.content(-1)
    assert (last["task"], sorted(last["results"])) == ("hello", ["look", "plan"])


@pytest.mark.parametrize(
    ("verdicts", "rounds"),
    [(["fail", "pass"], 2), (["pass"], 1), (["fail"] * 5, 3), (["perhaps"] * 5, 3)],
)
def test_a_reflection_ends_with_the_verdict_or_its_rounds(
    engine: Desk, verdicts: list[str], rounds: int
) -> None:
    words = iter(verdicts)
    engine.thinker.reply = lambda first: (
        f"It is so.\nverdict: {next(words)}" if step_of(first) == "judge" else None
    )
    engine.ends(engine.begin("loop"), "done")
    assert engine.asked() == ["build", "judge"] * rounds + ["finish"]


def test_specialists_work_at_the_same_time_and_again_in_the_next_round(engine: Desk) -> None:
    """The model answers a specialist only when it has been asked by all three."""
    meeting, words = Barrier(3, timeout=30), iter(["fail", "pass"])

    def reply(first: str) -> str | None:
        if step_of(first) in FAN:
            meeting.wait()
        return f"verdict: {next(words)}" if step_of(first) == "judge" else None

    engine.thinker.reply = reply
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
        ("brief", "timed-out", "the workflow's time is over"),
    ],
)
def test_time_is_limited(engine: Desk, workflow: str, state: str, reason: str) -> None:
    go = hold(engine.thinker, "look")
    found = engine.ends(engine.begin(workflow), state)
    go.set()
    assert found["reason"] == reason
    assert engine.asked() == ["plan", "look"]


def test_what_an_agent_could_not_do_fails_the_run_with_its_words(engine: Desk) -> None:
    found = engine.ends(engine.begin("line", "write the minutes, cut off"), "failed")
    assert found["reason"].startswith("plan: ")
    assert "max_tokens" in found["reason"]


def test_several_questions_are_answered_one_by_one_by_a_person(engine: Desk) -> None:
    engine.thinker.reply = lambda first: "verdict: pass" if step_of(first) == "judge" else None
    run = engine.begin("asking")
    assert [one["step"] for one in engine.ends(run, "waiting")["waits"]] == ["one", "two"]
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


def test_a_step_that_a_person_refuses_ends_the_run(engine: Desk) -> None:
    run = engine.begin("asking")
    engine.ends(run, "waiting")
    assert answer(engine, run, approve=False, step="one").status_code == 202
    until(lambda: still(engine, run, ["two"]))
    assert answer(engine, run, approve=False).status_code == 202
    engine.ends(run, "rejected")
    assert sorted(engine.asked()) == ["plan", "three"]


def answer(engine: Desk, run: str, who: str = "operator", **said: Any) -> Any:
    return engine.ask("POST", f"/runs/{run}/answer", who, json=said)


def still(engine: Desk, run: str, steps: list[str]) -> dict[str, Any] | None:
    found = engine.ask("GET", f"/runs/{run}").json()
    waits = [one["step"] for one in found.get("waits", [])]
    return found if found["state"] == "waiting" and waits == steps else None


@pytest.mark.parametrize("sooner", [True, False])
def test_a_step_is_done_once_though_the_engine_is_killed_meanwhile(
    engine: Desk, *, sooner: bool
) -> None:
    """Its agent has finished before the engine is back, or it is still at work then."""
    go = hold(engine.thinker, "look")
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


def test_finished_steps_are_not_repeated_after_a_power_cut(engine: Desk) -> None:
    """Agents forget their tasks too: what was not finished is done again, and nothing else."""
    go = hold(engine.thinker, "two", "three")
    run = engine.begin("fan")
    until(lambda: len(engine.asked()) == 4 and "one" in engine.answered(run))
    for name in ("engine", "scribe", "clerk", "lead"):
        engine.kill(name)
    assert engine.checkpoints(run) == 3  # its input, its start, and the plan
    go.set()
    engine.thinker.reply = lambda first: "verdict: pass" if step_of(first) == "judge" else None
    for name in ("engine", "scribe", "clerk", "lead"):  # the engine waits for its agents
        engine.start(name)
    engine.ends(run, "done")
    asked = engine.asked()
    assert {name: asked.count(name) for name in asked} == {
        "plan": 1, "one": 1, "two": 2, "three": 2, "gather": 1, "judge": 1,
    }  # fmt: skip


def test_what_an_agent_asks_is_asked_once_though_the_engine_is_killed(engine: Desk) -> None:
    engine.thinker.reply = lambda first: None if step_of(first) == "look" else "Noted."
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


def test_an_approval_is_not_given_to_a_task_that_nobody_saw(engine: Desk) -> None:
    """The agent has forgotten what it asked: the answer to that is not taken for another's."""
    engine.thinker.reply = lambda first: None if step_of(first) == "look" else "Noted."
    run = engine.begin("line", "write the minutes")
    engine.ends(run, "waiting")
    engine.kill("scribe")
    engine.start("scribe")
    assert answer(engine, run, approve=True).status_code == 202
    assert "not found" in engine.ends(run, "failed")["reason"]
    assert not (engine.root / "specs/minutes.txt").exists()


def test_an_agent_does_a_message_once(engine: Desk) -> None:
    """The second comes while the first is done, the third later; and a stranger's is another."""
    go = hold(engine.thinker, "look")
    with ThreadPoolExecutor() as pool:
        twice = [pool.submit(tell, engine, "operator", "look") for _ in range(2)]
        until(lambda: engine.asked() == ["look"])
        other = pool.submit(tell, engine, "demo.lead", "look")
        until(lambda: engine.asked() == ["look", "look"])
        go.set()
        first, second = (one.result()["result"]["task"] for one in twice)
        third = tell(engine, "operator", "look")["result"]["task"]
        assert first["status"]["state"] == "TASK_STATE_COMPLETED"
        assert first["id"] == second["id"] == third["id"] != other.result()["result"]["task"]["id"]
    assert first["artifacts"] == second["artifacts"] == third["artifacts"]
    assert tell(engine, "operator", "write")["error"]["code"] == -32602
    assert engine.asked() == ["look", "look"]


def tell(engine: Desk, who: str, step: str) -> dict[str, Any]:
    """Send an agent a message, always of one id."""
    content = {"parts": [{"data": {"step": step}}], "messageId": "one", "role": "ROLE_USER"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": content}}
    headers = {"Authorization": f"Bearer {engine.token(who)}", "A2A-Version": "1.0"}
    url = f"http://127.0.0.1:{engine.ports['scribe']}/"
    return dict(httpx.post(url, json=body, headers=headers, timeout=60).json())


def test_a_graph_is_drawn(engine: Desk) -> None:
    drawn = engine.ask("GET", "/workflows/demo/fan/graph").text
    assert drawn.splitlines()[5] == "graph TD;"
    edges = {line.strip() for line in drawn.splitlines() if "--" in line or "-.-" in line}
    assert {
        "__start__ --> plan;", "one --> gather;", "two --> gather;", "three --> gather;",
        "judge -.-> plan;", "judge -.-> __end__;", "plan -.-> one;", "gather -.-> judge;",
    } <= edges, edges  # fmt: skip


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"n": 2**70}, "64-bit"), ({"deep": [[[]]] * 3 + [1e999]}, "too large")],
)
def test_an_input_that_cannot_be_kept_is_refused(
    engine: Desk, given: dict[str, Any], reason: str
) -> None:
    text = str({"input": given}).replace("'", '"').replace("inf", "1e999")
    answer = engine.ask("POST", "/workflows/demo/line/runs", content=text)
    assert (answer.status_code, reason in answer.text) == (400, True), answer.text


def test_strangers_neither_start_nor_see_runs(engine: Desk) -> None:
    run = engine.begin("line")
    assert engine.ask("GET", f"/runs/{run}", "demo.clerk").status_code == 200
    assert engine.ask("GET", f"/runs/{run}", "other.clerk").status_code == 404
    path = "/workflows/demo/line/runs"
    assert engine.ask("POST", path, "other.clerk", json={"input": 1}).status_code == 403
    engine.ends(run, "done")


def test_the_oldest_ends_are_forgotten(engine: Desk) -> None:
    """Only ends: what waits for a person waits as long as it takes."""
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
