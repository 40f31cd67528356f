"""CODEOWNERS: who reviews which file, as GitHub and Gitea read it, and as GitLab does.

Only GitLab's form can say how many must approve. Paths are those of the repository, so the files
are right wherever they are copied to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compiler.derive import Fleet
from compiler.derive.reviews import EVERYTHING, Review
from compiler.emit.format.template import render
from compiler.file import File, Origin

FOLDERS: tuple[str, ...] = ("compliance",)
Facts = dict[str, object]

_ODD = re.compile(r"[^A-Za-z0-9._/-]")


def emit(fleet: Fleet) -> Iterator[File]:
    """Both files; none where the organisation lists no owners."""
    entries = fleet.reviews
    if not entries:
        return
    about = {resource.id: Origin("", resource) for review in entries for resource in review.about}
    origins = tuple(about.values())
    rows = [_row(review, review.handles) for review in entries]
    facts = {"rows": rows, "most": max(review.least for review in entries)}
    github = render(fleet.graph, "compliance/CODEOWNERS.j2", facts)
    gitlab = render(fleet.graph, "compliance/CODEOWNERS.gitlab.j2", _sections(entries))
    yield File("compliance/CODEOWNERS", github, origins)
    yield File("compliance/CODEOWNERS.gitlab", gitlab, origins)


def _sections(entries: Sequence[Review]) -> Facts:
    """The rows by whose approval they need, and by how many approvals where that is several."""
    levels = sorted({review.least for review in entries} - {0, 1})
    return {
        "owners": [_row(review, review.owners) for review in entries if review.owners],
        "compliance": [_row(review, review.compliance) for review in entries if review.compliance],
        "several": [
            {
                "least": least,
                "rows": [
                    _row(review, review.handles) for review in entries if review.least == least
                ],
            }
            for least in levels
        ],
    }


def _row(review: Review, handles: Sequence[str]) -> Facts:
    return {"pattern": _pattern(review.path), "handles": handles}


def _pattern(path: str) -> str:
    """From the root of the repository; `?` replaces what CODEOWNERS would read as a pattern."""
    return path if path == EVERYTHING else "/" + _ODD.sub("?", path)
