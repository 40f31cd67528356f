"""The components of the platform that are deployed here, and how a cluster changes their sizes."""

from typing import Annotated

from pydantic import Field

from compiler.model.base import Duration, Image, Memory, Model, Resources, Secret, about

Replicas = Annotated[int, Field(ge=1, le=100)]


class Component(Model):
    """A workload of the platform."""

    image: Image = about("the container")
    resources: Resources = about("requests and limits of one replica")


class Scaled(Component):
    """A component with independent replicas."""

    replicas: Replicas = about("how many", 1)


class Stored(Component):
    """A component that keeps data in a volume. It has a single replica: data is not shared."""

    size: Memory = about("bytes of the volume")


class Retained(Stored):
    """A component that keeps data for a limited time."""

    retention: Duration = about("how long data is kept", "15d")


class Slack(Model):
    """A Slack channel for alerts, through an incoming webhook."""

    channel: Annotated[str, Field(pattern=r"^#[a-z0-9_-]{1,80}$")] = about("the channel")
    webhook: Secret = about("the address of the webhook, which is a secret")


class Alertmanager(Stored):
    """Alertmanager, which sends alerts to people."""

    slack: Slack | None = about("where alerts are sent; without it they are only displayed", None)


class Components(Model):
    """The components to deploy; any other one runs elsewhere, or not at all.

    The context store is described by `contextStore`, and deployed if there are components.
    """

    registry: Scaled | None = about("the agent registry's service", None)
    registryDatabase: Stored | None = about("its PostgreSQL database", None)
    workflowEngine: Scaled | None = about("the workflow engine", None)
    workflowDatabase: Stored | None = about("its PostgreSQL database, for checkpoints", None)
    collector: Scaled | None = about("the OpenTelemetry collector (contrib)", None)
    prometheus: Retained | None = about("Prometheus 3, which stores metrics", None)
    loki: Retained | None = about("Loki 3, which stores logs", None)
    grafana: Component | None = about("Grafana, which shows both", None)
    alertmanager: Alertmanager | None = about("Alertmanager", None)


class ComponentSize(Model):
    """The size of a component in one cluster."""

    resources: Resources | None = about("requests and limits of one replica", None)


class ScaledSize(ComponentSize):
    """The size of a component with replicas in one cluster."""

    replicas: Replicas | None = about("how many", None)


class StoredSize(ComponentSize):
    """The size of a component with a volume in one cluster."""

    size: Memory | None = about("bytes of the volume", None)


class StoreSize(ScaledSize, StoredSize):
    """The size of the context store in one cluster; its replicas copy the first."""


class ComponentSizes(Model):
    """The sizes of components that differ in one cluster."""

    contextStore: StoreSize = about("of the context store", StoreSize())
    registry: ScaledSize = about("of the registry's service", ScaledSize())
    registryDatabase: StoredSize = about("of its database", StoredSize())
    workflowEngine: ScaledSize = about("of the workflow engine", ScaledSize())
    workflowDatabase: StoredSize = about("of its database", StoredSize())
    collector: ScaledSize = about("of the OpenTelemetry collector", ScaledSize())
    prometheus: StoredSize = about("of Prometheus", StoredSize())
    loki: StoredSize = about("of Loki", StoredSize())
    grafana: ComponentSize = about("of Grafana", ComponentSize())
    alertmanager: StoredSize = about("of Alertmanager", StoredSize())
