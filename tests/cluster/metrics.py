"""A metrics API behind the aggregator: every container uses half of its CPU request."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.cluster.api import Api, Object
from tests.cluster.control_plane import LOOPBACK, ControlPlane
from tests.cluster.processes import StartError, eventually

GROUP, VERSION = "metrics.k8s.io", "v1beta1"
_ROOT = f"/apis/{GROUP}/{VERSION}"
_UNITS = {"m": 1, "": 1000}


@contextmanager
def serve(plane: ControlPlane) -> Iterator[None]:
    """Serve the API during the block, which begins when the aggregator reaches it."""
    server = ThreadingHTTPServer((LOOPBACK, 0), _handler(plane.api))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(plane.certificate, plane.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for object in _registered(server.server_address[1]):
            plane.api.must(object)
        if not eventually(lambda: _available(plane.api), 300):
            raise StartError("the aggregator does not reach the metrics API")
        yield
    finally:
        server.shutdown()
        server.server_close()


def _registered(port: int) -> Iterator[dict[str, Any]]:
    """The Service and APIService of this API."""
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "metrics", "namespace": "kube-system"},
        "spec": {"type": "ExternalName", "externalName": "localhost"},
    }
    yield {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": {"name": f"{VERSION}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "version": VERSION,
            "service": {"name": "metrics", "namespace": "kube-system", "port": port},
            "insecureSkipTLSVerify": True,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        },
    }


def _available(api: Api) -> bool:
    return api.call("GET", f"{_ROOT}/namespaces/default/pods").status == 200


def _handler(api: Api) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Discovery, and the pods of a namespace."""

        def do_GET(self) -> None:
            """Answer a request."""
            answer = _answer(api, self.path)
            body = json.dumps(answer or {"kind": "Status", "code": 404}).encode()
            self.send_response(200 if answer else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Log nothing."""

    return Handler


def _answer(api: Api, path: str) -> dict[str, Any] | None:
    url = urlsplit(path)
    if url.path == _ROOT:
        pods = {"name": "pods", "singularName": "", "namespaced": True, "kind": "PodMetrics"}
        resources = [{**pods, "verbs": ["get", "list"]}]
        kind = {"kind": "APIResourceList", "apiVersion": "v1"}
        return {**kind, "groupVersion": f"{GROUP}/{VERSION}", "resources": resources}
    parts = url.path.removeprefix(f"{_ROOT}/").split("/")
    if parts[::2] != ["namespaces", "pods"]:
        return None
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    chosen = {key: query[key] for key in ("labelSelector",) if key in query}
    pods = [_usage(pod) for pod in api.list("v1", "Pod", parts[1], **chosen)]
    return {"apiVersion": f"{GROUP}/{VERSION}", "kind": "PodMetricsList", "items": pods}


def _usage(pod: Object) -> dict[str, Any]:
    """Metrics of a pod: half of the CPU that its containers request."""
    meta = {key: pod["metadata"].get(key) for key in ("name", "namespace", "labels")}
    return {
        "metadata": meta,
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "window": "15s",
        "containers": [
            {"name": c["name"], "usage": {"cpu": f"{_millis(c) // 2}m", "memory": "100Mi"}}
            for c in pod["spec"]["containers"]
        ],
    }


def _millis(container: Object) -> int:
    asked = str(container.get("resources", {}).get("requests", {}).get("cpu", "1"))
    number = asked.rstrip("m")
    return int(float(number) * _UNITS[asked[len(number) :]])
