"""Registries of images: which digest a tag has (OCI Distribution specification 1.1).

The digest is computed from the manifest that came; what a registry says of it is only compared.
Without TLS nobody is asked but this machine. A credential is that of `docker login`, goes to the
registry and to where it gives tokens, and never into a message.
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
"""Bytes: what the specification lets a registry refuse as too large."""
_SECONDS, _WHOLE = 20, 60
"""For each answer, and for all of one."""
_HUB = {"docker.io": "registry-1.docker.io"}
_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
_WORDS = {
    401: "the registry asks for credentials: `docker login {host}`",
    403: "the registry forbids it: `docker login {host}` as somebody who may read it",
    404: "the registry has no such image",
    429: "the registry has been asked too often: try again later",
}


def digest(repository: str, tag: str) -> str:
    """The digest that a tag names now, `sha256:` and 64 digits; Unresolved where there is none."""
    name, _, path = repository.partition("/")
    host = _HUB.get(name, name)
    path = path if host == name or "/" in path else f"library/{path}"
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
    except ValueError:  # of urllib and http.client: its text could hold a credential
        raise Unresolved(f"{host} answers what makes no sense") from None


def _judged(answer: HTTPResponse) -> str:
    kind = answer.headers.get_content_type()
    if answer.status != 200 or kind not in MANIFESTS:
        raise Unresolved(f"what came is no manifest, but `{kind}` with status {answer.status}")
    body = _read(answer)
    try:
        whole = json.loads(body)["schemaVersion"] == 2
    except (ValueError, TypeError, KeyError, RecursionError):
        whole = False
    if not whole:
        raise Unresolved("what came is no whole manifest")
    found = f"sha256:{sha256(body).hexdigest()}"
    said = answer.headers.get("Docker-Content-Digest", found)
    if said != found:
        raise Unresolved("the registry's digest is not that of the manifest which it sent")
    return found


def _read(answer: HTTPResponse) -> bytes:
    """All of a body, if it is neither too long nor too slow nor cut off."""
    until, body = time.monotonic() + _WHOLE, b""
    while part := answer.read1(1 << 16):
        body += part
        if len(body) > MAX_MANIFEST:
            raise Unresolved(f"what came is larger than {MAX_MANIFEST} bytes")
        if time.monotonic() > until:
            raise Unresolved(f"it takes longer than {_WHOLE} s")
    if answer.headers.get("Content-Length", str(len(body))) != str(len(body)):
        raise Unresolved("what came was cut off")
    return body


def _asked(url: str, name: str, path: str) -> HTTPResponse:
    """The answer to a request for a manifest, with a token if the registry wants one."""
    accept = {"Accept": ", ".join(MANIFESTS)}
    try:
        return _open(url, accept)
    except urllib.error.HTTPError as error:
        challenge = error.headers.get("WWW-Authenticate", "")
        same = urllib.parse.urlsplit(error.url).netloc == urllib.parse.urlsplit(url).netloc
        if error.code != 401 or not challenge or not same:
            raise  # where a redirect leads to does not say where a credential goes
    return _open(url, accept, _authorization(challenge, name, path, url))


def _authorization(challenge: str, name: str, path: str, before: str) -> str | None:
    """What a challenge wants to see, after a request; None where we have nothing to show."""
    basic = logins.credential(name)
    kind, _, rest = challenge.partition(" ")
    asked = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    if kind.lower() != "bearer" or "realm" not in asked:
        return basic
    where = urllib.parse.urlsplit(asked["realm"])
    known = urllib.parse.parse_qsl(where.query)
    known += [("service", asked.get("service", "")), ("scope", f"repository:{path}:pull")]
    url = where._replace(query=urllib.parse.urlencode(known)).geturl()
    with _open(url, {"Accept": "application/json"}, basic, before) as answer:
        try:
            content = json.loads(_read(answer))
            token = content.get("token") or content.get("access_token")
        except (ValueError, AttributeError, RecursionError):
            token = None
    if not isinstance(token, str) or not logins.SAFE.fullmatch(token):
        raise Unresolved("where the registry gives tokens, there is none")
    return f"Bearer {token}"


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirects are followed by TLS, or from this machine to itself."""

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
    opener = urllib.request.build_opener(_Redirects, *direct)  # loopback stays on this machine
    answer = opener.open(request, timeout=_SECONDS)
    assert isinstance(answer, HTTPResponse), "http and https give no other"
    return answer


def _guarded(url: str, before: str) -> None:
    """Who was asked with TLS leads nowhere without it."""
    parts = urllib.parse.urlsplit(url)
    plain = parts.scheme == _scheme(parts.netloc) and before.startswith("http:")
    if parts.scheme != "https" and not plain:
        raise Unresolved(f"it leads to {parts.netloc or 'nowhere'} without TLS")


def _scheme(host: str) -> str:
    return "http" if _HERE.fullmatch(host) else "https"
