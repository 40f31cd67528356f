"""Whether apps are up: what PM2 says, what their health endpoints say, and what they said last."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.pm2.client import Pm2, Process
from stack.pm2.describe import App

_PAUSE, _STEADY, _SURE = 1.0, 3.0, 15.0
"""Seconds: between looks; online without a health path; of `failed`, until it is believed."""
_CRASHES, _LINES, _TAIL = 3, 5, 8192
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class State:
    """How an app is: `up`, `starting`, `failed`, `stopped` or `absent`, and why."""

    word: str
    reason: str = ""


def state(app: App, processes: Iterable[Process]) -> State:
    """How an app is now."""
    mine = [process for process in processes if process.name == app.name]
    if not mine:
        return State("absent", "PM2 does not run it")
    bad = next((one for one in mine if one.status not in ("online", "launching")), None)
    if bad is not None:
        return State("stopped" if bad.status == "stopped" else "failed", f"PM2 says {bad.status}")
    if app.health is None or app.port is None:
        return State("up")
    return _asked(f"http://{_HOST}:{app.port}{app.health}")


def wait(apps: Iterable[App], pm2: Pm2, tell: Callable[[App], None]) -> dict[App, State]:
    """Wait until all are up, each for its own time; what is not up in the end, and why.

    `tell` hears of each app that is up.
    """
    began, failing = time.monotonic(), dict[App, float]()
    calm = dict[App, tuple[int, float]]()  # its restarts, and since when there are so many
    waiting, failed = list(apps), dict[App, State]()
    while waiting:
        processes, now = pm2.processes(), time.monotonic()
        for app in tuple(waiting):
            found, restarts = state(app, processes), _restarts(app, processes)
            if calm.get(app, (-1, now))[0] != restarts:
                calm[app] = restarts, now
            if found.word == "failed":
                failing.setdefault(app, now)
            else:
                failing.pop(app, None)
            if found.word == "up" and _steady(app, now - calm[app][1]):
                tell(app)
                waiting.remove(app)
            elif _hopeless(app, found, restarts, now - began, now - failing.get(app, now)):
                failed[app] = found
                waiting.remove(app)
        if waiting:
            time.sleep(_PAUSE)
    return failed


def last_words(
    app: App, processes: Iterable[Process], marks: Mapping[str, int], hidden: Collection[str]
) -> Iterator[str]:
    """The last lines that an app wrote to its error log since it was started, without secrets."""
    for path in {one.errors for one in processes if one.name == app.name and one.errors}:
        try:
            with Path(path).open("rb") as log:
                size = log.seek(0, 2)
                log.seek(max(marks.get(path, 0), size - _TAIL))
                text = log.read().decode("utf-8", "replace")
        except OSError:
            continue
        for value in hidden:
            text = text.replace(value, "***")
        yield from text.splitlines()[-_LINES:]
        yield f"(all of it: {path})"


def ends(pm2: Pm2) -> dict[str, int]:
    """Where every error log of this PM2 ends now."""
    return {str(path): path.stat().st_size for path in (pm2.home / "logs").glob("*error*.log")}


def _restarts(app: App, processes: Iterable[Process]) -> int:
    return max((one.restarts for one in processes if one.name == app.name), default=0)


def _steady(app: App, seconds: float) -> bool:
    """Whether being online for so long, without a restart, says enough: so is what crashes soon."""
    return app.health is not None or seconds >= _STEADY


def _hopeless(app: App, found: State, restarts: int, seconds: float, failing: float) -> bool:
    over = seconds > app.timeout or (found.word != "up" and restarts >= _CRASHES)
    return over or failing > _SURE or (found.word == "absent" and seconds > _STEADY)


def _asked(url: str) -> State:
    """What a health endpoint says: 200, or 503 with its own words."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=3):
            return State("up")
    except urllib.error.HTTPError as error:
        return _said(error.read(_TAIL), error.code)
    except (OSError, ValueError) as error:
        return State("starting", f"nothing answers at {url} ({type(error).__name__})")


def _said(body: bytes, code: int) -> State:
    try:
        found = json.loads(body)
        word = "failed" if found["status"] == "failed" else "starting"
        return State(word, str(found["reason"]))
    except (ValueError, KeyError, TypeError):
        return State("starting", f"it answers {code}")
