"""Registries of images: which digest a tag has (OCI Distribution specification 1.1).

The digest is computed from the manifest that came; what a registry says of it is only compared.
Without TLS nobody is asked but this machine. A credential is that of `docker login`, goes to the
registry and to where it gives tokens, and never into a message.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from hashlib import sha256
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, Any

MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
MAX_MANIFEST = 4 * 1024 * 1024
"""Bytes: what the specification lets a registry refuse as too large."""
_SECONDS = 20
_HUB = {"docker.io": "registry-1.docker.io"}
_HUB_LOGIN = "https://index.docker.io/v1/"
_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
_WORDS = {
    401: "the registry asks for credentials: `docker login {host}`",
    403: "the registry forbids it: `docker login {host}` as somebody who may read it",
    404: "the registry has no such image",
    429: "the registry has been asked too often: try again later",
}


class Unresolved(Exception):  # noqa: N818 - it says why, and is not a bug
    """A tag has no digest that can be trusted; the text says why."""


def digest(repository: str, tag: str) -> str:
    """The digest that a tag names now, `sha256:` and 64 digits; Unresolved where there is none."""
    name, _, path = repository.partition("/")
    host = _HUB.get(name, name)
    url = f"{_scheme(host)}://{host}/v2/{path}/manifests/{urllib.parse.quote(tag)}"
    try:
        with _asked(url, name, path) as answer:
            return _judged(answer)
    except urllib.error.HTTPError as error:
        word = _WORDS.get(error.code, f"the registry answers {error.code}")
        raise Unresolved(word.format(host=name)) from None
    except TimeoutError:
        raise Unresolved(f"{host} does not answer") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise Unresolved(f"{host} cannot be asked: {reason or type(error).__name__}") from None


def _judged(answer: HTTPResponse) -> str:
    kind = answer.headers.get_content_type()
    if kind not in MANIFESTS:
        raise Unresolved(f"what came is no manifest, but `{kind}`")
    body = answer.read(MAX_MANIFEST + 1)
    if len(body) > MAX_MANIFEST:
        raise Unresolved(f"its manifest is larger than {MAX_MANIFEST} bytes")
    found = f"sha256:{sha256(body).hexdigest()}"
    said = answer.headers.get("Docker-Content-Digest", found)
    if said != found:
        raise Unresolved("the registry's digest is not that of the manifest which it sent")
    return found


def _asked(url: str, name: str, path: str) -> HTTPResponse:
    """The answer to a request for a manifest, with a token if the registry wants one."""
    accept = {"Accept": ", ".join(MANIFESTS)}
    try:
        return _open(url, accept)
    except urllib.error.HTTPError as error:
        challenge = error.headers.get("WWW-Authenticate", "")
        if error.code != 401 or not challenge:
            raise
    return _open(url, accept, _authorization(challenge, name, path))


def _authorization(challenge: str, name: str, path: str) -> str | None:
    """What a challenge wants to see; None where we have nothing to show."""
    basic = _credential(name)
    kind, _, rest = challenge.partition(" ")
    if kind.lower() != "bearer":
        return basic
    asked = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    if "realm" not in asked:
        return basic
    query = {"service": asked.get("service", ""), "scope": f"repository:{path}:pull"}
    url = f"{asked['realm']}?{urllib.parse.urlencode(query)}"
    with _open(url, {"Accept": "application/json"}, basic) as answer:
        try:
            content = json.loads(answer.read(MAX_MANIFEST))
            return f"Bearer {content.get('token') or content['access_token']}"
        except (ValueError, KeyError, AttributeError, RecursionError):
            raise Unresolved("where the registry gives tokens, there is none") from None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirects are followed by TLS, or within this machine."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Any:
        _guarded(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(url: str, headers: dict[str, str], authorization: str | None = None) -> HTTPResponse:
    _guarded(url)
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - _guarded
    if authorization is not None:
        request.add_unredirected_header("Authorization", authorization)
    opener = urllib.request.build_opener(_Redirects)
    answer = opener.open(request, timeout=_SECONDS)
    assert isinstance(answer, HTTPResponse), "http and https give no other"
    return answer


def _guarded(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != _scheme(parts.netloc) and parts.scheme != "https":
        raise Unresolved(f"it leads to {parts.netloc or 'nowhere'} without TLS")


def _scheme(host: str) -> str:
    return "http" if _HERE.fullmatch(host) else "https"


def _credential(name: str) -> str | None:
    """What `docker login` keeps for a registry, as HTTP's Basic; None where it keeps nothing."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    key = _HUB_LOGIN if name in _HUB else name
    try:
        content = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        helper = content.get("credHelpers", {}).get(name) or content.get("credsStore")
        if helper:
            return _helped(str(helper), key)
        kept = content.get("auths", {}).get(key, {}).get("auth")
        return f"Basic {kept}" if kept else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, RecursionError):
        raise Unresolved(f"`{folder / 'config.json'}` cannot be read") from None


def _helped(helper: str, key: str) -> str | None:
    """What a credential helper has for a registry (docker-credential-helpers)."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", helper):
        raise ValueError(helper)
    program = f"docker-credential-{helper}"
    try:
        done = subprocess.run(
            [program, "get"], input=key, capture_output=True, text=True, check=False, timeout=60
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        raise Unresolved(f"`{program}` does not work, which docker asks for credentials") from None
    if done.returncode:
        return None
    content = json.loads(done.stdout)
    pair = f"{content['Username']}:{content['Secret']}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
