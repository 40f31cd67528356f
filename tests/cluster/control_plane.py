"""etcd, kube-apiserver, kube-controller-manager and kube-scheduler on loopback."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.api import Api
from tests.cluster.binaries import program
from tests.cluster.processes import Processes, free_port, listening

LOOPBACK = "127.0.0.1"
_SUBJECT = ["-subj", "/CN=roster-rig"]
_NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc"


@dataclass(frozen=True)
class ControlPlane:
    """A cluster without nodes: its API, and what others need to reach it."""

    api: Api
    server: str
    kubeconfig: Path
    certificate: Path
    key: Path
    token: str


def start(processes: Processes) -> ControlPlane:
    """Start all four; ready when the API server and its post-start hooks are."""
    folder = processes.folder
    key, certificate = _certificate(folder)
    token = secrets.token_hex(16)
    _private(folder / "tokens.csv", f'{token},admin,admin,"system:masters"\n')
    port = free_port()
    server = f"https://{LOOPBACK}:{port}"
    kubeconfig = write_kubeconfig(folder / "kubeconfig", server, certificate, token)
    etcd = _etcd(processes)
    processes.start("kube-apiserver", _apiserver(folder, port, etcd), listening(port))
    api = proxy(processes, [str(program("kube")), "kubectl"], kubeconfig)
    _controllers(processes, kubeconfig, key, certificate)
    return ControlPlane(api, server, kubeconfig, certificate, key, token)


def proxy(processes: Processes, kubectl: list[str], kubeconfig: Path) -> Api:
    """The API through `kubectl proxy`, on a socket in our own folder."""
    path = processes.folder / "api.sock"
    command = [*kubectl, f"--kubeconfig={kubeconfig}", "proxy", f"--unix-socket={path}"]
    api = Api(path)
    processes.start("kubectl-proxy", command, api.ready)
    return api


def write_kubeconfig(path: Path, server: str, certificate: Path, token: str) -> Path:
    """A kubeconfig of one cluster and one user."""
    cluster = {"server": server, "certificate-authority": str(certificate)}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "rig",
        "contexts": [{"name": "rig", "context": {"cluster": "rig", "user": "admin"}}],
        "clusters": [{"name": "rig", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": token}}],
    }
    _private(path, json.dumps(content))
    return path


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A key, and a certificate of its own for loopback."""
    key, certificate = folder / "tls.key", folder / "tls.crt"
    kind = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *_SUBJECT]
    names = ["-addext", _NAMES, "-keyout", str(key), "-out", str(certificate)]
    openssl = shutil.which("openssl") or "openssl"
    subprocess.run([openssl, *kind, *names], check=True, capture_output=True)
    key.chmod(0o600)
    return key, certificate


def _etcd(processes: Processes) -> str:
    client, peer = free_port(), free_port()
    url, peers = f"http://{LOOPBACK}:{client}", f"http://{LOOPBACK}:{peer}"
    command = [
        str(program("etcd")),
        f"--data-dir={processes.folder / 'etcd'}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        "--unsafe-no-fsync",
        "--log-level=error",
    ]
    processes.start("etcd", command, listening(client))
    return url


def _apiserver(folder: Path, port: int, etcd: str) -> list[str]:
    key, certificate = folder / "tls.key", folder / "tls.crt"
    return [
        str(program("kube")),
        "kube-apiserver",
        f"--etcd-servers={etcd}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        f"--secure-port={port}",
        f"--tls-cert-file={certificate}",
        f"--tls-private-key-file={key}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={certificate}",
        f"--service-account-signing-key-file={key}",
        # The aggregator shows this to the servers behind it; ours asks for none.
        f"--proxy-client-cert-file={certificate}",
        f"--proxy-client-key-file={key}",
        "--enable-priority-and-fairness=false",
        "--endpoint-reconciler-type=none",
    ]


def _controllers(processes: Processes, kubeconfig: Path, key: Path, certificate: Path) -> None:
    """Those that make objects out of objects, and the one that gives pods their nodes."""
    for name, flags in (
        (
            "kube-controller-manager",
            [
                f"--service-account-private-key-file={key}",
                f"--root-ca-file={certificate}",
                "--use-service-account-credentials",
                "--horizontal-pod-autoscaler-sync-period=3s",
                "--horizontal-pod-autoscaler-initial-readiness-delay=1s",
                "--concurrent-deployment-syncs=10",
                "--concurrent-namespace-syncs=20",
            ],
        ),
        ("kube-scheduler", []),
    ):
        port = free_port()
        command = [
            str(program("kube")),
            name,
            f"--kubeconfig={kubeconfig}",
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            f"--bind-address={LOOPBACK}",
            f"--secure-port={port}",
            "--leader-elect=false",
            *flags,
        ]
        processes.start(name, command, listening(port))
