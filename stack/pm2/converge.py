"""Make PM2's processes match stacks: start new apps, restart changed ones, remove the others.

`pm2 startOrReload` reloads everything, does not apply a changed script, and keeps apps that are no
longer in the file. So each app carries a digest of its definition and of all files that it uses.
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
Definition = Mapping[str, Any]
"""An app as PM2 takes it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done, by name of the app; `start` defines the new and the changed apps."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    start: tuple[Definition, ...]


def evaluate(
    stack: Stack, root: Path, pm2: Pm2, variables: Mapping[str, str], environment: str | None
) -> list[Definition]:
    """The apps of a stack as PM2 takes them: with secrets, digest, root and name of the stack.

    Args:
        variables: the caller's environment, from which secrets come
        environment: whose settings are added to the apps' own; None: none

    The variable ROSTER_WITHOUT of an agent lists those of its servers that do not run here.
    Raises StackError for an unknown environment, and where a file is missing or broken.
    """
    evaluated: list[Definition] = []
    servers = {app.short for app in stack.apps.values() if app.kind == "server"}
    for app in _load(stack, pm2, variables):
        blocks = [name for name in app if name.startswith("env_")]
        if app["name"] in stack.apps:
            if environment is not None and blocks and f"env_{environment}" not in blocks:
                names = ", ".join(name.removeprefix("env_") for name in blocks)
                raise StackError(f"there is no environment `{environment}`; there are: {names}")
            env = {**app["env"], **app.get(f"env_{environment}", {})}
            env |= {ROOT: str(root), STACK: stack.name}
            if missing := _granted(stack.apps[app["name"]], env, root) - servers:
                env[WITHOUT] = ",".join(sorted(missing))
            plain = {key: value for key, value in app.items() if key not in blocks}
            evaluated.append({**plain, "env": env})
    return [_with_digest(app, stack.apps[app["name"]], root) for app in evaluated]


def missing_scripts(apps: Iterable[Definition], root: Path) -> list[str]:
    """A line for each app whose program is missing: PM2 would start the others and go on."""
    files = ((app["name"], str(app["script"])) for app in apps)
    return [
        f"{name} runs {script}, which does not exist"
        for name, script in files
        if "/" in script and not (root / script).is_file()
    ]


def changes(
    wanted: Sequence[Definition], running: Iterable[Process], root: Path, stacks: Iterable[str],
    defined: Iterable[str],
) -> Changes:  # fmt: skip
    """What differs between wanted apps and running processes.

    Args:
        stacks: the stacks to converge; processes of other stacks stay
        defined: all stacks that generated/ defines; processes of any others are removed
    """
    processes = [process for process in running if ours(process, root)]
    names, selected, existing = {app["name"] for app in wanted}, set(stacks), set(defined)
    by_name: dict[str, list[Process]] = {}
    for process in processes:
        by_name.setdefault(process.name, []).append(process)
    stale = {p.name for p in processes if p.stack in selected or p.stack not in existing} - names
    same = {app["name"] for app in wanted if _same(app, by_name.get(app["name"], []))}
    return Changes(
        new=tuple(sorted(names - by_name.keys())),
        changed=tuple(sorted((names & by_name.keys()) - same)),
        unchanged=tuple(sorted(same)),
        removed=tuple(sorted(stale)),
        start=tuple(app for app in wanted if app["name"] not in same),
    )


def apply(todo: Changes, pm2: Pm2, folder: Path) -> None:
    """Apply changes. PM2 returns before its apps are up: the caller has to wait for them."""
    pm2.delete((*todo.removed, *todo.changed))
    if todo.start:
        pm2.start(todo.start, folder)


def _granted(app: App, env: Mapping[str, str], root: Path) -> set[str]:
    """The servers on which an agent has grants; not all of them run on a laptop."""
    if app.kind != "agent" or "ACCESS" not in env:
        return set()
    path = root / env["ACCESS"]
    try:
        return set(json.loads(path.read_text(encoding="utf-8"))["tools"])
    except (OSError, ValueError, KeyError, TypeError):
        raise StackError(f"{path} cannot be read: run `make generate`") from None


def _same(app: Definition, processes: Sequence[Process]) -> bool:
    count = app.get("instances") or 1
    return len(processes) == count and all(
        process.digest == app["env"][DIGEST] and process.status in _UP for process in processes
    )


def _load(stack: Stack, pm2: Pm2, variables: Mapping[str, str]) -> list[Definition]:
    """The apps of the ecosystem file, which Node evaluates with the secrets that it names."""
    try:
        text = stack.ecosystem.read_text(encoding="utf-8")
        by_app = json.loads(text.partition("const secrets = ")[2].partition(";\n")[0])
        names = {name for secrets in by_app.values() for name in secrets}
    except (OSError, ValueError, AttributeError, TypeError):
        raise StackError(f"{stack.ecosystem} cannot be read: run `make generate`") from None
    # The file demands the secrets of excluded apps too.
    secrets = {name: variables.get(name) or "excluded" for name in names}
    try:
        done = subprocess.run(
            ["node", "-e", _EVALUATE, str(stack.ecosystem)],
            env={**pm2.environment, **secrets}, capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise StackError(f"{stack.ecosystem} does not terminate: run `make generate`") from None
    if done.returncode:
        raise StackError(f"{stack.ecosystem} cannot be read: run `make generate`")
    return list(json.loads(done.stdout))


def _with_digest(app: Definition, described: App, root: Path) -> Definition:
    """The app with a digest of its definition, its program, and the files that it reads."""
    digest = sha256(json.dumps(app, sort_keys=True).encode())
    script = str(app["script"])
    sources = (root / "stack").rglob("*.[ps][yh]") if script.startswith("stack/") else ()
    for path in (root / script, *(root / file for file in described.files), *sorted(sources)):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"\0{path}\0{len(content)}\0".encode() + content)
    return {**app, "env": {**app["env"], DIGEST: digest.hexdigest()}}
