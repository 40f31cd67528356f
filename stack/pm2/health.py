"""Whether apps are up, by PM2 and by their health endpoints, and the ends of their error logs."""

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

_PAUSE = 1.0
"""Seconds between two looks at all apps."""
_STEADY = 3.0
"""Seconds that an app without a health path has to be online to count as up."""
_FAILING = 15.0
"""Seconds after which an app that says `failed` is not waited for any longer."""
_MAX_RESTARTS, _LINES, _TAIL = 3, 5, 8192
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class State:
    """The state of an app: `up`, `starting`, `failed`, `stopped` or `absent`, and why."""

    word: str
    reason: str = ""


def state(app: App, processes: Iterable[Process]) -> State:
    """The state of an app now."""
    own = [process for process in processes if process.name == app.name]
    if not own:
        return State("absent", "PM2 does not run it")
    status = next((p.status for p in own if p.status not in ("online", "launching")), None)
    if status is not None:
        return State("stopped" if status == "stopped" else "failed", f"PM2 says {status}")
    if app.health is None or app.port is None:
        return State("up")
    return _endpoint_state(f"http://{_HOST}:{app.port}{app.health}")


def wait(apps: Iterable[App], pm2: Pm2, on_up: Callable[[App], None]) -> dict[App, State]:
    """Wait until all apps are up, each for its own timeout.

    Args:
        on_up: called with each app that is up

    Returns:
        The apps that are not up in the end, with their states.
    """
    watches = [_Watch(app, time.monotonic()) for app in apps]
    failed: dict[App, State] = {}
    while watches:
        processes, now = pm2.processes(), time.monotonic()
        for watch in tuple(watches):
            watch.look(processes, now)
            if watch.is_up(now):
                on_up(watch.app)
                watches.remove(watch)
            elif watch.is_hopeless(now):
                failed[watch.app] = watch.state
                watches.remove(watch)
        if watches:
            time.sleep(_PAUSE)
    return failed


@dataclass(slots=True)
class _Watch:
    """What is known of an app that is waited for; all times in monotonic seconds."""

    app: App
    began: float
    state: State = State("starting")
    restarts: int = -1
    restarted: float = 0.0
    failing_since: float | None = None

    def look(self, processes: Iterable[Process], now: float) -> None:
        """Note the state and the restarts of the app now."""
        own = [process for process in processes if process.name == self.app.name]
        self.state = state(self.app, own)
        restarts = max((process.restarts for process in own), default=0)
        if restarts != self.restarts:
            self.restarts, self.restarted = restarts, now
        if self.state.word != "failed":
            self.failing_since = None
        elif self.failing_since is None:
            self.failing_since = now

    def is_up(self, now: float) -> bool:
        """Whether it is up; without a health path, online for a while and without a restart."""
        steady = self.app.health is not None or now - self.restarted >= _STEADY
        return self.state.word == "up" and steady

    def is_hopeless(self, now: float) -> bool:
        """Whether to stop waiting: too late, crashing, failing for too long, or not started."""
        crashing = self.state.word != "up" and self.restarts >= _MAX_RESTARTS
        failing = self.failing_since is not None and now - self.failing_since > _FAILING
        absent = self.state.word == "absent" and now - self.began > _STEADY
        return now - self.began > self.app.timeout or crashing or failing or absent


def last_lines(
    app: App, processes: Iterable[Process], log_sizes: Mapping[str, int], secrets: Collection[str]
) -> Iterator[str]:
    """The last lines of an app's error log, with secrets replaced.

    Args:
        log_sizes: by path of a log, its size in bytes before the app was started
    """
    for path in {p.errors for p in processes if p.name == app.name and p.errors}:
        try:
            with Path(path).open("rb") as log:
                size = log.seek(0, 2)
                log.seek(max(log_sizes.get(path, 0), size - _TAIL))
                text = log.read().decode("utf-8", "replace")
        except OSError:
            continue
        for value in secrets:
            text = text.replace(value, "***")
        yield from text.splitlines()[-_LINES:]
        yield f"(the whole log: {path})"


def log_sizes(pm2: Pm2) -> dict[str, int]:
    """The size in bytes of every error log of this PM2."""
    return {str(path): path.stat().st_size for path in (pm2.home / "logs").glob("*error*.log")}


def _endpoint_state(url: str) -> State:
    """The state by a health endpoint, which answers 200, or 503 with a status and a reason."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=3):
            return State("up")
    except urllib.error.HTTPError as error:
        return _error_state(error.read(_TAIL), error.code)
    except (OSError, ValueError) as error:
        return State("starting", f"nothing answers at {url} ({type(error).__name__})")


def _error_state(body: bytes, code: int) -> State:
    try:
        answer = json.loads(body)
        word = "failed" if answer["status"] == "failed" else "starting"
        return State(word, str(answer["reason"]))
    except (ValueError, KeyError, TypeError):
        return State("starting", f"it answers {code}")
