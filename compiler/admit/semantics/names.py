"""The syntax of names: a text in, what is wrong with it out, and nothing if it is well.

From k8s.io/apimachinery: pkg/util/validation/validation.go and pkg/api/validate/content/.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_DNS_1035 = re.compile("[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_SEARCH = re.compile(r"[_a-z0-9]([-_a-z0-9]*[a-z0-9])?(\.[_a-z0-9]([-_a-z0-9]*[a-z0-9])?)*")
_KEY = re.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PORT = re.compile("(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_FILE_KEY = re.compile("[-._a-zA-Z0-9]+")
_ENVIRONMENT = re.compile("[ -<>-~]+")
_HEADER = re.compile("[-A-Za-z0-9]+")
_IDENTIFIER = re.compile("[A-Za-z_][A-Za-z0-9_]*")


@lru_cache(maxsize=65536)
def dns_label(name: str) -> str:
    """RFC 1123 label."""
    if not _DNS_LABEL.fullmatch(name):
        return f"`{name}` must be lower-case letters, digits and inner `-`"
    return _long(name, 63)


@lru_cache(maxsize=65536)
def dns_subdomain(name: str) -> str:
    """RFC 1123 labels with dots between them."""
    if not _SUBDOMAIN.fullmatch(name):
        return f"`{name}` must be lower-case letters, digits, inner `-` and `.`"
    return _long(name, 253)


def dns_1035_label(name: str) -> str:
    """RFC 1035 label."""
    if not _DNS_1035.fullmatch(name):
        return f"`{name}` must be lower-case letters, digits and inner `-`, and begin with a letter"
    return _long(name, 63)


def wildcard(name: str) -> str:
    """A subdomain whose first label is `*`."""
    if not name.startswith("*.") or dns_subdomain(name[2:]):
        return f"`{name}` must be `*.` and a domain in lower case"
    return _long(name, 253)


def dns_search(name: str) -> str:
    """A search path of DNS: a subdomain which may have underscores and a last dot."""
    if name != "." and not _SEARCH.fullmatch(name.removesuffix(".")):
        return f"`{name}` is not a domain"
    return _long(name.removesuffix("."), 253)


def path_segment(name: str) -> str:
    """A name that can stand between two slashes of a URL."""
    if name in {".", ".."} or "/" in name or "%" in name:
        return f"`{name}` must not be `.` or `..`, nor contain `/` or `%`"
    return ""


@lru_cache(maxsize=65536)
def label_key(key: str) -> str:
    """A key of labels: a name, with a domain and a slash before it or not."""
    prefix, slash, name = key.rpartition("/")
    if slash and (not prefix or dns_subdomain(prefix)):
        return f"the key `{key}` must be a name, or a domain, `/` and a name"
    if not _KEY.fullmatch(name):
        return f"the name in the key `{key}` must be letters, digits, and inner `-`, `_` and `.`"
    return f"the name in the key `{key}` is longer than 63 characters" if len(name) > 63 else ""


@lru_cache(maxsize=65536)
def label_value(value: str) -> str:
    """A value of labels; it may be empty."""
    if value and not _KEY.fullmatch(value):
        return f"`{value}` must be letters, digits, and inner `-`, `_` and `.`"
    return _long(value, 63)


def annotation_key(key: str) -> str:
    """Like a key of labels, but the case of its domain does not matter."""
    return label_key(key.lower())


@lru_cache(maxsize=4096)
def port_name(name: str) -> str:
    """A name of a port of a container (RFC 6335)."""
    if not _PORT.fullmatch(name) or not re.search("[a-z]", name):
        return f"`{name}` must be lower-case letters, digits and single inner `-`, with a letter"
    return _long(name, 15)


def file_key(key: str) -> str:
    """A key of a ConfigMap or Secret, which becomes the name of a file."""
    if not _FILE_KEY.fullmatch(key):
        return f"the key `{key}` must be letters, digits, `-`, `_` and `.`"
    if key == "." or key.startswith(".."):
        return f"the key `{key}` must not be `.` nor begin with `..`"
    return _long(key, 253)


@lru_cache(maxsize=4096)
def environment(name: str) -> str:
    """A name of an environment variable: since Kubernetes 1.34 any printable ASCII but `=`."""
    if not _ENVIRONMENT.fullmatch(name):
        return f"`{name}` must be printable ASCII characters without `=`"
    return ""


def header(name: str) -> str:
    """A name of an HTTP header."""
    return "" if _HEADER.fullmatch(name) else f"`{name}` must be letters, digits and `-`"


def identifier(name: str) -> str:
    """A name as in C."""
    if not _IDENTIFIER.fullmatch(name):
        return f"`{name}` must be letters, digits and `_`, and not begin with a digit"
    return ""


def _long(name: str, most: int) -> str:
    return f"`{name}` is longer than {most} characters" if len(name) > most else ""
