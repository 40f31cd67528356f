"""The engine and the event bus, a real Redis: each event starts one run, in spite of crashes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from redis import Redis

from tests.local.engines import Estate, running_estate, until
from tests.local.model_standin import model
from tests.local.workflows import EVENTS

STREAM, GROUP = "events:alerts", "demo.watch"
FIRE = {"type": "fire", "where": "cellar"}
POISON: dict[str, tuple[dict[str, Any], str]] = {
    "no JSON": ({"event": "{fire}"}, "not JSON"),
    "no UTF-8": ({"event": b'"\xff"'}, "not UTF-8"),
    "a key twice": ({"event": '{"type": "fire", "type": "flood"}'}, "a key twice"),
    "no object": ({"event": '["fire"]'}, "`type`"),
    "no type": ({"event": '{"kind": "fire"}'}, "`type`"),
    "a type that is no text": ({"event": '{"type": 7}'}, "`type`"),
    "no event": ({"message": "fire"}, "no field"),
    "too large": ({"event": json.dumps({"type": "fire", "x": "x" * 2**18})}, "bytes"),
    "too deep": ({"event": f'{{"type": "fire", "x": {"[" * 99 + "]" * 99}}}'}, "deeper"),
    "a number too big": ({"event": f'{{"type": "fire", "x": {2**70}}}'}, "64-bit"),
}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with (
        model() as stand_in,
        running_estate(tmp_path_factory.mktemp("bus"), stand_in, EVENTS) as running,
    ):
        yield running


@pytest.fixture
def engine(started: Estate) -> Iterator[Estate]:
    """The engine, which reads the bus, with a model without requests yet."""
    until(lambda: started.ready().status_code == 200)
    started.model.asked.clear()
    yield started
    started.model.reply = lambda _: None


@pytest.fixture
def bus(engine: Estate) -> Iterator[Redis]:
    with engine.redis() as client:
        yield client


def send(bus: Redis, event: Any, topic: str = "alerts") -> str:
    """Put an event on the bus; the id of its entry."""
    return str(bus.xadd(f"events:{topic}", {"event": json.dumps(event)}))


def run_of(entry: str) -> str:
    return f"{GROUP}:alerts:{entry}"


def pending(bus: Redis) -> list[str]:
    """The entries that are delivered, but not acknowledged."""
    return [entry["message_id"] for entry in bus.xpending_range(STREAM, GROUP, "-", "+", 100)]


@pytest.mark.parametrize(
    ("kind", "step"), [("fire", "rescue"), ("flood", "rescue"), ("x", "other")]
)
def test_an_event_goes_to_the_route_of_its_type(
    engine: Estate, bus: Redis, kind: str, step: str
) -> None:
    entry = send(bus, {"type": kind, "where": "cellar"})
    until(lambda: any(run["id"] == run_of(entry) for run in engine.runs("watch")))
    done = engine.ends(run_of(entry), "done")
    assert set(done["results"]) == {"triage", step}
    assert engine.asked() == ["triage", step]
    assert engine.content(0)["task"] == {"type": kind, "where": "cellar"}
    until(lambda: not pending(bus))


def test_every_workflow_of_a_topic_gets_every_event(engine: Estate, bus: Redis) -> None:
    entry = send(bus, FIRE, "notes")
    for name in ("ledger", "diary"):
        run = f"demo.{name}:notes:{entry}"
        until(lambda n=name, r=run: r in [run["id"] for run in engine.runs(n)])
        engine.ends(run, "done")
    assert sorted(engine.asked()) == ["rescue", "rescue", "triage", "triage"]


@pytest.mark.parametrize("name", POISON)
def test_an_invalid_event_becomes_a_dead_letter(engine: Estate, bus: Redis, name: str) -> None:
    fields, reason = POISON[name]
    before = len(engine.runs("watch"))
    poison, good = str(bus.xadd(STREAM, fields)), send(bus, FIRE)
    until(lambda: run_of(good) in [run["id"] for run in engine.runs("watch")])
    engine.ends(run_of(good), "done")
    until(lambda: not pending(bus))
    with Redis(port=engine.ports["redis"]) as raw:  # bytes that are not UTF-8 are kept
        (_, letter), *_ = raw.xrevrange(f"{STREAM}:dead", count=1)
    assert (letter[b"entry"].decode(), letter[b"workflow"].decode()) == (poison, GROUP)
    assert reason in letter[b"reason"].decode()
    event = fields.get("event", "")
    sent = event if isinstance(event, bytes) else event.encode()
    assert letter.get(b"event", b"") == (b"" if name == "too large" else sent)
    assert len(engine.runs("watch")) == before + 1
    assert engine.asked() == ["triage", "rescue"]


def test_entries_of_a_dead_consumer_are_taken_over(engine: Estate, bus: Redis) -> None:
    engine.kill("engine")
    entry = send(bus, FIRE)
    ((_, [(taken, _)]),) = bus.xreadgroup(GROUP, "dead-consumer", {STREAM: ">"}, 1)
    assert taken == entry
    engine.start("engine")
    until(lambda: engine.ready().status_code == 200)
    late = send(bus, {"type": "later"})
    until(lambda: run_of(late) in [run["id"] for run in engine.runs("watch")])
    assert pending(bus) == [entry]  # its consumer may still be alive
    age(bus, entry)
    until(lambda: run_of(entry) in [run["id"] for run in engine.runs("watch")])
    engine.ends(run_of(entry), "done")
    until(lambda: not pending(bus))


def age(bus: Redis, entry: str) -> None:
    """Set the idle time of a delivered entry to a minute."""
    owner = bus.xpending_range(STREAM, GROUP, entry, entry, 1)[0]["consumer"]
    bus.xclaim(STREAM, GROUP, owner, 0, [entry], idle=60_000)


@pytest.mark.parametrize("killed", [False, True])
def test_a_repeated_entry_starts_no_second_run(engine: Estate, bus: Redis, *, killed: bool) -> None:
    """The run is stored, but the entry not acknowledged, as Redis refuses XACK."""
    bus.acl_setuser("default", enabled=True, commands=["-xack"])
    entry = send(bus, FIRE)
    until(lambda: run_of(entry) in [run["id"] for run in engine.runs("watch")])
    engine.ends(run_of(entry), "done")
    assert pending(bus) == [entry]
    if killed:
        engine.kill("engine")
    bus.acl_setuser("default", enabled=True, commands=["+xack"])
    if killed:
        engine.start("engine")
    age(bus, entry)
    until(lambda: not pending(bus))
    assert [run["id"] for run in engine.runs("watch")].count(run_of(entry)) == 1
    engine.ends(run_of(entry), "done")
    assert engine.asked() == ["triage", "rescue"]


def test_events_wait_in_the_bus_while_the_concurrency_is_reached(
    engine: Estate, bus: Redis
) -> None:
    """Two runs at a time: of six events, four are not even read."""
    go, before = Event(), len(engine.runs("watch"))

    def reply(_: str) -> None:
        assert go.wait(60)

    engine.model.reply = reply
    entries = [send(bus, FIRE) for _ in range(6)]
    until(lambda: len(engine.asked()) == 2)
    assert bus.xinfo_groups(STREAM)[0]["lag"] == 4
    assert len(engine.runs("watch")) == before + 2
    assert engine.ready().status_code == 200  # a full engine is still ready
    go.set()
    until(lambda: len(engine.runs("watch")) == before + 6)
    for entry in entries:
        engine.ends(run_of(entry), "done")
    assert engine.asked().count("triage") == 6


def test_without_redis_the_engine_is_not_ready_and_recovers(engine: Estate) -> None:
    engine.kill("redis")
    answer = until(lambda: (last := engine.ready()).status_code == 503 and last)
    assert answer.json() == {"status": "event bus", "reason": "ConnectionError"}
    assert engine.ask("GET", "/healthz").status_code == 200
    engine.ends(engine.begin("watch", FIRE), "done")  # calls still start runs
    engine.start("redis")
    until(lambda: engine.ready().status_code == 200)
    with engine.redis() as client:
        entry = send(client, FIRE)
    until(lambda: run_of(entry) in [run["id"] for run in engine.runs("watch")])
    engine.ends(run_of(entry), "done")


def test_consumer_groups_are_created_again_after_a_loss(engine: Estate, bus: Redis) -> None:
    bus.flushall()
    entry = send(bus, FIRE)
    until(lambda: run_of(entry) in [run["id"] for run in engine.runs("watch")])
    engine.ends(run_of(entry), "done")


def test_a_refusal_of_redis_is_reported(engine: Estate, bus: Redis) -> None:
    bus.acl_setuser("default", enabled=True, commands=["-xautoclaim"])
    answer = until(lambda: (last := engine.ready()).status_code == 503 and last)
    assert "xautoclaim" in answer.json()["reason"]
    bus.acl_setuser("default", enabled=True, commands=["+xautoclaim"])
    until(lambda: engine.ready().status_code == 200)
