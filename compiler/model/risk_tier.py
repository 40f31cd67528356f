"""A risk tier: what the organisation demands of, and permits to, agents of one business risk."""

from typing import Annotated, ClassVar

from pydantic import Field

from compiler.model.base import Count, DataClass, Ref, Risk, Spec, about


class RiskTierRef(Ref):
    """The name of a RiskTier."""

    KIND = "RiskTier"


class RiskTier(Spec):
    """A tier's demands. It is a business tier, and not a class of the EU AI Act."""

    KIND: ClassVar[str] = "RiskTier"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies",)

    level: Risk = about("where the tier stands; a project is as risky as its riskiest agent")
    approveDestructive: bool = about("a human approves each call that can destroy something")
    approveWrites: bool = about("a human approves each call that changes anything", False)
    dataClass: DataClass = about("the most sensitive data it may touch")
    minimumConfidence: Annotated[float, Field(ge=0, le=1)] = about(
        "the lowest confidence threshold that an agent may have"
    )
    exactModel: bool = about("the model id names one exact version, which cannot change unseen")
    stopOwner: bool = about("somebody is named who can stop the agent")
    reasons: bool = about("each grant that can destroy something says why", False)
    reviewers: Count = about("people who approve a change of such an agent", 1)
    logRetentionDays: Annotated[int, Field(ge=1, le=3650)] = about("how long its log is kept", 30)
