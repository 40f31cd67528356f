"""The objects of an agent at work for a project in a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from compiler.derive.fleet import AgentDeployment, Fleet
from compiler.emit.file import File, Origin
from compiler.emit.json import dump
from compiler.emit.kubernetes import network, pods
from compiler.emit.kubernetes.objects import Object, file, folder, metadata
from compiler.model import LanguageModel

_CONFIG = "/etc/roster/agent"


def emit(fleet: Fleet, agent: AgentDeployment) -> Iterator[File]:
    """ServiceAccount, configuration, Deployment, Service, and what protects and feeds it."""
    where, cluster = folder(agent), agent.cluster
    this, member = Origin("", agent.agent), Origin("", agent.project, ("agents", agent.entry))
    grants = Origin("data", agent.project, ("agents", agent.entry, "grants"))
    config = _config(fleet, agent)

    yield file(where, cluster, pods.service_account(fleet, agent), member, this)
    yield file(where, cluster, config, member, grants, _of(agent, "data.prompt\\.md", "prompt"))
    workload = _deployment(fleet, agent, config)
    yield file(where, cluster, workload, this, member, *_pod_origins(agent))
    yield file(where, cluster, _service(fleet, agent), this, member)
    policy = network.of_agent(fleet, agent)
    origins = (member, grants._replace(field="spec.egress"))
    yield file(where, cluster, policy, *origins)
    if agent.replicas > 1:
        yield file(where, cluster, pods.disruption_budget(fleet, agent), this, member)
    model = fleet.graph.get(LanguageModel, agent.agent.spec.model)
    key = model.spec.credential
    path = f"{agent.project.name}/{key.key}"
    secret = pods.external_secret(fleet, agent, agent.name, {key.name: (path, key.property)})
    yield file(where, cluster, secret, Origin("", model, ("credential",)), member)


def _of(agent: AgentDeployment, field: str, *route: str) -> Origin:
    return Origin(field, agent.agent, route)


def _pod_origins(agent: AgentDeployment) -> list[Origin]:
    main = "spec.template.spec.containers.0"
    return [
        _of(agent, "spec.replicas", "replicas"),
        _of(agent, f"{main}.image", "image"),
        _of(agent, f"{main}.resources", "resources"),
    ]


def _config(fleet: Fleet, agent: AgentDeployment) -> Object:
    """What the agent must know: its servers, the tools granted on each, and its prompt."""
    granted = fleet.grants_by_agent.get((agent.project.name, agent.name), ())
    access: dict[str, dict[str, str]] = {}
    for grant in granted:
        access.setdefault(grant.call.server, {})[grant.call.tool] = grant.approval
    servers = {s.name: {"type": "http", "url": s.url} for s in agent.servers}
    prompt = fleet.graph.texts.get(f"specs/prompts/{agent.agent.spec.prompt.file}")
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(fleet, agent),
        "data": {
            "access.json": dump({"approval": access}),
            "mcp.json": dump({"mcpServers": servers}),
            "prompt.md": prompt.text if prompt else "",
        },
    }


def _deployment(fleet: Fleet, agent: AgentDeployment, config: Object) -> Object:
    spec = agent.agent.spec
    model = fleet.graph.get(LanguageModel, spec.model).spec
    platform, space = fleet.platform, fleet.platform.namespaces.infrastructure
    plain = {
        "AGENT_ID": agent.name,
        "AGENT_PROJECT": agent.project.name,
        "CONFIDENCE_THRESHOLD": str(spec.confidenceThreshold),
        "CONTEXT_STORE_URL": f"redis://context-store.{space}.svc:{platform.contextStore.port}",
        "MCP_CONFIG": f"{_CONFIG}/mcp.json",
        "MODEL_ID": model.id,
        "OTEL_EXPORTER_OTLP_ENDPOINT": (
            f"http://{platform.collector.name}.{space}.svc:{platform.collector.port}"
        ),
        "PROMPT_FILE": f"{_CONFIG}/prompt.md",
        "REGISTRY_URL": f"http://{platform.registry.name}.{space}.svc:{platform.registry.port}",
    }
    env: list[Object] = [{"name": name, "value": value} for name, value in plain.items()]
    env += pods.secret_env([model.credential], agent.name)
    files, volumes = pods.secret_files([model.credential], agent.name)
    mounts = [{"name": "config", "mountPath": _CONFIG, "readOnly": True}, *files]
    ports = {"http": network.PORT}
    main = pods.container(str(spec.image), ports, env, mounts, agent.resources, spec.probe)
    volume = {"name": "config", "configMap": {"name": agent.name}}
    text = json.dumps(config["data"], sort_keys=True)
    digest = {f"{platform.labelDomain}/config": sha256(text.encode()).hexdigest()[:16]}
    pod = pods.template(fleet, agent, main, [volume, *volumes], digest)
    return pods.deployment(fleet, agent, agent.replicas, pod)


def _service(fleet: Fleet, agent: AgentDeployment) -> Object:
    ports = [{"name": "http", "port": network.PORT, "targetPort": "http", "appProtocol": "http"}]
    return pods.service(fleet, agent, ports)
