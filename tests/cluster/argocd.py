"""Argo CD without its server and UI: Redis, the repo-server and the application controller."""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.api import Api
from tests.cluster.binaries import program
from tests.cluster.control_plane import LOOPBACK, ControlPlane
from tests.cluster.processes import Processes, free_port, listening

NAMESPACE = "argocd"
VERSION = "argoproj.io/v1alpha1"
KINDS = [(VERSION, "Application"), (VERSION, "AppProject")]
_PART = {"app.kubernetes.io/part-of": "argocd"}
_REFRESH = "argocd.argoproj.io/refresh"
_ASKED = "rig/asked"
APPROVED = "argocd.argoproj.io/deletion-approved"


@dataclass(frozen=True)
class ArgoCd:
    """Argo CD as its users see it: through its Applications."""

    api: Api

    def applications(self) -> dict[str, dict[str, Any]]:
        """All Applications by name."""
        applications = self.api.list(VERSION, "Application", NAMESPACE)
        return {item["metadata"]["name"]: item for item in applications}

    def application(self, name: str) -> dict[str, Any]:
        """One Application."""
        return self.api.get(reference(name)).body

    def annotate(self, name: str, **annotations: str | None) -> None:
        """Set annotations of an Application."""
        answer = self.api.patch(reference(name), {"metadata": {"annotations": annotations}})
        assert answer.ok, answer.message

    def refresh(self, names: Iterable[str]) -> None:
        """Have Argo CD compare Applications with git again, as a webhook does.

        Argo CD can overlook a request that arrives while it writes an earlier result. To repeat the
        same request would change nothing and have no effect, so each request has a new number.
        """
        for name in names:
            self.annotate(name, **{_REFRESH: "normal", _ASKED: str(time.monotonic_ns())})

    def sync(self, name: str, commit: str) -> None:
        """Sync an Application once more, with its own options."""
        options = self.application(name)["spec"]["syncPolicy"]["syncOptions"]
        operation = {
            "initiatedBy": {"username": "rig"},
            "sync": {"revision": commit, "prune": True, "syncOptions": options},
        }
        answer = self.api.patch(reference(name), {"operation": operation})
        assert answer.ok, answer.message

    def terminated(self, name: str) -> bool:
        """Stop a sync that would be retried, as `argocd app terminate-op` does.

        Returns whether it has stopped; if not, call it again: the controller can overwrite this.
        """
        if "operation" not in self.application(name):
            return True
        change = {"status": {"operationState": {"phase": "Terminating"}}}
        self.api.patch(reference(name), change)
        return False

    def explain(self, name: str) -> str:
        """All messages in the status of an Application."""
        status = self.application(name).get("status", {})
        state = status.get("operationState", {})
        results = state.get("syncResult", {}).get("resources", ())
        parts = (*status.get("conditions", ()), *results)
        return "\n".join([state.get("message", ""), *(part.get("message", "") for part in parts)])

    def unsettled(self, commit: str) -> dict[str, str]:
        """The state of each Application that is not healthy and synced to a commit."""
        return {
            name: state
            for name, application in self.applications().items()
            if (state := _state(application, commit)) != "Synced Healthy"
        }


def reference(name: str) -> dict[str, Any]:
    """An Application by name."""
    meta = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": VERSION, "kind": "Application", "metadata": meta}


def _state(application: Mapping[str, Any], commit: str) -> str:
    status = application.get("status", {})
    sync, health = status.get("sync", {}), status.get("health", {})
    at = "" if sync.get("revision") == commit else " at another commit"
    phase = status.get("operationState", {}).get("phase", "")
    busy = f" {phase}" if "operation" in application or phase == "Running" else ""
    return f"{sync.get('status')} {health.get('status')}{busy}{at}"


def install(plane: ControlPlane, cluster: str) -> None:
    """Install Argo CD's settings and register the cluster; its definitions exist already."""
    certificate = base64.b64encode(plane.certificate.read_bytes()).decode()
    access = {"bearerToken": plane.token, "tlsClientConfig": {"caData": certificate}}
    registered = {"argocd.argoproj.io/secret-type": "cluster"}
    plane.api.must({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    for name, labels, data in (
        ("argocd-secret", _PART, {"server.secretkey": secrets.token_hex(16)}),
        (
            f"cluster-{cluster}",
            registered,
            {"name": cluster, "server": plane.server, "config": json.dumps(access)},
        ),
    ):
        meta = {"name": name, "namespace": NAMESPACE, "labels": labels}
        plane.api.must({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": data})
    meta = {"name": "argocd-rbac-cm", "namespace": NAMESPACE, "labels": _PART}
    plane.api.must({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})


def start(processes: Processes, plane: ControlPlane) -> ArgoCd:
    """Start Redis, the repo-server and the application controller."""
    redis, server = free_port(), free_port()
    environment = _environment(processes.folder / "argocd")
    store = [str(program("redis-server")), f"--port {redis}", f"--bind {LOOPBACK}", "--save", ""]
    processes.start("redis", store, listening(redis))
    common = [f"--redis={LOOPBACK}:{redis}", f"--kubeconfig={plane.kubeconfig}", "--loglevel=info"]
    repositories = [
        str(program("argocd")),
        "argocd-repo-server",
        f"--redis={LOOPBACK}:{redis}",
        f"--address={LOOPBACK}",
        f"--port={server}",
        f"--metrics-address={LOOPBACK}",
        f"--metrics-port={free_port()}",
        "--loglevel=warn",
    ]
    processes.start("argocd-repo-server", repositories, listening(server), environment)
    metrics = free_port()
    controller = [
        str(program("argocd")),
        "argocd-application-controller",
        *common,
        f"--namespace={NAMESPACE}",
        f"--repo-server={LOOPBACK}:{server}",
        f"--metrics-port={metrics}",
        "--app-resync=3600",
    ]
    processes.start("argocd-controller", controller, listening(metrics), environment)
    return ArgoCd(plane.api)


def _environment(home: Path) -> dict[str, str]:
    """Variables for folders of its own, without the machine's settings.

    Argo CD's image has a script that verifies signatures of commits; these commits have none.
    """
    for name in ("tls", "ssh", "gpg", "tmp", "bin"):
        (home / name).mkdir(parents=True)
    script = home / "bin" / "git-verify-wrapper.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    return {
        "PATH": f"{script.parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "ARGOCD_FAKE_IN_CLUSTER": "true",
        "ARGOCD_GPG_ENABLED": "false",
        "ARGOCD_TLS_DATA_PATH": str(home / "tls"),
        "ARGOCD_SSH_DATA_PATH": str(home / "ssh"),
        "ARGOCD_GNUPGHOME": str(home / "gpg"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOSTNAME": "rig-0",
    }
