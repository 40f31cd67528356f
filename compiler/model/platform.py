"""The platform: what all projects share, and its capacity."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from compiler.gateways import LAYERS
from compiler.model.audit import Audit
from compiler.model.base import (
    Amounts,
    Duration,
    Environment,
    EnvName,
    FilePath,
    Host,
    Image,
    Line,
    Memory,
    Model,
    Name,
    Path,
    Port,
    Resources,
    Spec,
    Url,
    about,
)
from compiler.model.components import Components, Replicas
from compiler.model.supply_chain import SupplyChain

if TYPE_CHECKING:
    Layer = str
else:
    Layer = Literal[LAYERS]


class Namespaces(Model):
    """The namespaces of the platform; a project's own are `<project>-<one of these>`."""

    servers: Name = about("of MCP servers", "mcp-servers")
    agents: Name = about("of agents", "agents")
    infrastructure: Name = about("of stores, registry and monitoring", "infrastructure")
    workflows: Name = about("of the workflow engine", "workflows")


class Repository(Model):
    """Where the generated files are committed."""

    url: Url = about("the git repository")
    branch: Annotated[str, Field(pattern=r"^refs/heads/[A-Za-z0-9._/-]+$")] = about(
        "the branch, fully qualified"
    )


class ArgoCD(Model):
    """The Argo CD that syncs the generated files."""

    namespace: Name = about("the namespace of Argo CD and its Applications", "argocd")


class SecretStore(Model):
    """The store of secret values; External Secrets fetches them."""

    kind: Literal["ClusterSecretStore", "SecretStore"] = about(
        "the kind of the store: of the cluster, or of one namespace"
    )
    name: Name = about("its name")
    refresh: Duration = about("how often values are fetched", "1h")
    maxRotation: Duration = about("the longest time until a secret is rotated", "30d")


class ContextStore(Model):
    """The shared memory of agents."""

    kind: Literal["StatefulSet", "Deployment", "managed"] = about("how it is run")
    image: Image | None = about("the container, unless it is managed", None)
    replicas: Replicas = about("how many", 3)
    volume: Literal["per-replica", "shared"] = about("whether replicas share one volume")
    size: Memory = about("bytes of one volume")
    port: Port = about("the port it listens on", 6379)
    resources: Resources = about("requests and limits of one replica")


class Service(Model):
    """A service of the platform inside the cluster."""

    name: Name = about("its Service in the infrastructure or workflows namespace")
    port: Port = about("the port it listens on")


class Registry(Service):
    """The agent registry, and whether it is searched by meaning."""

    embedding: Literal["all-MiniLM-L6-v2"] | None = about(
        "the model of the agents' vectors, which are committed (`make embeddings`); without it"
        " there are none",
        None,
    )


class EventBus(Model):
    """The bus of events between agents."""

    kind: Literal["redis-streams", "kafka", "rabbitmq"] = about("the technology")
    topics: tuple[Name, ...] = about("the topics there are", ())


class Process(Model):
    """A process of the platform that PM2 runs on a laptop."""

    name: Name = about("its name in PM2")
    script: FilePath = about(
        "the program, below the repository; without a folder and interpreter, one on the PATH"
    )
    args: tuple[Line, ...] = about("its arguments", ())
    interpreter: Literal["node", "python", "none"] = about("what runs the script", "node")
    mode: Literal["fork", "cluster"] = about("PM2's exec_mode", "fork")
    instances: Annotated[int, Field(ge=1, le=64)] = about("how many", 1)
    port: Port | None = about("the port it listens on, given to it as PORT", None)
    env: dict[EnvName, str] = about("plain settings; never a credential", {})
    environments: dict[Environment, dict[EnvName, str]] = about(
        "settings that differ in one environment (`--env` of PM2)", {}
    )
    secrets: tuple[EnvName, ...] = about(
        "environment variables with secrets, which must be set before it is started", ()
    )
    health: Path | None = about("the path that answers 200 once it can serve requests", None)
    files: tuple[FilePath, ...] = about("files it reads: a change of one restarts it", ())
    maxMemory: Memory = about("the memory above which it is restarted", "512Mi")
    options: dict[Line, bool | int | str | tuple[str, ...]] = about(
        "more of PM2's settings, by its own names, such as `cron_restart`", {}
    )


class Tokens(Model):
    """The issuer of the tokens with which agents authenticate."""

    issuer: Url = about(
        "the issuer claim of the tokens", "https://kubernetes.default.svc.cluster.local"
    )
    jwks: Url = about("where its public keys are", "https://kubernetes.default.svc/openid/v1/jwks")


class BudgetRow(Model):
    """The budget of one part of the platform."""

    name: Line = about("the part")
    component: Literal["servers", "agents", "infrastructure"] = about(
        "the pods that count against it"
    )
    units: Annotated[int, Field(ge=1)] = about("servers, agents or services", 1)
    pods: Annotated[int, Field(ge=1)] = about("average pods of each", 1)
    each: Resources = about("requests and limits of one pod")


class Totals(Model):
    """The sum that the plan states."""

    requests: Amounts = about("the sum of requests")
    limits: Amounts = about("the sum of limits")


class Budget(Model):
    """The capacity of a production cluster."""

    rows: Annotated[tuple[BudgetRow, ...], Field(min_length=1)] = about("part by part")
    total: Totals = about("their sum, as agreed; the compiler adds it up again")


class Prices(Model):
    """What capacity costs, in US dollars a month."""

    core: Annotated[float, Field(ge=0)] = about("for one requested CPU core")
    gigabyte: Annotated[float, Field(ge=0)] = about("for one requested gigabyte (10^9 bytes)")


class Platform(Spec):
    """What all projects share. There is exactly one."""

    KIND: ClassVar[str] = "Platform"
    FOLDERS: ClassVar[tuple[str, ...]] = ("specs",)

    organisation: Line = about("the organisation")
    domain: Host = about("its domain")
    labelDomain: Host = about("the prefix of its labels on Kubernetes objects")
    repository: Repository = about("the repository of the generated files")
    argocd: ArgoCD = about("the Argo CD that syncs them", ArgoCD())
    namespaces: Namespaces = about("the namespaces", Namespaces())
    mesh: Literal["none", "istio-ambient"] = about("the service mesh of clusters that have one")
    layers: tuple[Layer, ...] = about(
        "layers that clusters use where they are installed: the first tool gateway of the list that"
        " a cluster has stands before its servers; `kagent` runs the agents",
        ("agentgateway",),
    )
    tokens: Tokens | None = about(
        "the issuer of agents' tokens outside of clusters; without it laptops have no gateway",
        None,
    )
    secretStore: SecretStore = about("the store of secrets")
    contextStore: ContextStore = about("the shared memory of agents")
    registry: Registry = about("the agent registry")
    collector: Service = about("the OpenTelemetry collector")
    audit: Audit | None = about(
        "the immutable store of audit events, written by the collector; without it there is none",
        None,
    )
    supplyChain: SupplyChain | None = about(
        "who signs the organisation's images, and how they are scanned; without it no signature is"
        " required",
        None,
    )
    workflowEngine: Service = about("the workflow engine")
    eventBus: EventBus = about("the event bus")
    components: Components | None = about(
        "the components to deploy; without it all of them run elsewhere", None
    )
    processes: tuple[Process, ...] = about("the platform's processes that PM2 runs on a laptop", ())
    budget: Budget = about("the capacity of a production cluster")
    prices: Prices | None = about("the cost of capacity; without it no cost is shown", None)
