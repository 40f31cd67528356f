"""The types in which the facts about a product are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from compiler.shape import Shape

T = TypeVar("T")

AUDIENCE = "tool-gateway"
"""The audience of the tokens that agents show to a tool gateway."""
TOOL_GATEWAY = "tool-gateway"
"""The name of the tool gateway of a namespace, whatever the product."""

Callers = Mapping[tuple[str, str], tuple[str, ...]]
"""Who may call which tools of a running server: by project and agent, sorted."""


class Definition(NamedTuple):
    """A custom resource that Roster emits: the part of its `spec` that it uses, and its folders."""

    version: str  # apiVersion
    kind: str
    spec: Shape
    component: bool = True  # in the folders of components that have one namespace
    wide: bool = False  # in the folders of namespaces, or of a whole cluster

    @property
    def group(self) -> str:
        """Its API group."""
        return self.version.partition("/")[0]


class Pods(NamedTuple):
    """The pods of a proxy, as its controller makes them."""

    name: str  # of its Gateway, or of the object that the product has instead
    port: int
    account: Callable[[str], str]  # the ServiceAccount, by namespace
    labels: Callable[[str], dict[str, str]]  # by namespace


class Control(NamedTuple):
    """The control plane that a proxy must reach."""

    namespace: str
    labels: Mapping[str, str]
    port: int


class Address(NamedTuple):
    """A running server, as far as its endpoint depends on it."""

    namespace: str
    name: str
    path: str  # of its own MCP endpoint
    shared: bool  # whether it serves all projects


class Endpoint(NamedTuple):
    """The name and URL under which an agent of the cluster reaches a server."""

    name: str
    url: str


class Limit(NamedTuple):
    """How many rules about one server the product's resource holds."""

    resource: str  # with its article: `an MCPRoute`
    rules: int
    needed: Callable[[Callers], int]
    unsayable: Callable[[Callers], Iterable[str]] = lambda _: ()  # tools that no rule can name


class Gap(NamedTuple):
    """Something that the product does not decide about, and advice."""

    summary: str
    help: str


@dataclass(frozen=True, slots=True, eq=False)
class Gateway:
    """A product whose proxies decide about single tool calls on their way to a server."""

    name: str  # as in `platform.layers`; the mesh has a setting of its own there
    versions: Mapping[str, str]  # by component: the versions that these facts hold for
    pods: Pods
    control: Control | None
    endpoint: Callable[[Address], Endpoint]
    prefix: str  # what it puts before the names of tools: `{}` is the server's name
    proof: Literal["none", "token", "certificate"]  # what an agent shows to it
    calls_api: bool  # whether its proxies call the API server, for keys of tokens and backends
    reads_keys: bool  # whether it fetches the API server's public keys without an account
    pod_security: Literal["restricted", "baseline"]  # the strictest profile its pods keep
    definitions: tuple[Definition, ...]
    limit: Limit | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Runtime:
    """A product that runs the agents, and gives each the tools that it may call."""

    name: str  # as in `platform.layers`
    versions: Mapping[str, str]
    controller: Control  # serves the agents' configuration, and talks to them
    definitions: tuple[Definition, ...]


def releases(product: Gateway | Runtime) -> str:
    """The versions that the facts about a product hold for, for messages."""
    return ", ".join(f"{name} {version}" for name, version in product.versions.items())


def direct(address: Address) -> Endpoint:
    """The endpoint of a server that agents address themselves."""
    host = f"{address.name}.{address.namespace}.svc"
    return Endpoint(address.name, f"http://{host}:8080{address.path}")


def by_path(port: int) -> Callable[[Address], Endpoint]:
    """Endpoints of a gateway that routes by path."""

    def endpoint(address: Address) -> Endpoint:
        host = f"{TOOL_GATEWAY}.{address.namespace}.svc"
        return Endpoint(address.name, f"http://{host}:{port}/{address.name}")

    return endpoint


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`items` in parts of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
