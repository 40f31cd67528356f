"""The credentials that `docker login` stores for registries (docker's config.json)."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from pathlib import Path

SAFE = re.compile(r"[!-~]+")
"""Characters that are safe in a header."""
_HUB = {"docker.io": "https://index.docker.io/v1/"}


class Unresolved(Exception):  # noqa: N818 - it says why, and is not a bug
    """A tag has no digest that can be trusted; the text says why, without any credential."""


def credential(registry: str) -> str | None:
    """The value of an Authorization header for a registry; None without a stored login.

    Raises:
        Unresolved: the stored login cannot be read.
    """
    key = _HUB.get(registry, registry)
    try:
        path = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        helpers = content.get("credHelpers") or {}
        helper = helpers.get(registry) or helpers.get(key) or content.get("credsStore")
        if helper:
            return _helped(str(helper), key)
        auths = content.get("auths") or {}
        login = auths.get(key) or auths.get(f"https://{key}") or {}
        kept = str(login.get("auth") or "").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        raise Unresolved("docker's stored logins (config.json) cannot be read") from None
    if kept and not SAFE.fullmatch(kept):
        raise Unresolved(f"docker's login for {registry} is broken: `docker login {registry}`")
    return f"Basic {kept}" if kept else None


def _helped(helper: str, key: str) -> str | None:
    """The login that a credential helper has for a registry (docker-credential-helpers)."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", helper):
        raise ValueError("not the name of a program")
    program = f"docker-credential-{helper}"
    try:
        done = subprocess.run(
            [program, "get"], input=key, capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Unresolved(f"docker's credential helper `{program}` does not work") from None
    if done.returncode:
        return None
    content = json.loads(done.stdout)
    pair = f"{content['Username']}:{content['Secret']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
