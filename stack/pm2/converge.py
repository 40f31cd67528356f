"""Makes PM2's processes what some stacks say: starts what is new, restarts what changed, prunes.

`pm2 startOrReload` reloads everything, applies no changed script, and lets what left the file run
on. So each app carries a digest of all that decides on it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from stack.errors import StackError
from stack.pm2.client import DIGEST, ROOT, STACK, Pm2, Process
from stack.pm2.describe import App, Stack
from stack.pm2.preflight import ours

WITHOUT = "ROSTER_WITHOUT"
_UP = ("online", "launching")
_EVALUATE = "console.log(JSON.stringify(require(process.argv[1]).apps))"
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done, by name; `start` holds new and changed apps as PM2 is told of them."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    gone: tuple[str, ...]
    start: tuple[Told, ...]


def evaluate(
    stack: Stack, root: Path, pm2: Pm2, environment: Mapping[str, str], block: str | None
) -> list[Told]:
    """The apps of a stack as PM2 is told of them: with secrets, marks and a digest.

    `block` names an environment. An agent is told which of its servers do not run here.
    """
    found, servers = [], {app.short for app in stack.apps.values() if app.kind == "server"}
    for app in _load(stack, pm2, environment):
        blocks = [name for name in app if name.startswith("env_")]
        if app["name"] in stack.apps:
            if block is not None and blocks and f"env_{block}" not in blocks:
                there = ", ".join(name.removeprefix("env_") for name in blocks)
                raise StackError(f"there is no environment `{block}`; there are: {there}")
            env = {**app["env"], **app.get(f"env_{block}", {}), ROOT: str(root), STACK: stack.name}
            if lacking := _granted(stack.apps[app["name"]], env, root) - servers:
                env[WITHOUT] = ",".join(sorted(lacking))
            plain = {key: value for key, value in app.items() if key not in blocks}
            found.append({**plain, "env": env})
    return [_sealed(app, stack.apps[app["name"]], root) for app in found]


def absent(apps: Iterable[Told], root: Path) -> list[str]:
    """A line for each app whose program is not there: PM2 would start the others and go on."""
    files = ((app["name"], str(app["script"])) for app in apps)
    return [
        f"there is no {script}, which {name} runs"
        for name, script in files
        if "/" in script and not (root / script).is_file()
    ]


def changes(
    wanted: Sequence[Told], running: Iterable[Process], root: Path, stacks: Iterable[str],
    known: Iterable[str],
) -> Changes:  # fmt: skip
    """What differs between apps and processes. `stacks` are meant, `known` are all there are."""
    mine = [process for process in running if ours(process, root)]
    names, meant, there = {app["name"] for app in wanted}, set(stacks), set(known)
    found: dict[str, list[Process]] = {}
    for process in mine:
        found.setdefault(process.name, []).append(process)
    stale = {p.name for p in mine if p.stack in meant or p.stack not in there} - names
    same = {app["name"] for app in wanted if _same(app, found.get(app["name"], []))}
    return Changes(
        new=tuple(sorted(names - found.keys())),
        changed=tuple(sorted((names & found.keys()) - same)),
        unchanged=tuple(sorted(same)),
        gone=tuple(sorted(stale)),
        start=tuple(app for app in wanted if app["name"] not in same),
    )


def apply(todo: Changes, pm2: Pm2, folder: Path) -> None:
    """Do it. PM2 answers before its apps are up: wait for them."""
    pm2.delete((*todo.gone, *todo.changed))
    if todo.start:
        pm2.start(todo.start, folder)


def _granted(app: App, env: Mapping[str, str], root: Path) -> set[str]:
    """The servers of whose tools an agent may call some; not all of them run on a laptop."""
    if app.kind != "agent" or "ACCESS" not in env:
        return set()
    path = root / env["ACCESS"]
    try:
        return set(json.loads(path.read_text(encoding="utf-8"))["tools"])
    except (OSError, ValueError, KeyError, TypeError):
        raise StackError(f"{path} cannot be read: run `make generate`") from None


def _same(app: Told, processes: Sequence[Process]) -> bool:
    count = app.get("instances") or 1
    return len(processes) == count and all(
        process.digest == app["env"][DIGEST] and process.status in _UP for process in processes
    )


def _load(stack: Stack, pm2: Pm2, environment: Mapping[str, str]) -> list[Told]:
    """The ecosystem, run by Node with the secrets of its apps and of no others."""
    try:
        text = stack.ecosystem.read_text(encoding="utf-8")
        named = json.loads(text.partition("const secrets = ")[2].partition(";\n")[0])
        names = {name for some in named.values() for name in some}
    except (OSError, ValueError, AttributeError, TypeError):
        raise StackError(f"{stack.ecosystem} cannot be read: run `make generate`") from None
    # An app that is left out needs no secret, but the file asks for it.
    secrets = {name: environment.get(name) or "left out" for name in names}
    try:
        done = subprocess.run(
            ["node", "-e", _EVALUATE, str(stack.ecosystem)],
            env={**pm2.environment, **secrets}, capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise StackError(f"{stack.ecosystem} does not end: run `make generate`") from None
    if done.returncode:
        raise StackError(f"{stack.ecosystem} cannot be read: run `make generate`")
    return list(json.loads(done.stdout))


def _sealed(app: Told, known: App, root: Path) -> Told:
    """The app with a digest of itself, its program, and the files that it reads."""
    digest = sha256(json.dumps(app, sort_keys=True).encode())
    script = str(app["script"])
    programs = (root / "stack").rglob("*.[ps][yh]") if script.startswith("stack/") else ()
    sources = sorted(programs)
    for path in (root / script, *(root / file for file in known.files), *sources):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return {**app, "env": {**app["env"], DIGEST: digest.hexdigest()}}
