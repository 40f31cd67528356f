"""HTTPRoutes of the Gateway API: their Gateways, paths and backends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Node, Object
from compiler.verify.gateway import GATEWAY_API, of_class

REWRITES = {"ReplacePrefixMatch": "replacePrefixMatch", "ReplaceFullPath": "replaceFullPath"}


class Route(NamedTuple):
    """One path of one rule of an HTTPRoute that a Gateway takes."""

    gateway: Object
    object: Object
    rule: Node
    path: str

    @property
    def where(self) -> str:
        """The file and the path, for messages."""
        return f"{self.object.node.path}: {self.path}"


def routes(artefacts: Artefacts, cluster: str, class_name: str) -> Iterator[Route]:
    """The HTTPRoutes at the Gateways of one class."""
    gateways = of_class(artefacts, cluster, class_name)
    for route in artefacts.all(cluster, "HTTPRoute", GATEWAY_API):
        for gateway in parents(route, gateways):
            for rule in route.spec["rules"].items():
                for path in _paths(rule):
                    yield Route(gateway, route, rule, path)


def parents(route: Object, gateways: Mapping[tuple[str, str], Object]) -> Iterator[Object]:
    """The Gateways that take a route: of its own namespace, unless listeners admit others."""
    for ref in route.spec["parentRefs"].items():
        home = ref["namespace"].text(route.namespace)
        gateway = gateways.get((home, ref["name"].text()))
        kind = ref["group"].text(GATEWAY_API), ref["kind"].text("Gateway")
        inside = home == route.namespace
        if gateway and kind == (GATEWAY_API, "Gateway") and (inside or _open(gateway)):
            yield gateway


def _open(gateway: Object) -> bool:
    return any(
        listener["allowedRoutes"]["namespaces"]["from"].text("Same") != "Same"
        for listener in gateway.spec["listeners"].items()
    )


def rewritten(route: Route) -> str:
    """The path that a server sees, where a filter changes it."""
    for filter in route.rule["filters"].items():
        path = filter["urlRewrite"]["path"]
        if not path.absent:
            if path["type"].text() not in REWRITES:
                raise path["type"].wrong("a way to rewrite a path")
            return path[REWRITES[path["type"].text()]].text()
    return route.path


def _paths(rule: Node) -> tuple[str, ...]:
    """The paths of a rule; without any, it matches every path."""
    return tuple(match["path"]["value"].text("/") for match in rule["matches"].items()) or ("/",)
