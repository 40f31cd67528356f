"""The parts of kinds: closed immutable models, references, and the types of fields."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

CPU = r"^([0-9]+m|[0-9]+(\.[0-9]{1,3})?)$"
MEMORY = r"^[1-9][0-9]*(Ki|Mi|Gi|Ti|k|M|G|T)?$"
DURATION = r"^[1-9][0-9]*(s|m|h|d)$"
ENV = r"^[A-Z_][A-Z0-9_]*$"
TOOL = r"^[A-Za-z0-9_.-]{1,128}$"
NAME = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"


class Model(BaseModel):
    """Immutable and closed: an unknown key is an error."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True
    )


class Spec(Model):
    """The `spec:` of one kind. FOLDERS are the folders of its files; `*` stands for one name."""

    KIND: ClassVar[str]
    FOLDERS: ClassVar[tuple[str, ...]]


class Ref(str):
    """The name of another resource. Subclass it once for each kind; the linker resolves it."""

    KIND: ClassVar[str]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(pattern=NAME)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": NAME, "description": f"the name of a {cls.KIND}"}


def about(description: str, default: Any = ..., **constraints: Any) -> Any:
    """A field with its description, which editors show; without a default it is required."""
    return Field(default, description=description, **constraints)


def _day(value: object) -> object:
    try:
        plain = isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"
        return date.fromisoformat(str(value)) if plain else value
    except ValueError:
        return value


def _text(pattern: str, maximum: int = 253) -> Any:
    return StringConstraints(pattern=pattern, max_length=maximum)


_PART = r"[a-z0-9]+([._-]+[a-z0-9]+)*"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_REGISTRY = rf"(localhost|{_LABEL}:[0-9]{{1,5}}|{_LABEL}(\.{_LABEL})+(:[0-9]{{1,5}})?)"
_REPOSITORY = rf"^{_REGISTRY}(/{_PART})+$"
"""The registry is always named: for Docker Hub write `docker.io`."""
_PORT = (
    r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
)
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_DNS = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

Name = Annotated[str, _text(NAME, 63)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\n\r]+$")]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
Day = Annotated[date, BeforeValidator(_day)]
Host = Annotated[str, _text(rf"^(\*\.)?{_DNS}$")]
Endpoint = Annotated[str, _text(rf"^(\*\.)?{_DNS}{_PORT}$")]
Url = Annotated[str, _text(rf"^https?://{_DNS}{_PORT}(/[A-Za-z0-9._~/%-]*)?$", 2000)]
Path = Annotated[str, _text(r"^/[A-Za-z0-9._~/-]*$")]
FilePath = Annotated[str, _text(r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$")]
Cidr = Annotated[str, _text(rf"^({_BYTE}\.){{3}}{_BYTE}/([89]|[12][0-9]|3[0-2])$", 18)]
Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=0, le=10_000)]
Cpu = Annotated[str, _text(CPU, 20)]
Memory = Annotated[str, _text(MEMORY, 20)]
Duration = Annotated[str, _text(DURATION, 20)]
EnvName = Annotated[str, _text(ENV, 128)]
ToolName = Annotated[str, _text(TOOL, 128)]
Digest = Annotated[str, _text(r"^sha256:[0-9a-f]{64}$", 71)]
Tag = Annotated[str, _text(r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", 128)]
Version = Annotated[str, _text(r"^[0-9A-Za-z][0-9A-Za-z._+-]*$", 128)]
Group = Annotated[str, _text(r"^[A-Za-z0-9][A-Za-z0-9@._:/-]*$", 128)]
Label = Annotated[str, _text(r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$", 63)]

Risk = Literal["low", "medium", "high"]
Environment = Literal["dev", "staging", "prod"]
DataClass = Literal["public", "internal", "confidential", "restricted"]
DATA_CLASSES: tuple[DataClass, ...] = ("public", "internal", "confidential", "restricted")
"""From the least to the most sensitive."""


class Amounts(Model):
    """An amount of CPU and memory, as Kubernetes writes them."""

    cpu: Cpu = about("CPU cores, such as `500m` or `2`")
    memory: Memory = about("memory in bytes with a unit, such as `512Mi`")


class Resources(Model):
    """The resources that a container requests, and its limits."""

    requests: Amounts = about("what the scheduler reserves")
    limits: Amounts = about("what it cannot exceed")


Locked = Mapping[str, str]
"""Digests of images by `repository:tag`: the context in which an Image is validated."""


class Image(Model):
    """A container image. The digest decides what runs; the tag is for people."""

    repository: Annotated[str, _text(_REPOSITORY, 255)] = about("registry and path, without tag")
    tag: Tag = about("the version, for people")
    digest: Digest | None = about(
        "the digest of the tag when it was reviewed; without it, that in `specs/lock.json`", None
    )

    @model_validator(mode="before")
    @classmethod
    def _locked(cls, data: Any, info: ValidationInfo) -> Any:
        if not info.context or not isinstance(data, dict) or data.get("digest") is not None:
            return data
        digest = info.context.get(f"{data.get('repository')}:{data.get('tag')}")
        return data if digest is None else {**data, "digest": digest}

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}" + (f"@{self.digest}" if self.digest else "")


class Probe(Model):
    """The health endpoints of a container."""

    type: Literal["http", "tcp"] = about(
        "whether the port answers HTTP, or only accepts connections", "http"
    )
    port: Port = about("the port of the endpoints", 8080)
    live: Path = about("the path that answers 200 while the process is healthy", "/healthz")
    ready: Path = about("the path that answers 200 when it can serve requests", "/readyz")


class Secret(Model):
    """One secret value, by reference: the value itself is in the secret store."""

    name: EnvName = about("the environment variable that the program reads")
    key: Annotated[str, _text(r"^[A-Za-z0-9][A-Za-z0-9_/-]*$")] = about(
        "its path in the secret store"
    )
    property: Annotated[str, _text(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")] = about(
        "the field at that path", "value"
    )
    rotation: Duration = about("how often the value is replaced", "30d")
    file: bool = about("whether the variable has the path of a file with the value", False)
