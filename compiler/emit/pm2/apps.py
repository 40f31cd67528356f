"""The apps of a stack: a process of the platform, an agent, and a server behind its bridge.

Facts about PM2 7 behind it: `1Gi` is a syntax error to it, a Node app without `exec_mode` becomes a
cluster, and `pm2 start` reports success for an app that crashes repeatedly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from compiler.derive import Fleet, stack
from compiler.derive.quantity import in_bytes
from compiler.graph import Resource
from compiler.model import LanguageModel, Project
from compiler.model.platform import Process

TOKENS = ".roster/stack/tokens.json"
_OURS = "stack/"
"""The folder of the stack's own programs; they report to PM2 when they listen."""
_PYTHON = {"PYTHONPATH": ".", "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
_BRIDGE, _BRIDGE_MEMORY = "stack/bridge.py", "1Gi"
_SOON, _DOWNLOADED = 60, 300
"""Seconds until an app must be up: a package is fetched when a server is first started, and agents
wait for their servers."""
Env = Mapping[str, str]


class Secret(NamedTuple):
    """A variable that the caller must have set; `file`: to the path of a file."""

    name: str
    file: bool = False


@dataclass(frozen=True, slots=True)
class App:
    """An app: its entry in PM2's ecosystem, its secrets, and its entry in `stack.json`."""

    pm2: dict[str, Any]
    secrets: tuple[Secret, ...]
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name in PM2."""
        return str(self.pm2["name"])


def process(process: Process, environments: Iterable[str]) -> App:
    """A process of the platform."""
    port = {} if process.port is None else {"PORT": str(process.port)}
    by_name = process.interpreter == "none" and "/" not in process.script
    app = _pm2(
        process.name, "platform", process.script, process.interpreter, process.maxMemory,
        dict(sorted(process.env.items())) | port,
    )  # fmt: skip
    app |= {"exec_mode": process.mode, "instances": process.instances}
    app |= {"args": list(process.args)} if process.args else {}
    app |= dict(sorted(process.options.items()))
    own: dict[str, Env] = {str(name): env for name, env in process.environments.items()}
    app |= _blocks({name: own.get(name, {}) for name in environments})
    facts = _facts("process", process.name, process.port, process.health, _SOON)
    facts |= {"programs": [process.script] if by_name else [], "files": list(process.files)}
    return _app(app, tuple(map(Secret, process.secrets)), facts)


def agent(
    fleet: Fleet, project: Resource[Project], local: stack.LocalAgent, environments: Iterable[str]
) -> App:
    """An agent of a project's team."""
    spec, registry = local.agent.spec, fleet.platform.registry
    model = fleet.graph.get(LanguageModel, spec.model).spec
    access = f"generated/pm2/{project.name}/agents/{local.agent.name}.json"
    config = f"generated/clients/{project.name}/{local.agent.name}/local/.mcp.json"
    env = {
        "ACCESS": access,
        "AGENT_ID": local.agent.name,
        "AGENT_PROJECT": project.name,
        "CONFIDENCE_THRESHOLD": str(spec.confidenceThreshold),
        "MCP_CONFIG": config,
        "MODEL_ID": model.id,
        "PORT": str(local.port),
        "PROMPT_FILE": f"specs/prompts/{spec.prompt.file}",
        "REGISTRY_URL": f"http://localhost:{registry.port}",
        "ROSTER_TOKENS": TOKENS,
    }
    limit = spec.resources.limits.memory
    app = _pm2(local.identity, project.name, spec.script, _interpreter(spec.script), limit, env)
    app |= _blocks({name: {} for name in environments})
    health = spec.probe.ready if spec.probe.type == "http" else None
    facts = _facts("agent", local.agent.name, local.port, health, _DOWNLOADED)
    facts |= {"files": [access, config, env["PROMPT_FILE"]]}
    return _app(app, (Secret(model.credential.name, model.credential.file),), facts)


def server(
    project: Resource[Project], local: stack.LocalServer, environments: Iterable[str]
) -> App:
    """An MCP server, as its package runs it, behind the bridge that admits agents with a grant."""
    package = local.server.spec.package
    assert package is not None, local.app
    config = f"generated/pm2/{project.name}/servers/{local.server.name}.json"
    env = {"PORT": str(local.port), "ROSTER_TOKENS": TOKENS}
    app = _pm2(local.app, project.name, _BRIDGE, "python", _BRIDGE_MEMORY, env)
    app |= {"args": [config]}
    app |= _blocks({name: {} for name in environments})
    facts = _facts("server", local.server.name, local.port, "/readyz", _DOWNLOADED)
    facts |= {"url": local.url, "programs": [package.command[0]], "files": [config]}
    return _app(app, tuple(Secret(s.name, s.file) for s in local.server.spec.secrets), facts)


def _pm2(
    name: str, namespace: str, script: str, interpreter: str, memory: str, env: Env
) -> dict[str, Any]:
    program = {"node": "node", "python": "python3", "none": "none"}[interpreter]
    app: dict[str, Any] = {
        "name": name,
        "namespace": namespace,
        "script": script,
        "interpreter": program,
        "exec_mode": "fork",
        "instances": 1,
        "autorestart": True,
        "max_restarts": 5,
        "min_uptime": 2000,
        "exp_backoff_restart_delay": 100,
        "kill_timeout": 5000,
        "max_memory_restart": in_bytes(memory),
    }
    if script.startswith(_OURS):
        app |= {"wait_ready": True, "listen_timeout": 30_000}
    return {**app, "env": {**(_PYTHON if interpreter == "python" else {}), **env}}


def _interpreter(script: str) -> str:
    """What runs an agent's program, by the ending of its name."""
    if script.endswith(".py"):
        return "python"
    return "node" if script.endswith((".js", ".cjs", ".mjs")) else "none"


def _blocks(environments: Mapping[str, Env]) -> dict[str, Env]:
    """What `pm2 start --env <environment>` adds."""
    return {
        f"env_{name}": {"ENVIRONMENT": name, **dict(sorted(own.items()))}
        for name, own in environments.items()
    }


def _facts(
    kind: str, name: str, port: int | None, health: str | None, timeout: int
) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": name,
        "port": port,
        "health": None if port is None else health,
        "timeout": timeout,
        "url": None if port is None else f"http://{stack.HOST}:{port}",
        "programs": [],
        "files": [],
    }


def _app(pm2: dict[str, Any], secrets: tuple[Secret, ...], facts: dict[str, Any]) -> App:
    listed = [{"name": secret.name, "file": secret.file} for secret in secrets]
    return App(pm2, secrets, {**facts, "secrets": listed})
