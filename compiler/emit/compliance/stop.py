"""The stop: who is in charge of it, and the exact commands for each agent in each place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from shlex import join

from compiler.ai_act.law import duties
from compiler.derive.fleet import AgentDeployment
from compiler.derive.stack import identity
from compiler.emit.compliance.sheet import Facts, Sheet
from compiler.model import Cluster

_MANUAL = '{"spec":{"syncPolicy":{"automated":null}}}'
_CLOSED = '{"spec":{"policyTypes":["Ingress","Egress"],"ingress":[],"egress":[]}}'
_HOME = 'PM2_HOME="${PM2_HOME:-$HOME/.roster/pm2}" .venv/node/node_modules/.bin/pm2'


def facts(sheet: Sheet) -> Facts:
    """Who stops the system, and the commands for each cluster and for a laptop."""
    agents = [d for d in sheet.fleet.agents if d.project.name == sheet.project]
    stoppable = [d for d in agents if d.agent.spec.oversight.stop]
    return {
        "has_stop": sheet.binds(duties.STOP) or sheet.read("oversight.stop") is not None,
        "stop_owner": sheet.person(duties.STOP, sheet.read("oversight.stop.owner")),
        "clusters": [
            {"name": name, "commands": "\n".join(_commands(sheet, list(deployments)))}
            for name, deployments in groupby(stoppable, lambda d: d.cluster.name)
        ],
        "laptop": "\n".join(_on_laptop(sheet)),
    }


def _on_laptop(sheet: Sheet) -> Iterator[str]:
    for agent in sheet.system.members:
        yield f"{_HOME} stop {identity(sheet.project, agent.name)}"
    yield f"make down STACK={sheet.project}  # all of it"


def _commands(sheet: Sheet, agents: list[AgentDeployment]) -> Iterator[str]:
    cluster = agents[0].cluster
    home = sheet.fleet.graph.get(Cluster, cluster.spec.argocd or cluster.name)
    synced = "argo-cd" in home.spec.installed
    if synced:
        yield _suspend(sheet, home.name, f"{cluster.name}.root")
    for agent in agents:
        yield f"# {agent.name}: {agent.agent.spec.oversight.stop}"
        if synced:
            application = f"{cluster.name}.{sheet.project}.agent-{agent.name}"
            yield _suspend(sheet, home.name, application)
        yield from _halt(agent, sheet.read("oversight.stop.maxSeconds") or 120)


def _suspend(sheet: Sheet, cluster: str, application: str) -> str:
    space = sheet.fleet.platform.argocd.namespace
    words = ["patch", "applications.argoproj.io", application, "--type=merge", "-p", _MANUAL]
    return _kubectl(cluster, space, *words)


def _halt(agent: AgentDeployment, seconds: object) -> Iterator[str]:
    """What stops one agent; kagent recreates Deployments, so there the Agent is deleted."""
    where, stop = (agent.cluster.name, agent.namespace), agent.agent.spec.oversight.stop
    if stop in ("deny-policy", "kill-switch"):
        words = ["patch", "networkpolicy", agent.name, "--type=merge", "-p", _CLOSED]
        yield _kubectl(*where, *words)
    if stop in ("scale-to-zero", "kill-switch"):
        if agent.kagent:
            yield _kubectl(*where, "delete", "agents.kagent.dev", agent.name)
        else:
            yield _kubectl(*where, "scale", f"deployment/{agent.name}", "--replicas=0")
            wait = ["wait", "pod", "--for=delete", f"--timeout={seconds}s"]
            labels = f"app.kubernetes.io/name={agent.name},app.kubernetes.io/component=agent"
            yield _kubectl(*where, *wait, "-l", labels)


def _kubectl(cluster: str, namespace: str, *words: str) -> str:
    return join(["kubectl", "--context", cluster, "-n", namespace, *words])
