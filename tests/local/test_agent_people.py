"""An agent's program with people, other agents and clients: approvals, delegation, access."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from a2a.client import AuthInterceptor, ClientConfig, ClientFactory
from a2a.client.client import ClientCallContext
from a2a.helpers import get_artifact_text, get_message_text, new_text_message
from a2a.types import (
    CancelTaskRequest,
    GetTaskRequest,
    Role,
    SendMessageRequest,
    Task,
    TaskState,
)

from tests.local.calls import data, state, text
from tests.local.team import Team, team


@pytest.fixture(scope="module")
def demo() -> Iterator[Team]:
    with team() as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_written(demo: Team) -> Iterator[None]:
    yield
    (demo.laptop.root / "specs/minutes.txt").unlink(missing_ok=True)


def written(demo: Team) -> bool:
    return (demo.laptop.root / "specs/minutes.txt").exists()


def test_an_agent_calls_its_tools(demo: Team) -> None:
    task = demo.say("clerk", "Please add two and three")
    assert state(task) == "COMPLETED", task
    assert "5" in text(task)
    assert data(task)["tools"] == ["everything/get-sum"]
    assert data(task)["escalated"] is False


def test_a_tool_that_the_model_invents_is_refused(demo: Team) -> None:
    assert "no such tool" in text(demo.say("scribe", "Please move a file"))


@pytest.mark.parametrize(("word", "agreed"), [("reject", False), ("approve", True)])
def test_a_person_is_asked_before_a_call(demo: Team, word: str, *, agreed: bool) -> None:
    task = demo.say("scribe", "Please write the minutes")
    assert state(task) == "INPUT_REQUIRED", task
    assert "filesystem/write_file" in text(task)
    assert not written(demo)
    done = demo.say("scribe", word, str(task["id"]))
    assert state(done) == "COMPLETED", done
    assert written(demo) is agreed


@pytest.mark.parametrize("caller", ["demo.clerk", "demo.lead", "demo.scribe"])
def test_only_the_owner_of_a_task_can_approve(demo: Team, caller: str) -> None:
    task = demo.say("scribe", "Please write the minutes")
    answer = demo.send("scribe", "approve", str(task["id"]), by=caller)
    assert "not found" in answer["error"]["message"].lower()
    assert not written(demo)
    assert state(demo.say("scribe", "reject", str(task["id"]))) == "COMPLETED"
    assert not written(demo)


def test_an_answer_that_is_neither_yes_nor_no_decides_nothing(demo: Team) -> None:
    task = demo.say("scribe", "Please write the minutes")
    unclear = demo.say("scribe", "which file?", str(task["id"]))
    assert (state(unclear), text(unclear)) == ("INPUT_REQUIRED", "Say approve, or reject.")
    assert state(demo.say("scribe", "approve", str(task["id"]))) == "COMPLETED"
    assert written(demo)


@pytest.mark.parametrize(("word", "agreed"), [("reject", False), ("approve", True)])
def test_work_is_delegated_and_the_question_comes_back(
    demo: Team, word: str, *, agreed: bool
) -> None:
    assert "5" in text(demo.say("lead", "Please have it added"))
    task = demo.say("lead", "Please have it written")
    assert state(task) == "INPUT_REQUIRED", task
    assert "May demo.scribe call filesystem/write_file" in text(task)
    assert not written(demo)
    done = demo.say("lead", word, str(task["id"]))
    assert state(done) == "COMPLETED", done
    assert ("refused" in text(done)) is not agreed
    assert written(demo) is agreed
    ours, theirs = demo.log("lead")[-1], demo.log("scribe")[-1]
    assert (ours["tool"], ours["by"]) == ("delegate/scribe", "operator")
    assert (theirs["tool"], theirs["by"]) == ("filesystem/write_file", "demo.lead")
    assert ours["decision"] == theirs["decision"] == ("approved" if agreed else "refused")
    assert (ours["task"], ours["delegated"]) == (task["id"], theirs["task"])


def test_after_a_restart_approvals_of_earlier_tasks_do_nothing(demo: Team) -> None:
    task, relayed = (
        demo.say("scribe", "Please write the minutes"), demo.say("lead", "Please have it written"),
    )  # fmt: skip
    demo.stop("demo.scribe")
    demo.start("demo.scribe")
    answer = demo.send("scribe", "approve", str(task["id"]))
    assert "not found" in answer["error"]["message"].lower()
    done = demo.say("lead", "approve", str(relayed["id"]))
    assert "not found" in text(done).lower()
    assert not written(demo)


def test_delegation_has_a_depth_limit(demo: Team) -> None:
    assert "5" in text(demo.say("lead", "Please have it added", depth=4))
    reason = "work was delegated more than 5 times"
    last = demo.say("lead", "Please have it added", depth=5)
    assert (state(last), reason in text(last)) == ("COMPLETED", True)
    deep = demo.say("clerk", "Please add two and three", depth=6)
    assert (state(deep), text(deep)) == ("FAILED", reason)
    for odd in ("3", -1, None):
        assert state(demo.say("clerk", "hello", depth=odd)) == "FAILED"


def test_an_agent_refuses_unknown_and_unauthorised_callers(demo: Team) -> None:
    url = demo.url("clerk")
    assert httpx.post(url, json={}).status_code == 401
    token = demo.laptop.token("platform.context-api")
    answer = httpx.post(url, json={}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    card = httpx.get(f"{url}.well-known/agent-card.json").json()
    assert card["name"] == "Clerk"
    assert card["supportedInterfaces"][0]["url"] == url


class _Operator:
    """The official client's source of the credential that the agent's card demands."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_credentials(self, scheme: str, context: ClientCallContext | None) -> str | None:
        return self._token if scheme == "bearer" else None


def test_the_official_client_talks_to_an_agent(demo: Team) -> None:
    async def talk() -> None:
        async with httpx.AsyncClient(timeout=60) as http:
            factory = ClientFactory(ClientConfig(httpx_client=http))
            credentials = AuthInterceptor(_Operator(demo.laptop.token("operator")))
            client = await factory.create_from_url(demo.url("scribe"), [credentials])

            async def say(words: str, task: str | None = None) -> Task:
                message = new_text_message(words, role=Role.ROLE_USER, task_id=task)
                events = client.send_message(SendMessageRequest(message=message))
                *_, last = [event async for event in events]
                return last.task

            asked = await say("Please write the minutes")
            assert asked.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
            assert "filesystem/write_file" in get_message_text(asked.status.message)
            task = await client.get_task(GetTaskRequest(id=asked.id))
            assert task.status.state == TaskState.TASK_STATE_INPUT_REQUIRED
            done = await say("approve", asked.id)
            assert done.status.state == TaskState.TASK_STATE_COMPLETED
            assert "minutes.txt" in get_artifact_text(done.artifacts[0])
            assert written(demo)
            abandoned = await say("Please write the minutes")
            over = await client.cancel_task(CancelTaskRequest(id=abandoned.id))
            assert over.status.state == TaskState.TASK_STATE_CANCELED

    asyncio.run(talk())
