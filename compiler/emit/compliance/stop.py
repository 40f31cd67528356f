"""The stop: who presses it, and the exact commands for each agent in each place."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join

from compiler.ai_act.law import duties
from compiler.derive.fleet import AgentDeployment
from compiler.derive.stack import identity
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import Block, Code, Heading, Listing, Paragraph, Table
from compiler.model import Cluster

_FIELDS = {
    "mechanism": "Mechanism",
    "maxSeconds": "Halted within seconds",
    "safeState": "Safe state",
    "lastDrill": "Last drill",
}
_MEANS = {
    "scale-to-zero": "no replica is left",
    "deny-policy": "its NetworkPolicy lets nothing in and nothing out",
    "kill-switch": "its NetworkPolicy lets nothing in and nothing out, and no replica is left",
}
_MANUAL = '{"spec":{"syncPolicy":{"automated":null}}}'
_CLOSED = '{"spec":{"policyTypes":["Ingress","Egress"],"ingress":[],"egress":[]}}'
_HOME = 'PM2_HOME="${PM2_HOME:-$HOME/.roster/pm2}" .venv/node/node_modules/.bin/pm2'


def body(sheet: Sheet) -> Iterator[Block]:
    """The stop of the system, then of each agent, then what to type."""
    if sheet.binds(duties.STOP) or sheet.found("oversight.stop") is not None:
        yield Paragraph(("Pressed by: ", *_owner(sheet), "."))
        yield sheet.answers(duties.STOP, "oversight.stop", _FIELDS)
    yield Table(
        ("Agent", "Pressed by", "Mechanism", "What it means"),
        [
            (
                Code(agent.name),
                sheet.person(duties.STOP, agent.spec.oversight.owner),
                sheet.said(duties.STOP, agent.spec.oversight.stop),
                _MEANS.get(str(agent.spec.oversight.stop), ""),
            )
            for agent in sheet.system.members
        ],
    )
    yield from _runbook(sheet)


def _owner(sheet: Sheet) -> tuple[str, ...]:
    found = sheet.person(duties.STOP, sheet.found("oversight.stop.owner"))
    return found if isinstance(found, tuple) else (found,)  # type: ignore[return-value]


def _runbook(sheet: Sheet) -> Iterator[Block]:
    """Commands, by place; the contexts of kubectl are named as the clusters here."""
    yield Heading(3, "Runbook of the stop")
    yield Paragraph(
        "The commands name each cluster as a context of kubectl. Where Argo CD heals what is"
        " changed, its automation is switched off first, as it would start the agent again; to go"
        " on, apply the Applications of the root again, and all else follows."
    )
    mine = [d for d in sheet.fleet.agents if d.project.name == sheet.project]
    for cluster in sorted({d.cluster.name for d in mine}):
        here = [d for d in mine if d.cluster.name == cluster and d.agent.spec.oversight.stop]
        if here:
            yield Heading(4, f"In cluster {cluster}")
            yield Listing("\n".join(_commands(sheet, here)), "sh")
    yield Heading(4, "On a laptop")
    local = [
        f"{_HOME} stop {identity(sheet.system.project.name, agent.name)}"
        for agent in sheet.system.members
    ]
    yield Listing("\n".join([*local, f"make down STACK={sheet.project}  # all of it"]), "sh")


def _commands(sheet: Sheet, here: list[AgentDeployment]) -> Iterator[str]:
    cluster = here[0].cluster
    home = sheet.fleet.graph.get(Cluster, cluster.spec.argocd or cluster.name)
    synced = "argo-cd" in home.spec.installed
    if synced:
        yield _suspend(sheet, home.name, f"{cluster.name}.root")
    for agent in here:
        yield f"# {agent.name}: {agent.agent.spec.oversight.stop}"
        if synced:
            application = f"{cluster.name}.{sheet.project}.agent-{agent.name}"
            yield _suspend(sheet, home.name, application)
        yield from _halt(agent, sheet.found("oversight.stop.maxSeconds") or 120)


def _suspend(sheet: Sheet, cluster: str, application: str) -> str:
    space = sheet.fleet.platform.argocd.namespace
    words = ["patch", "applications.argoproj.io", application, "--type=merge", "-p", _MANUAL]
    return _kubectl(cluster, space, *words)


def _halt(agent: AgentDeployment, seconds: object) -> Iterator[str]:
    """What stops one agent; kagent makes Deployments anew, so there the Agent goes."""
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
