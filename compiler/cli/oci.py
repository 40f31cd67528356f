"""The digest that a tag has in a registry (OCI Distribution specification 1.1).

The digest is computed from the manifest, and compared with the registry's header. Only this machine
may answer without TLS. Credentials are those of `docker login`; they are sent to the registry and
to its token service, and never appear in a message.

Neither of the maintained clients fits. `oras` 0.2.43 sends the login of one registry to the token
service that another one names after a redirect, has no timeout and no limit of size, and returns
parsed JSON from which no digest can be computed; `python-dxf` 12.1.1 follows redirects that leave
TLS, and reads answers of any size. Both add `requests` and its four dependencies.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from hashlib import sha256
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO, Any

from compiler.cli import logins
from compiler.cli.logins import Unresolved

MANIFESTS = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
MAX_MANIFEST = 4 * 1024 * 1024
"""Bytes: above this size the specification lets a registry refuse a manifest."""
_SECONDS, _WHOLE = 20, 60
"""Timeouts: for each read, and for a whole answer."""
_HUB = {"docker.io": "registry-1.docker.io"}
_THIS_MACHINE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
_REASONS = {
    401: "the registry asks for credentials: `docker login {host}`",
    403: "the registry forbids it: `docker login {host}` with an account that may read it",
    404: "the registry has no such image",
    429: "the registry had too many requests: try again later",
}


def digest(repository: str, tag: str) -> str:
    """The digest that a tag has now: `sha256:` and 64 digits.

    Args:
        repository: the registry and the path, such as `ghcr.io/example/agent`.
        tag: the tag.

    Raises:
        Unresolved: the registry does not answer, or its answer cannot be trusted.
    """
    name, _, path = repository.partition("/")
    host = _HUB.get(name, name)
    path = path if host == name or "/" in path else f"library/{path}"
    url = f"{_scheme(host)}://{host}/v2/{path}/manifests/{urllib.parse.quote(tag)}"
    try:
        with _request_manifest(url, name, path) as answer:
            return _verified_digest(answer)
    except urllib.error.HTTPError as error:
        word = _REASONS.get(error.code, f"the registry answers {error.code}")
        raise Unresolved(word.format(host=name)) from None
    except TimeoutError:
        raise Unresolved(f"{host} does not answer") from None
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise Unresolved(f"{host} cannot be reached: {reason or type(error).__name__}") from None
    except ValueError:  # of urllib and http.client: its text could hold a credential
        raise Unresolved(f"the answer of {host} is not valid HTTP") from None


def _verified_digest(answer: HTTPResponse) -> str:
    kind = answer.headers.get_content_type()
    if answer.status != 200 or kind not in MANIFESTS:
        raise Unresolved(f"the answer is not a manifest, but `{kind}` with status {answer.status}")
    body = _read(answer)
    try:
        whole = json.loads(body)["schemaVersion"] == 2
    except (ValueError, TypeError, KeyError, RecursionError):
        whole = False
    if not whole:
        raise Unresolved("the answer is not a complete manifest")
    digest = f"sha256:{sha256(body).hexdigest()}"
    stated = answer.headers.get("Docker-Content-Digest", digest)
    if stated != digest:
        raise Unresolved("the registry's digest is not that of the manifest that it sent")
    return digest


def _read(answer: HTTPResponse) -> bytes:
    """The whole body; Unresolved if it is too long, too slow or cut off."""
    until, body = time.monotonic() + _WHOLE, b""
    while part := answer.read1(1 << 16):
        body += part
        if len(body) > MAX_MANIFEST:
            raise Unresolved(f"the answer is larger than {MAX_MANIFEST} bytes")
        if time.monotonic() > until:
            raise Unresolved(f"it takes longer than {_WHOLE} s")
    if answer.headers.get("Content-Length", str(len(body))) != str(len(body)):
        raise Unresolved("the answer was cut off")
    return body


def _request_manifest(url: str, name: str, path: str) -> HTTPResponse:
    """The answer to a request for a manifest, with a token if the registry requires one."""
    accept = {"Accept": ", ".join(MANIFESTS)}
    try:
        return _open(url, accept)
    except urllib.error.HTTPError as error:
        challenge = error.headers.get("WWW-Authenticate", "")
        same = urllib.parse.urlsplit(error.url).netloc == urllib.parse.urlsplit(url).netloc
        if error.code != 401 or not challenge or not same:
            raise  # the target of a redirect must not choose where a credential is sent
    return _open(url, accept, _authorization(challenge, name, path, url))


def _authorization(challenge: str, name: str, path: str, before: str) -> str | None:
    """The Authorization header that answers a challenge; None without a stored login."""
    basic = logins.credential(name)
    kind, _, rest = challenge.partition(" ")
    parameters = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    if kind.lower() != "bearer" or "realm" not in parameters:
        return basic
    where = urllib.parse.urlsplit(parameters["realm"])
    query = urllib.parse.parse_qsl(where.query)
    query += [("service", parameters.get("service", "")), ("scope", f"repository:{path}:pull")]
    url = where._replace(query=urllib.parse.urlencode(query)).geturl()
    with _open(url, {"Accept": "application/json"}, basic, before) as answer:
        try:
            content = json.loads(_read(answer))
            token = content.get("token") or content.get("access_token")
        except (ValueError, AttributeError, RecursionError):
            token = None
    if not isinstance(token, str) or not logins.SAFE.fullmatch(token):
        raise Unresolved("the token service of the registry gave no token")
    return f"Bearer {token}"


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects only with TLS, or from this machine to itself."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Any:
        _guarded(newurl, req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open(
    url: str, headers: dict[str, str], authorization: str | None = None, before: str = ""
) -> HTTPResponse:
    _guarded(url, before or url)
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - _guarded
    if authorization is not None:
        request.add_unredirected_header("Authorization", authorization)
    direct = [urllib.request.ProxyHandler({})] if url.startswith("http:") else []
    opener = urllib.request.build_opener(_Redirects, *direct)  # never through a proxy
    answer = opener.open(request, timeout=_SECONDS)
    assert isinstance(answer, HTTPResponse), "http and https give no other"
    return answer


def _guarded(url: str, before: str) -> None:
    """Refuse a step from a URL with TLS to one without it."""
    parts = urllib.parse.urlsplit(url)
    plain = parts.scheme == _scheme(parts.netloc) and before.startswith("http:")
    if parts.scheme != "https" and not plain:
        raise Unresolved(f"it leads to {parts.netloc or 'nowhere'} without TLS")


def _scheme(host: str) -> str:
    return "http" if _THIS_MACHINE.fullmatch(host) else "https"
