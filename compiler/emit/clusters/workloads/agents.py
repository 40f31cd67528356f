"""The objects of an agent at work for a project in a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive.context import is_user, password, user
from compiler.derive.fleet import AgentDeployment, Fleet
from compiler.emit.clusters.workloads import network, pods
from compiler.emit.format.json import Object, dump
from compiler.emit.format.kubernetes import containers
from compiler.emit.format.kubernetes.objects import file, folder, metadata, model_secret
from compiler.emit.format.kubernetes.secrets import from_secret
from compiler.emit.format.kubernetes.workloads import config_digest, config_map
from compiler.file import File, Origin
from compiler.gateways import AUDIENCE
from compiler.model import LanguageModel

_CONFIG = "/etc/roster/agent"
_PASSWORD = "CONTEXT_STORE_PASSWORD"  # noqa: S105 - the name of a variable
_IDENTITY = "/var/run/secrets/tool-gateway"
_SIGNER = "kube-agentic-networking.sigs.k8s.io/identity"


def emit(fleet: Fleet, agent: AgentDeployment) -> Iterator[File]:
    """What runs it (unless kagent does), its network policy, and its secrets."""
    where, cluster = folder(agent), agent.cluster
    this, member = Origin("", agent.agent), Origin("", agent.project, ("agents", agent.entry))
    grants = Origin("spec.egress", agent.project, ("agents", agent.entry, "grants"))
    if not agent.kagent:
        yield from _running(fleet, agent, this, member)
    yield file(where, cluster, network.of_agent(fleet, agent), member, grants)
    if agent.replicas > 1:
        yield file(where, cluster, pods.disruption_budget(fleet, agent), this, member)
    model = fleet.graph.get(LanguageModel, agent.agent.spec.model)
    key = model.spec.credential
    path = f"{agent.project.name}/{agent.name}/{key.key}"
    name = model_secret(agent)
    values = {key.name: (path, key.property)}
    if not agent.kagent and is_user(fleet, agent):
        values[_PASSWORD] = (password(agent), "value")
    secret = pods.external_secret(fleet, agent, name, values)
    yield file(where, cluster, secret, Origin("", model, ("credential",)), member)


def _running(fleet: Fleet, agent: AgentDeployment, this: Origin, member: Origin) -> Iterator[File]:
    """ServiceAccount, configuration, Deployment and Service."""
    where, cluster, config = folder(agent), agent.cluster, _config(fleet, agent)
    grants = Origin("data", agent.project, ("agents", agent.entry, "grants"))
    yield file(where, cluster, pods.service_account(fleet, agent), member, this)
    yield file(where, cluster, config, member, grants, _of(agent, "data.prompt\\.md", "prompt"))
    workload = _deployment(fleet, agent, config)
    yield file(where, cluster, workload, this, member, *_pod_origins(agent))
    yield file(where, cluster, _service(fleet, agent), this, member)


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
    """The agent's settings: its servers, the tools granted on each, and its prompt."""
    granted = fleet.grants_by_agent.get((agent.project.name, agent.name), ())
    access: dict[str, dict[str, str]] = {}
    for grant in granted:
        access.setdefault(grant.call.server, {})[grant.call.tool] = grant.approval
    servers = {
        server.endpoint.name: {"type": "http", "url": server.endpoint.url}
        for server in agent.servers
    }
    prompt = fleet.graph.texts.get(f"specs/prompts/{agent.agent.spec.prompt.file}")
    files = {
        "access.json": dump({"approval": access}),
        "mcp.json": dump({"mcpServers": servers}),
        "prompt.md": prompt.text if prompt else "",
    }
    return config_map(metadata(fleet, agent), files)


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
        "OTEL_RESOURCE_ATTRIBUTES": (
            f"service.name={agent.name},service.namespace={agent.project.name}"
        ),
        "PROMPT_FILE": f"{_CONFIG}/prompt.md",
        "REGISTRY_URL": f"http://{platform.registry.name}.{space}.svc:{platform.registry.port}",
    }
    if is_user(fleet, agent):
        plain["CONTEXT_STORE_USERNAME"] = user(agent)
    env: list[Object] = [{"name": name, "value": plain[name]} for name in sorted(plain)]
    env += pods.secret_env([model.credential], agent.name)
    if is_user(fleet, agent):
        env.append(from_secret(_PASSWORD, agent.name))
    files, volumes = pods.secret_files([model.credential], agent.name)
    shown, proofs = _proof(agent)
    env += [{"name": "MCP_IDENTITY", "value": mount["mountPath"]} for mount in shown]
    mounts = [containers.mount("config", _CONFIG), *files, *shown]
    ports = {"http": network.PORT}
    main = pods.container(str(spec.image), ports, env, mounts, agent.resources, spec.probe)
    volume = containers.of_config("config", agent.name)
    digest = config_digest(platform.labelDomain, config["data"])
    mounted = [volume, *volumes, *proofs]
    token = bool(agent.rights)
    pod = pods.template(fleet, agent, main, mounted, token=token, annotations=digest)
    return pods.deployment(fleet, agent, agent.replicas, pod)


def _proof(agent: AgentDeployment) -> tuple[list[Object], list[Object]]:
    """The mount and the volume of its proof of identity; none where no gateway asks for one."""
    proofs = {server.gateway.proof for server in agent.servers if server.gateway} - {"none"}
    if not proofs:
        return [], []
    mount = containers.mount("identity", _IDENTITY)
    if proofs == {"certificate"}:
        trusted: Object = {
            "signerName": _SIGNER,
            "labelSelector": {
                "matchLabels": {"kube-agentic-networking.sigs.k8s.io/canarying": "live"}
            },
            "path": "trust-bundle.pem",
        }
        shown = {
            "signerName": _SIGNER,
            "keyType": "ECDSAP256",
            "credentialBundlePath": "credential-bundle.pem",
        }
        sources = [{"clusterTrustBundle": trusted}, {"podCertificate": shown}]
    else:
        token = {"audience": AUDIENCE, "expirationSeconds": 3600, "path": "token"}
        sources = [{"serviceAccountToken": token}]
    return [mount], [{"name": "identity", "projected": {"sources": sources}}]


def _service(fleet: Fleet, agent: AgentDeployment) -> Object:
    ports = [{"name": "http", "port": network.PORT, "targetPort": "http", "appProtocol": "http"}]
    return pods.service(fleet, agent, ports)
