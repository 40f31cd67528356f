"""Evidence: measurements in files, with their digest, date and threshold."""

from typing import Annotated, Literal

from pydantic import Field

from compiler.model.base import Day, FilePath, Line, Model, about

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Metric(Model):
    """A number that was measured. Its value and its day lie in the evidence, and nowhere else.

    The evidence is JSON: `{"metric": "...", "value": 0.94, "date": "2026-10-01", "dataset": "...",
    "samples": 500}`, below `specs/evidence/`.
    """

    name: Line = about("what is measured, as in the evidence")
    better: Literal["higher", "lower"] = about("which values are good", "higher")
    threshold: float | None = about("the value that is good enough", None)
    setAt: Day | None = about("the day on which the threshold was set", None)
    evidence: FilePath | None = about("the file with the result, below specs/evidence/", None)
    sha256: Sha256 | None = about("that file's digest, so that a change is noticed", None)
    waiver: Line | None = about("why it may run below the threshold, and who agreed", None)


class Report(Model):
    """A signed test report."""

    file: FilePath | None = about("the report, below specs/evidence/", None)
    sha256: Sha256 | None = about("its digest", None)
    date: Day | None = about("the day on which it was signed", None)
    signedBy: Line | None = about("who signed it", None)
