"""Kubernetes quantities and durations as whole numbers, and back in canonical form."""

from __future__ import annotations

from functools import lru_cache

_UNITS = {
    "": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@lru_cache(maxsize=4096)
def millicores(cpu: str) -> int:
    """`500m`, `2` or `0.5` in thousandths of a core."""
    if cpu.endswith("m"):
        return int(cpu[:-1])
    whole, _, fraction = cpu.partition(".")
    return int(whole) * 1000 + int(fraction.ljust(3, "0")[:3])


@lru_cache(maxsize=4096)
def in_bytes(memory: str) -> int:
    """`512Mi` or `2G` in bytes."""
    digits = memory.rstrip("KMGTik")
    return int(digits) * _UNITS[memory[len(digits) :]]


@lru_cache(maxsize=4096)
def cpu(amount: int) -> str:
    """Millicores as the API server writes them: `500m`, `2`."""
    return str(amount // 1000) if amount % 1000 == 0 else f"{amount}m"


@lru_cache(maxsize=4096)
def memory(amount: int, *, binary: bool = False) -> str:
    """Bytes with the largest unit that divides them: `2G`, or `2Gi` where binary units are used."""
    decimal = amount % _UNITS["k"] == 0 and not binary
    for unit in ("T", "G", "M", "k") if decimal else ("Ti", "Gi", "Mi", "Ki"):
        if amount and amount % _UNITS[unit] == 0:
            return f"{amount // _UNITS[unit]}{unit}"
    return str(amount)


def canonical(quantity: str) -> str:
    """Memory as the API server writes it: in the family of units that it was given in."""
    return memory(in_bytes(quantity), binary=quantity.endswith("i"))


def seconds(duration: str) -> int:
    """`90s`, `10m`, `1h` or `30d` in seconds."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]
