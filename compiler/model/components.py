"""The components of the platform that are deployed here, and how a cluster changes their sizes."""

from typing import Annotated

from pydantic import Field

from compiler.model.base import Duration, Image, Memory, Model, Resources, Secret, about

Replicas = Annotated[int, Field(ge=1, le=100)]


class Component(Model):
    """A workload of the platform."""

    image: Image = about("the container")
    resources: Resources = about("what one replica takes")


class Scaled(Component):
    """One whose replicas do not know each other."""

    replicas: Replicas = about("how many", 1)


class Stored(Component):
    """One that keeps data in a volume. There is one of it: replicas would be strangers."""

    size: Memory = about("bytes of the volume")


class Retained(Stored):
    """One that keeps data for a time."""

    retention: Duration = about("how long data is kept", "15d")


class Slack(Model):
    """Where alerts are told: a channel of Slack, through an incoming webhook."""

    channel: Annotated[str, Field(pattern=r"^#[a-z0-9_-]{1,80}$")] = about("the channel")
    webhook: Secret = about("the address of the webhook, which is a secret")


class Alertmanager(Stored):
    """What sends alerts to people."""

    slack: Slack | None = about("where alerts go; without it they are only shown", None)


class Components(Model):
    """What is deployed of the platform; one that is not named runs elsewhere, or not at all.

    The context store is described by `contextStore`, and deployed wherever there are components.
    """

    registry: Scaled | None = about("the agent registry's service", None)
    registryDatabase: Stored | None = about("the PostgreSQL where it keeps agents", None)
    workflowEngine: Scaled | None = about("what runs workflows", None)
    workflowDatabase: Stored | None = about("the PostgreSQL where it keeps checkpoints", None)
    collector: Scaled | None = about("the OpenTelemetry collector (contrib)", None)
    prometheus: Retained | None = about("Prometheus 3, where metrics are kept", None)
    loki: Retained | None = about("Loki 3, where logs are kept", None)
    grafana: Component | None = about("Grafana, which shows both", None)
    alertmanager: Alertmanager | None = about("Alertmanager", None)


class ComponentSize(Model):
    """What replaces the size of a component in one cluster."""

    resources: Resources | None = about("what one replica takes", None)


class ScaledSize(ComponentSize):
    """And how many there are."""

    replicas: Replicas | None = about("how many", None)


class StoredSize(ComponentSize):
    """And how much room for data."""

    size: Memory | None = about("bytes of the volume", None)


class StoreSize(ScaledSize, StoredSize):
    """Of the context store, whose replicas are copies of the first."""


class ComponentSizes(Model):
    """By component, what differs in one cluster."""

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
