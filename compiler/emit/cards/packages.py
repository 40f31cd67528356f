"""Published packages and images as package URLs, and their checksums as CycloneDX writes them."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from compiler.model import Image
from compiler.model.mcp_server import Package

_HEX = re.compile(r"(sha256|sha384|sha512):([0-9a-f]+)")
_BASE64 = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]+={0,2})")
_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
_NAMES = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}


def purl(package: Package) -> str:
    """The package URL of a published package."""
    if package.registry == "oci":
        return _oci(package.name, _tag(package), _digest(package.integrity))
    name, version = package.name.strip("/"), package.version
    if package.registry == "pypi":
        return f"pkg:pypi/{_part(name.lower().replace('_', '-'))}@{_part(version)}"
    if package.registry == "go":
        version = version if version.startswith("v") else f"v{version}"
        return f"pkg:golang/{_path(name.lower())}@{_part(version)}"
    kind = package.registry
    return f"pkg:{kind}/{_path(name.lower() if kind == 'github' else name)}@{_part(version)}"


def image_purl(image: Image) -> str:
    """The package URL of a container image: by digest where it is known."""
    return _oci(image.repository, image.tag, image.digest)


def hashes(integrity: str | None) -> list[dict[str, str]]:
    """A registry's checksum, `sha512-<base64>` or `sha256:<hex>`; nothing if it is neither."""
    if integrity is None:
        return []
    if match := _HEX.fullmatch(integrity):
        algorithm, content = match[1], match[2]
    elif match := _BASE64.fullmatch(integrity):
        algorithm, content = match[1], _decoded(match[2])
    else:
        return []
    if len(content) != 2 * _BYTES[algorithm]:
        return []
    return [{"alg": _NAMES[algorithm], "content": content}]


def component(ref: str, image: Image) -> dict[str, Any]:
    """An image as a component."""
    checksums = hashes(image.digest)
    return {
        "type": "container",
        "bom-ref": ref,
        "name": image.repository,
        "version": image.tag,
        **({"hashes": checksums} if checksums else {}),
        "purl": image_purl(image),
    }


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).hex()
    except (Error, ValueError):
        return ""


def _oci(repository: str, tag: str, digest: str | None) -> str:
    """The version of an image is its digest; a tag is a qualifier."""
    name = repository.rpartition("/")[2].lower()
    version = f"@{_part(digest)}" if digest else ""
    return f"pkg:oci/{_part(name)}{version}?repository_url={_path(repository)}&tag={_part(tag)}"


def _tag(package: Package) -> str:
    """The tag that a command names, or the version."""
    words = (word for word in package.command if word.startswith(f"{package.name}:"))
    return next(words, f":{package.version}").rpartition(":")[2]


def _digest(integrity: str | None) -> str | None:
    checksums = hashes(integrity)
    return integrity if checksums and integrity and ":" in integrity else None


def _path(text: str) -> str:
    return "/".join(_part(part) for part in text.split("/"))


@lru_cache(maxsize=1 << 14)
def _part(text: str) -> str:
    return quote(text, safe=".-_~")
