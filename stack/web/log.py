"""The log of a service: one line of JSON on stdout for each decision."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def log(entry: Mapping[str, Any]) -> None:
    """Write an entry, and flush it."""
    sys.stdout.write(json.dumps(entry) + "\n")
    sys.stdout.flush()


def now() -> str:
    """The time in UTC with milliseconds (ISO 8601), as logs have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
