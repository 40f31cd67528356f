"""CODEOWNERS: who reviews which file, as GitHub and Gitea read it, and as GitLab does.

Only GitLab's form can say how many must approve. Paths are those of the repository, so the files
are right wherever they are copied to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from compiler.derive import Fleet
from compiler.derive.reviews import EVERYTHING, Review, reviews
from compiler.file import File, Origin

FOLDERS: tuple[str, ...] = ("compliance",)

_HEAD = "# From the specs, by `make generate`: change owners there.\n"
_MOST = (
    "# One of a line's owners is enough here; the number of approvals is a setting of the branch,\n"
    "# and the gravest risk tier wants {most}.\n"
)
_ODD = re.compile(r"[^A-Za-z0-9._/-]")


def emit(fleet: Fleet) -> Iterator[File]:
    """Both files; none where the organisation lists no owners."""
    found = reviews(fleet.graph)
    if not found:
        return
    origins = {resource.id: Origin("", resource) for one in found for resource in one.about}
    most = max(one.least for one in found)
    plain = _HEAD + _MOST.format(most=most) + _lines((one, one.handles) for one in found)
    yield File("compliance/CODEOWNERS", plain, tuple(origins.values()))
    yield File("compliance/CODEOWNERS.gitlab", _HEAD + _sections(found), tuple(origins.values()))


def _sections(found: Iterable[Review]) -> str:
    """Each section that has a file wants approvals of its own: owners, compliance, and in all."""
    parts = {
        "[Owners][1]": [(one, one.owners) for one in found if one.owners],
        "[Compliance][1]": [(one, one.compliance) for one in found if one.compliance],
    }
    for least in sorted({one.least for one in found} - {0, 1}):
        several = [(one, one.handles) for one in found if one.least == least]
        parts[f"[{least} reviewers][{least}]"] = several
    return "".join(f"\n{head}\n{_lines(rows)}" for head, rows in parts.items() if rows)


def _lines(rows: Iterable[tuple[Review, tuple[str, ...]]]) -> str:
    return "".join(f"{_pattern(one.path)} {' '.join(handles)}\n" for one, handles in rows)


def _pattern(path: str) -> str:
    """From the root of the repository; what would not be itself there stands for any character."""
    return path if path == EVERYTHING else "/" + _ODD.sub("?", path)
