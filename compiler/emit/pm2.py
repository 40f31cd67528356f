"""PM2's ecosystem files: the platform's processes, and each project's agents, on one machine.

Facts about PM2 7 behind this file: it drops unknown keys in silence, takes `1Gi` for a syntax
error, resolves a relative script against the caller's folder, turns a Node app without `exec_mode`
into a cluster, and recognises `.config.cjs` whatever `type` the package.json around it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from compiler.derive import Fleet
from compiler.derive.quantity import in_bytes
from compiler.emit.file import File, Origin
from compiler.emit.json import dump
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, Project
from compiler.model.platform import Process

FOLDERS: tuple[str, ...] = ("pm2",)
_PORTS = 4100  # the first port of a project's agents
_HEAD = """\
// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
"""
App = dict[str, Any]


def emit(fleet: Fleet) -> Iterator[File]:
    """One ecosystem for the platform, and one for each project."""
    platform = fleet.platform_resource
    apps = [_process(process) for process in platform.spec.processes]
    origins = [Origin(f"apps.{i}", platform, ("processes", i)) for i in range(len(apps))]
    if apps:
        yield _file("platform", apps, {}, Origin("", platform, ("processes",)), *origins)
    taken = {process.port for process in platform.spec.processes}
    ports = (port for port in count(_PORTS) if port not in taken)
    for project in fleet.graph.all(Project):
        team = [fleet.graph.get(Agent, member.agent) for member in project.spec.agents]
        apps = [_agent(fleet, project, agent, next(ports)) for agent in team]
        keys = [fleet.graph.get(LanguageModel, a.spec.model).spec.credential.name for a in team]
        secrets = {app["name"]: [key] for app, key in zip(apps, keys, strict=True)}
        members = [Origin(f"apps.{i}", project, ("agents", i)) for i in range(len(team))]
        yield _file(project.name, apps, secrets, Origin("", project), *members)


def _file(stack: str, apps: list[App], secrets: Mapping[str, list[str]], *origins: Origin) -> File:
    """A JSON literal in a fixed wrapper: nothing of a spec is ever code.

    `secrets` names the variables that each app gets out of the caller's environment, and no other.
    """
    text = (
        f"{_HEAD}const secrets = {_literal(secrets)};\n"
        f"const apps = {_literal(apps)};\n"
        "for (const app of apps) {\n"
        "  app.cwd = ROOT;\n"
        "  for (const name of secrets[app.name] || []) app.env[name] = need(name);\n"
        "}\n"
        "module.exports = { apps };\n"
    )
    return File(f"pm2/{stack}/ecosystem.config.cjs", text, origins)


def _literal(value: Any) -> str:
    """JSON that is also JavaScript: two line separators are no line breaks in JSON."""
    return dump(value).rstrip().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _app(name: str, stack: str, script: str, interpreter: str, memory: str, env: App) -> App:
    return {
        "name": name,
        "namespace": stack,
        "script": script,
        "interpreter": interpreter,
        "exec_mode": "fork",
        "instances": 1,
        "autorestart": True,
        "max_restarts": 5,
        "min_uptime": 2000,
        "exp_backoff_restart_delay": 100,
        "kill_timeout": 5000,
        "max_memory_restart": in_bytes(memory),
        "env": env,
    }


def _process(process: Process) -> App:
    env: App = dict(sorted(process.env.items()))
    if process.port is not None:
        env["PORT"] = str(process.port)
    interpreter = {"node": "node", "python": "python3", "none": "none"}[process.interpreter]
    app = _app(process.name, "platform", process.script, interpreter, process.maxMemory, env)
    return {**app, "exec_mode": process.mode, "instances": process.instances}


def _agent(fleet: Fleet, project: Resource[Project], agent: Resource[Agent], port: int) -> App:
    registry = fleet.platform.registry
    model = fleet.graph.get(LanguageModel, agent.spec.model).spec
    env = {
        "AGENT_ID": agent.name,
        "AGENT_PROJECT": project.name,
        "MCP_CONFIG": f"generated/clients/{project.name}/{agent.name}/.mcp.json",
        "CONFIDENCE_THRESHOLD": str(agent.spec.confidenceThreshold),
        "MODEL_ID": model.id,
        "PORT": str(port),
        "PROMPT_FILE": f"specs/prompts/{agent.spec.prompt.file}",
        "REGISTRY_URL": f"http://localhost:{registry.port}",
    }
    memory, script = agent.spec.resources.limits.memory, agent.spec.script
    return _app(f"{project.name}-{agent.name}", project.name, script, "node", memory, env)
