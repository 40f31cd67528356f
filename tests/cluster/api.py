"""The Kubernetes API over HTTP, through `kubectl proxy` on a private Unix socket."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import yaml

Object = Mapping[str, Any]
WORKERS = 4
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
APPLY = "application/apply-patch+yaml"


class Answer(NamedTuple):
    """The server's answer."""

    status: int
    body: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return self.status < 300

    @property
    def message(self) -> str:
        """The server's message."""
        return str(self.body.get("message", ""))


class Kind(NamedTuple):
    """Where objects of a kind are found."""

    version: str  # apiVersion
    plural: str
    namespaced: bool

    def path(self, namespace: str = "", name: str = "") -> str:
        """The URL path of a collection or of one object."""
        root = "/api" if "/" not in self.version else "/apis"
        inside = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{root}/{self.version}{inside}/{self.plural}" + (f"/{name}" if name else "")


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(str(self._path))


@dataclass
class Api:
    """A server behind a `kubectl proxy`."""

    path: Path
    local: threading.local = field(default_factory=threading.local)
    kinds: dict[tuple[str, str], Kind] = field(default_factory=dict)

    def call(
        self,
        method: str,
        path: str,
        body: bytes | Object | None = None,
        content: str = "application/json",
        accept: str = "application/json",
        impersonate: tuple[str, ...] = (),
        **query: str,
    ) -> Answer:
        """Send one request; `impersonate` is a user and then groups."""
        data = json.dumps(body).encode() if isinstance(body, Mapping) else body
        url = f"{path}?{urlencode(query)}" if query else path
        headers = [("Content-Type", content), ("Accept", accept)]
        for place, name in enumerate(impersonate):
            headers.append((f"Impersonate-{'Group' if place else 'User'}", name))
        try:
            return self._send(method, url, data, headers)
        except (http.client.HTTPException, OSError):
            self.local.connection = None  # the proxy has closed it meanwhile
            return self._send(method, url, data, headers)

    def _send(
        self, method: str, url: str, data: bytes | None, headers: list[tuple[str, str]]
    ) -> Answer:
        connection = self._connection()
        connection.putrequest(method, url)
        for name, value in (*headers, ("Content-Length", str(len(data or b"")))):
            connection.putheader(name, value)
        connection.endheaders(data)
        reply = connection.getresponse()
        text = reply.read()
        warnings = tuple(reply.headers.get_all("Warning") or ())
        try:
            return Answer(reply.status, json.loads(text), warnings)
        except ValueError:
            return Answer(reply.status, {"message": text.decode(errors="replace")}, warnings)

    def _connection(self) -> _Connection:
        if getattr(self.local, "connection", None) is None:
            self.local.connection = _Connection(self.path)
        connection: _Connection = self.local.connection
        return connection

    def ready(self) -> bool:
        """Whether the server reports that it is ready."""
        try:
            return self.call("GET", "/readyz").status == 200
        except OSError:
            return False

    def kind(self, version: str, kind: str) -> Kind | None:
        """Where a kind is served, or None."""
        if (version, kind) not in self.kinds:
            self.discover()
        return self.kinds.get((version, kind))

    def discover(self) -> None:
        """Ask the server which kinds it serves."""
        for root in ("/api", "/apis"):
            for group in self.call("GET", root, accept=DISCOVERY).body["items"]:
                name = group["metadata"].get("name", "")
                for version in group["versions"]:
                    full = f"{name}/{version['version']}" if name else version["version"]
                    for resource in version.get("resources", ()):
                        namespaced = resource["scope"] == "Namespaced"
                        place = Kind(full, resource["resource"], namespaced)
                        self.kinds[full, resource["responseKind"]["kind"]] = place

    def find(self, object: Object) -> str:
        """The URL path of an object; KeyError if its kind is not served."""
        kind = self.kind(object["apiVersion"], object["kind"])
        if kind is None:
            raise KeyError(f"{object['apiVersion']} {object['kind']} is not served")
        meta = object["metadata"]
        return kind.path(meta.get("namespace", ""), meta["name"])

    def apply(self, object: Object, text: bytes | None = None, **query: str) -> Answer:
        """A server-side apply; `text` is the YAML to send instead of the object."""
        settings = {"fieldManager": "roster", "force": "true", "fieldValidation": "Strict"} | query
        return self.call(
            "PATCH", self.find(object), text or yaml.safe_dump(object).encode(), APPLY, **settings
        )

    def must(self, object: Object) -> Answer:
        """Apply an object, and fail unless that succeeds."""
        answer = self.apply(object)
        assert answer.ok, f"{object['kind']} {object['metadata']['name']}: {answer.message}"
        return answer

    def create(self, object: Object, **query: str) -> Answer:
        """A POST of a new object."""
        kind = self.kind(object["apiVersion"], object["kind"])
        assert kind is not None, object["kind"]
        return self.call(
            "POST", kind.path(object["metadata"].get("namespace", "")), object, **query
        )

    def get(self, object: Object) -> Answer:
        """The object in the cluster."""
        return self.call("GET", self.find(object))

    def list(
        self, version: str, kind: str, namespace: str = "", **query: str
    ) -> list[dict[str, Any]]:
        """All objects of a kind."""
        place = self.kind(version, kind)
        assert place is not None, f"{version} {kind} is not served"
        answer = self.call("GET", place.path(namespace), **query)
        assert answer.ok, answer.message
        return list(answer.body["items"])

    def delete(self, object: Object) -> Answer:
        """Delete an object."""
        return self.call("DELETE", self.find(object))

    def patch(self, object: Object, change: Object) -> Answer:
        """A JSON merge patch."""
        return self.call("PATCH", self.find(object), change, "application/merge-patch+json")


def pooled(work: Any, items: Iterable[Any]) -> Iterator[Any]:
    """Do the work on each item, a few at a time; results come in the order of the items."""
    with ThreadPoolExecutor(WORKERS) as pool:
        yield from pool.map(work, items)
