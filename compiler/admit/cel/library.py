"""The functions that Kubernetes adds to CEL, declared to the engine as a table.

Names and meanings are those of "Common Expression Language in Kubernetes" (version 1.36). The
engine keeps no foreign types, so a quantity, URL, address or version is a map with one key. Missing
are `authorizer`, `format` and `transformMap`: what uses them does not compile.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any
from urllib.parse import SplitResult, urlsplit

from compiler.admit.cel import amounts

Value = dict[str, Any]


def _find(text: str, regex: str) -> str:
    match = re.search(regex, text)
    return match[0] if match else ""


def _find_all(text: str, regex: str, most: int = -1) -> list[str]:
    texts = [match[0] for match in re.finditer(regex, text)]
    return texts if most < 0 else texts[:most]


def _index(items: Sequence[Any], item: Any) -> int:
    return next((n for n, other in enumerate(items) if other == item), -1)


def _last_index(items: Sequence[Any], item: Any) -> int:
    return max((n for n, other in enumerate(items) if other == item), default=-1)


def _is_sorted(items: Sequence[Any]) -> bool:
    return all(a <= b for a, b in pairwise(items))


def _split(url: Value) -> SplitResult:
    return urlsplit(url["url"])


def _url(text: str) -> Value:
    """As Go's ParseRequestURI: with a scheme, or an absolute path."""
    parts = urlsplit(text)
    if not ((parts.scheme and "://" in text) or text.startswith("/")) or " " in text:
        raise ValueError(f"{text!r} is no URL")
    _ = parts.port  # raises ValueError
    return {"url": text}


def _host(url: Value) -> str:
    return _split(url).netloc.rpartition("@")[2]


def _hostname(url: Value) -> str:
    host = _host(url)
    return host[1 : host.index("]")] if host.startswith("[") else host.partition(":")[0]


def _port(url: Value) -> str:
    port = _split(url).port
    return "" if port is None else str(port)


def _query(url: Value) -> dict[str, list[str]]:
    from urllib.parse import parse_qs

    return parse_qs(_split(url).query, keep_blank_values=True)


def _ip(text: str) -> Value:
    address = ipaddress.ip_address(text)
    if "%" in text or (address.version == 6 and address.ipv4_mapped):
        raise ValueError(f"{text!r} has a zone, or is an IPv4 address as IPv6")
    return {"ip": str(address)}


def _cidr(text: str) -> Value:
    if "/" not in text:
        raise ValueError(f"{text!r} is no CIDR")
    ipaddress.ip_interface(text)
    return {"cidr": text}


def _network(cidr: Value) -> Any:
    return ipaddress.ip_network(cidr["cidr"], strict=False)


def _contains_ip(cidr: Value, address: Value | str) -> bool:
    text = address if isinstance(address, str) else address["ip"]
    return ipaddress.ip_address(text) in _network(cidr)


def _contains_cidr(cidr: Value, other: Value | str) -> bool:
    outer = _network(cidr)
    inner = _network(_cidr(other) if isinstance(other, str) else other)
    return bool(inner.version == outer.version and inner.subnet_of(outer))


def _about(name: str, address: Value) -> bool:
    return bool(getattr(ipaddress.ip_address(address["ip"]), name))


def _unicast(address: Value) -> bool:
    parsed = ipaddress.ip_address(address["ip"])
    special = parsed.is_loopback, parsed.is_multicast, parsed.is_link_local, parsed.is_unspecified
    return not any(special) and str(parsed) != "255.255.255.255"


def _link_local_multicast(address: Value) -> bool:
    parsed = ipaddress.ip_address(address["ip"])
    if parsed.version == 4:
        return parsed in ipaddress.ip_network("224.0.0.0/24")
    return parsed.is_multicast and parsed.packed[1] & 0x0F == 2


def _can(function: Callable[[str], Any], text: str) -> bool:
    try:
        function(text)
    except ValueError:
        return False
    return True


_TEXT, _LIST, _MAP, _ANY, _YES, _NUMBER, _REAL = (
    "string",
    "list",
    "map",
    "dyn",
    "bool",
    "int",
    "double",
)
# name, whether it is called on its first argument, types of arguments, type of result, function
_FUNCTIONS: tuple[tuple[str, bool, tuple[str, ...], str, Callable[..., Any]], ...] = (
    ("find", True, (_TEXT, _TEXT), _TEXT, _find),
    ("findAll", True, (_TEXT, _TEXT), _LIST, _find_all),
    ("findAll", True, (_TEXT, _TEXT, _NUMBER), _LIST, _find_all),
    ("isSorted", True, (_LIST,), _YES, _is_sorted),
    ("sum", True, (_LIST,), _ANY, sum),
    ("min", True, (_LIST,), _ANY, min),
    ("max", True, (_LIST,), _ANY, max),
    ("indexOf", True, (_LIST, _ANY), _NUMBER, _index),
    ("lastIndexOf", True, (_LIST, _ANY), _NUMBER, _last_index),
    ("isURL", False, (_TEXT,), _YES, partial(_can, _url)),
    ("url", False, (_TEXT,), _MAP, _url),
    ("getScheme", True, (_MAP,), _TEXT, lambda url: _split(url).scheme),
    ("getHost", True, (_MAP,), _TEXT, _host),
    ("getHostname", True, (_MAP,), _TEXT, _hostname),
    ("getPort", True, (_MAP,), _TEXT, _port),
    ("getEscapedPath", True, (_MAP,), _TEXT, lambda url: _split(url).path),
    ("getQuery", True, (_MAP,), _MAP, _query),
    ("isIP", False, (_TEXT,), _YES, partial(_can, _ip)),
    ("ip", False, (_TEXT,), _MAP, _ip),
    ("ip.isCanonical", False, (_TEXT,), _YES, lambda text: _ip(text)["ip"] == text),
    ("family", True, (_MAP,), _NUMBER, lambda ip: ipaddress.ip_address(ip["ip"]).version),
    ("isUnspecified", True, (_MAP,), _YES, partial(_about, "is_unspecified")),
    ("isLoopback", True, (_MAP,), _YES, partial(_about, "is_loopback")),
    ("isLinkLocalUnicast", True, (_MAP,), _YES, partial(_about, "is_link_local")),
    ("isLinkLocalMulticast", True, (_MAP,), _YES, _link_local_multicast),
    ("isGlobalUnicast", True, (_MAP,), _YES, _unicast),
    ("string", False, (_MAP,), _TEXT, lambda address: address.get("ip") or address["cidr"]),
    ("isCIDR", False, (_TEXT,), _YES, partial(_can, _cidr)),
    ("cidr", False, (_TEXT,), _MAP, _cidr),
    ("containsIP", True, (_MAP, _ANY), _YES, _contains_ip),
    ("containsCIDR", True, (_MAP, _ANY), _YES, _contains_cidr),
    ("ip", True, (_MAP,), _MAP, lambda cidr: _ip(cidr["cidr"].partition("/")[0])),
    ("masked", True, (_MAP,), _MAP, lambda cidr: {"cidr": str(_network(cidr))}),
    ("prefixLength", True, (_MAP,), _NUMBER, lambda cidr: _network(cidr).prefixlen),
    ("isQuantity", False, (_TEXT,), _YES, amounts.is_quantity),
    ("quantity", False, (_TEXT,), _MAP, amounts.quantity),
    ("sign", False, (_MAP,), _NUMBER, amounts.sign),
    ("add", True, (_MAP, _ANY), _MAP, amounts.add),
    ("sub", True, (_MAP, _ANY), _MAP, amounts.subtract),
    ("isInteger", True, (_MAP,), _YES, amounts.is_integer),
    ("asInteger", True, (_MAP,), _NUMBER, amounts.as_integer),
    ("asApproximateFloat", True, (_MAP,), _REAL, amounts.as_float),
    ("isSemver", False, (_TEXT,), _YES, lambda text: amounts.is_version(text, False)),
    ("isSemver", False, (_TEXT, _YES), _YES, amounts.is_version),
    ("semver", False, (_TEXT,), _MAP, lambda text: amounts.version(text, False)),
    ("semver", False, (_TEXT, _YES), _MAP, amounts.version),
    ("major", True, (_MAP,), _NUMBER, partial(amounts.version_part, 0)),
    ("minor", True, (_MAP,), _NUMBER, partial(amounts.version_part, 1)),
    ("patch", True, (_MAP,), _NUMBER, partial(amounts.version_part, 2)),
    ("compareTo", True, (_MAP, _MAP), _NUMBER, amounts.compared),
    ("isLessThan", True, (_MAP, _MAP), _YES, lambda a, b: amounts.compared(a, b) < 0),
    ("isGreaterThan", True, (_MAP, _MAP), _YES, lambda a, b: amounts.compared(a, b) > 0),
)


def declarations() -> list[Any]:
    """The library in the engine's terms."""
    from cel_expr_python import cel

    of_name: dict[str, list[Any]] = {}
    for name, member, takes, gives, function in _FUNCTIONS:
        types = dict(_types(cel))
        overload = cel.Overload(
            "_".join(("kubernetes", name.replace(".", "_"), "of" if member else "from", *takes)),
            types[gives],
            [types[kind] for kind in takes],
            member,
            function,
        )
        of_name.setdefault(name, []).append(overload)
    return [cel.FunctionDecl(name, overloads) for name, overloads in of_name.items()]


def _types(cel: Any) -> Iterator[tuple[str, Any]]:
    kinds = cel.Type
    yield from {
        _TEXT: kinds.STRING,
        _LIST: kinds.List(kinds.DYN),
        _MAP: kinds.Map(kinds.STRING, kinds.DYN),
        _ANY: kinds.DYN,
        _YES: kinds.BOOL,
        _NUMBER: kinds.INT,
        _REAL: kinds.DOUBLE,
    }.items()
