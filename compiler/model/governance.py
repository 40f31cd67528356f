"""What the organisation demands: policies over the compiler's checks, and waivers from them."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.base import Day, Line, Model, Name, Prose, Spec, about


class CheckPolicy(Model):
    """What one check means here."""

    code: Name = about("the check")
    severity: Literal["error", "warning"] | None = about("how severe its diagnostics are", None)
    parameters: dict[str, int | float | str] = about("values of its parameters", {})


class Policy(Spec):
    """How strict the checks are in this organisation."""

    KIND: ClassVar[str] = "Policy"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies",)

    description: Line = about("why it is so")
    checks: Annotated[tuple[CheckPolicy, ...], Field(min_length=1)] = about("check by check")


ResourceName = Annotated[str, Field(pattern=r"^[A-Za-z]+/[a-z0-9-]+$")]


class Waiver(Spec):
    """Permission to break one rule in some places until a date."""

    KIND: ClassVar[str] = "Waiver"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies/waivers",)

    code: Name = about("the check that is waived")
    resources: Annotated[tuple[ResourceName, ...], Field(min_length=1)] = about(
        "where, each as `Kind/name`"
    )
    reason: Prose = about("why this can be accepted until then")
    approver: Line = about("who agreed")
    expires: Day = about("the last day on which it holds")
