"""A language model: which exact one, what it costs, where its supplier documents it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.base import Day, Host, Line, Ref, Secret, Spec, Url, about
from compiler.model.evidence import Metric

Price = Annotated[float, Field(ge=0, le=10_000)]


class LanguageModelRef(Ref):
    """The name of a Model."""

    KIND = "Model"


class LanguageModel(Spec):
    """A language model as agents use it."""

    KIND: ClassVar[str] = "Model"
    FOLDERS: ClassVar[tuple[str, ...]] = ("specs/models",)

    displayName: Line = about("the supplier's name for it")
    provider: Literal["anthropic", "openai", "google", "bedrock", "vertex", "azure", "local"] = (
        about("who serves it")
    )
    id: Line = about("the exact id in the provider's API, not an alias")
    licence: Line = about("the terms under which it is used")
    contextWindow: Annotated[int, Field(ge=1)] = about("tokens that fit in one request")
    maxOutputTokens: Annotated[int, Field(ge=1)] = about("tokens that one answer can have")
    inputPrice: Price = about("US dollars for a million input tokens")
    outputPrice: Price = about("US dollars for a million output tokens")
    knowledgeCutoff: Line | None = about("the last month it was trained on, `2025-01`", None)
    retires: Day | None = about("the day on which the provider switches it off", None)
    card: Url = about("the supplier's model or system card")
    terms: Url = about("the supplier's usage policy")
    annexXII: Url | None = about(
        "the supplier's documentation for downstream providers (EU AI Act, Annex XII)", None
    )
    agreement: Line | None = about(
        "the written agreement with the supplier (EU AI Act, Art. 25(4))", None
    )
    evaluation: tuple[Metric, ...] = about("the organisation's own measurements, with evidence", ())
    endpoint: Host = about("the host that agents call")
    credential: Secret = about("the API key, by reference")
