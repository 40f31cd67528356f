"""What of the caller's environment a program gets: how to find things and to reach the network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_KEPT = (
    "HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ",
    # Behind a proxy that looks into TLS, packages can only be fetched with these.
    "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE",
    "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy",
)  # fmt: skip


def path(environment: Mapping[str, str], *own: Path) -> str:
    """The PATH of programs that are started: what is installed beside the stack comes first."""
    return os.pathsep.join([*map(str, own), environment.get("PATH", os.defpath)])


def kept(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that every program gets; all others, and with them secrets, stay behind."""
    return {name: environment[name] for name in _KEPT if name in environment}
