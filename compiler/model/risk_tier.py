"""A risk tier: what the organisation demands of agents with one level of business risk."""

from typing import Annotated, ClassVar

from pydantic import Field

from compiler.model.base import Count, DataClass, Ref, Risk, Spec, about


class RiskTierRef(Ref):
    """The name of a RiskTier."""

    KIND = "RiskTier"


class RiskTier(Spec):
    """The demands of a business risk tier, which is not a class of the EU AI Act."""

    KIND: ClassVar[str] = "RiskTier"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies",)

    level: Risk = about("the level of the tier; a project has the highest level of its agents")
    approveDestructive: bool = about("a human must approve each call that can destroy something")
    approveWrites: bool = about("a human must approve each call that changes anything", False)
    dataClass: DataClass = about("the most sensitive data it may touch")
    minimumConfidence: Annotated[float, Field(ge=0, le=1)] = about(
        "the lowest confidence threshold that an agent may have"
    )
    exactModel: bool = about(
        "the model id must name one exact version, which cannot change silently"
    )
    stopOwner: bool = about("a person who can stop the agent must be named")
    reasons: bool = about(
        "each grant of a tool that can destroy something must have a reason", False
    )
    reviewers: Count = about("how many people must approve a change of such an agent", 1)
    logRetentionDays: Annotated[int, Field(ge=1, le=3650)] = about("days that its log is kept", 30)
