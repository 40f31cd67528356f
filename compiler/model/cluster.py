"""A cluster: an Argo CD destination, what is installed there, and how sizes differ."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.base import (
    Cidr,
    Environment,
    Host,
    Line,
    Model,
    Name,
    Port,
    Ref,
    Resources,
    Spec,
    Url,
    about,
)
from compiler.model.components import ComponentSizes
from compiler.model.mcp_server import Scaling
from compiler.model.platform import Tokens

VERSIONS = tuple(f"1.{minor}" for minor in range(30, 38))
"""The minor versions of Kubernetes for which there are schemas."""


class ClusterRef(Ref):
    """The name of a Cluster."""

    KIND = "Cluster"


class Sizes(Model):
    """Sizes that replace those of the specs in this cluster."""

    scaling: Scaling | None = about("replicas of every autoscaled server", None)
    serverResources: Resources | None = about(
        "requests and limits of one replica of a server", None
    )
    agentReplicas: Annotated[int, Field(ge=1, le=50)] | None = about("replicas of agents", None)
    agentResources: Resources | None = about("requests and limits of one replica of an agent", None)
    components: ComponentSizes = about("components of the platform", ComponentSizes())


class ApiServer(Model):
    """The endpoints of the cluster's API, for network policies: those take addresses, not names."""

    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)] = about(
        "the addresses of its endpoints, such as `10.0.0.4/32`"
    )
    port: Port = about("the port of its endpoints", 6443)


class SyncWindow(Model):
    """When Argo CD may sync projects, or may not."""

    kind: Literal["allow", "deny"] = about("whether the window allows or denies syncs")
    schedule: Line = about("when it begins: cron with five fields, such as `0 18 * * 5`")
    duration: Annotated[str, Field(pattern=r"^[1-9][0-9]*(h|m)$")] = about("how long it lasts")
    timeZone: Annotated[str, Field(pattern=r"^[A-Za-z_+-]+(/[A-Za-z0-9_+-]+)*$")] = about(
        "the time zone of the schedule", "UTC"
    )
    manualSync: bool = about("whether people may still sync by hand", False)


class Cluster(Spec):
    """One Kubernetes cluster."""

    KIND: ClassVar[str] = "Cluster"
    FOLDERS: ClassVar[tuple[str, ...]] = ("specs/clusters",)

    environment: Environment = about("its environment")
    server: Url = about("the URL of its API, as in Argo CD")
    kubernetes: Annotated[str, Field(pattern=r"^1\.[0-9]{2}$")] = about("its minor version")
    ingressDomain: Host = about("the domain of its ingress")
    installed: tuple[Name, ...] = about(
        "operators and meshes that are installed: `external-secrets`, `istio-ambient`, ...", ()
    )
    api: ApiServer | None = about(
        "the endpoints of its API, for servers, agents and gateways that call it", None
    )
    argocd: ClusterRef | None = about(
        "the cluster whose Argo CD syncs this one; without it, its own", None
    )
    syncWindows: tuple[SyncWindow, ...] = about("when projects may be synced, or may not", ())
    tokens: Tokens = about("the issuer of its ServiceAccounts' tokens", Tokens())
    sizes: Sizes = about("sizes that differ from those of the specs", Sizes())
