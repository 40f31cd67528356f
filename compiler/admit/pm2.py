"""PM2's ecosystem files, judged by the table of its settings: PM2 itself reports no mistake."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from compiler.derive.pm2 import faults
from compiler.file import File

NAME = "/ecosystem.config.cjs"
_START, _END = "const apps = ", ";\nfor "


def refused(files: Iterable[File]) -> Iterator[tuple[File, str, str]]:
    """The file, the field and the reason, for each setting that PM2 would drop or refuse."""
    for file in files:
        if file.path.startswith("pm2/") and file.path.endswith(NAME):
            apps = json.loads(file.text.partition(_START)[2].partition(_END)[0])
            for index, app in enumerate(apps):
                for name, why in faults(app):
                    yield file, f"apps.{index}.{name}", why
