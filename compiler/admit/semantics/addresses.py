"""Addresses and networks of the Internet Protocol, in the one form that Kubernetes 1.36 takes.

From k8s.io/apimachinery pkg/util/validation/ip.go: no leading zeros, no IPv4 written as IPv6, and
no bits of a network beyond its prefix.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def address(text: str) -> str:
    """An address."""
    try:
        parsed = ip_address(text)
    except ValueError:
        return f"`{text}` is not an IP address"
    if isinstance(parsed, IPv6Address) and (parsed.ipv4_mapped or parsed.scope_id):
        return f"`{text}` must be written as plain IPv4 or IPv6"
    return ""


def outside_address(text: str) -> str:
    """An address that traffic from elsewhere can have as its goal."""
    if fault := address(text):
        return fault
    parsed = ip_address(text)
    for flag in ("unspecified", "loopback", "link_local"):
        if getattr(parsed, f"is_{flag}"):
            return f"`{text}` is {flag.replace('_', '-')}"
    return ""


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """The network that a text says in CIDR form; bits beyond its prefix are cut."""
    try:
        return ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def cidr(text: str) -> str:
    """A network."""
    parsed, (first, _, prefix) = network(text), text.rpartition("/")
    if parsed is None or prefix != str(parsed.prefixlen):
        return f"`{text}` is not a network such as 10.0.0.0/8"
    if fault := address(first):
        return fault
    if ip_address(first) != parsed.network_address:
        return f"`{text}` has bits beyond its prefix, it is {parsed}"
    return ""


def is_strict_part(inner: Network, outer: Network) -> bool:
    """Whether a network lies in another one, and is smaller."""
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner != outer and inner.subnet_of(outer)
    if isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network):
        return inner != outer and inner.subnet_of(outer)
    return False
