"""Which variables of the caller's environment programs get: paths, locale, network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_PASSED = (
    "HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ",
    # Behind a proxy that inspects TLS, packages can only be fetched with these.
    "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE",
    "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy",
)  # fmt: skip


def search_path(environment: Mapping[str, str], *own: Path) -> str:
    """The PATH of programs that are started: the folders `own`, then the caller's PATH."""
    return os.pathsep.join([*map(str, own), environment.get("PATH", os.defpath)])


def passed_on(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that every program gets; all others, secrets among them, are dropped."""
    return {name: environment[name] for name in _PASSED if name in environment}
