"""Documents to Resources: from plain data to typed data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from pydantic import ConfigDict, ValidationError

from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean, nearest
from compiler.graph import Broken, Resource, ResourceId
from compiler.model import KINDS, MANIFESTS, Locked, Spec
from compiler.model.base import Line, Model, Name
from compiler.model.manifest import ADMISSION
from compiler.model.wording import expected, fields_at
from compiler.parse import Document
from compiler.source import Route

SHAPE = Rule("wrong-shape", Severity.ERROR, "a value is missing or not what the field takes")
FIELD = Rule("unknown-field", Severity.ERROR, "a field that the kind does not have")
KIND = Rule("unknown-kind", Severity.ERROR, "no such kind")
FOLDER = Rule("wrong-folder", Severity.ERROR, "a resource lies in the wrong folder")
RULES = (SHAPE, FIELD, KIND, FOLDER)

Mistakes = tuple[Diagnostic, ...]
MAX_PROBLEMS, MAX_TEXTS = 100, 1000  # per document: a hostile one could have any number
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)


class _Metadata(Model):
    name: Name
    owner: Line | None = None


class _Labelled(_Metadata):
    model_config = ConfigDict(extra="allow")


class Envelope(Model):
    """The fields of every document."""

    apiVersion: str
    kind: str
    metadata: _Metadata
    spec: dict[str, Any]


class _Foreign(Envelope):
    """The fields of every Kubernetes object that may be written among the policies."""

    metadata: _Labelled


def decode(
    document: Document, locked: Locked = MappingProxyType({})
) -> tuple[tuple[Resource[Spec] | Broken, ...], Mistakes]:
    """Decode one document.

    Args:
        document: the parsed document.
        locked: digests of images that a spec may name by tag alone, by `repository:tag`.

    Returns:
        The resource, if the document names one; a Broken one if only its name could be read.
        And the mistakes.
    """
    if not isinstance(document.data, dict):
        help = "write `apiVersion`, `kind`, `metadata` and `spec`"
        return (), (SHAPE.at(document.at(), "the document is not a mapping", help=help),)
    if document.data.get("apiVersion") == ADMISSION:
        return _manifest(document)
    envelope, mistakes = _validate(Envelope, document.data, document, ())
    if envelope is None:
        return _broken(document), mistakes
    if envelope.apiVersion != "roster/v1":
        message = f"there is no version `{envelope.apiVersion}`"
        span = document.at("apiVersion")
        return _broken(document), (SHAPE.at(span, message, help="write `roster/v1`"),)
    name = envelope.metadata.name
    if name in _RESERVED:
        span = document.at("metadata", "name")
        message = f"`{name}` is no file name on Windows"
        return _broken(document), (SHAPE.at(span, message, help="choose another one"),)
    cls = KINDS.get(envelope.kind)
    if cls is None:
        return (), (_no_kind(document, envelope.kind, KINDS),)
    spec, mistakes = _validate(cls, envelope.spec, document, ("spec",), locked)
    mistakes += tuple(_misplaced(document, cls, name))
    id = ResourceId(envelope.kind, name)
    if spec is None:
        return (Broken(id, document),), mistakes
    return (Resource(id, spec, document),), mistakes


def _manifest(document: Document) -> tuple[tuple[Resource[Spec] | Broken, ...], Mistakes]:
    """A Kubernetes object; its spec is judged by `admit`, with all other objects."""
    envelope, mistakes = _validate(_Foreign, document.data, document, ())
    if envelope is None:
        return _broken(document), mistakes
    cls = MANIFESTS.get(envelope.kind)
    if cls is None:
        return (), (_no_kind(document, envelope.kind, MANIFESTS),)
    id = ResourceId(envelope.kind, envelope.metadata.name)
    return (Resource(id, cls(), document),), tuple(_misplaced(document, cls, id.name))


def _no_kind(document: Document, kind: str, kinds: Mapping[str, object]) -> Diagnostic:
    help = did_you_mean(kind, kinds) or f"use one of {', '.join(sorted(kinds))}"
    return KIND.at(document.at("kind"), f"there is no kind `{kind}`", help=help)


def _broken(document: Document) -> tuple[Broken, ...]:
    """The resource that a document with a broken envelope names, if it names one."""
    kind, metadata = document.data.get("kind"), document.data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if isinstance(kind, str) and isinstance(name, str):
        return (Broken(ResourceId(kind, name), document),)
    return ()


def _misplaced(document: Document, cls: type[Spec], name: str) -> Iterator[Diagnostic]:
    """Report a kind outside of its folders, or a project in a folder of another name."""
    folder = document.source.path.rpartition("/")[0]
    fits = any(
        fnmatchcase(folder, pattern) and folder.count("/") == pattern.count("/")
        for pattern in cls.FOLDERS
    )
    if not fits:
        where = " or ".join(f"`{folder.replace('*', '<name>')}/`" for folder in cls.FOLDERS)
        message = f"`{cls.KIND}` does not belong in `{folder or '.'}/`"
        yield FOLDER.at(document.at("kind"), message, help=f"move it to {where}")
    elif cls.KIND == "Project" and folder != f"projects/{name}":
        message = f"project `{name}` does not belong in `{folder}/`"
        help = f"move it to `projects/{name}/`, or name it after its folder"
        yield FOLDER.at(document.at("metadata", "name"), message, help=help)


def _validate(
    cls: type[Any], data: Any, document: Document, under: Route, locked: Locked | None = None
) -> tuple[Any, Mistakes]:
    """`data` as `cls`; a number in a field for text is taken as the text that was written."""
    for _ in range(2):
        try:
            return cls.model_validate(data, context=locked), ()
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=True)
        texts = [p for p in problems if p["type"] == "string_type" and hasattr(p["input"], "raw")]
        if not texts:
            break
        for problem in texts[:MAX_TEXTS]:
            data = _replace(data, problem["loc"], problem["input"].raw)
    problems = _one_each(problems[:MAX_PROBLEMS], document, under)
    return None, tuple(_explain(cls, problems, document, under))


def _replace(data: Any, route: Route, text: str) -> Any:
    """A copy of `data` with `text` at `route`, without the parts that name a union's member."""
    if not route:
        return text
    head, rest = route[0], route[1:]
    if isinstance(data, dict) and head in data:
        return {**data, head: _replace(data[head], rest, text)}
    if isinstance(data, tuple) and isinstance(head, int):
        return (*data[:head], _replace(data[head], rest, text), *data[head + 1 :])
    return _replace(data, rest, text)


def _one_each(problems: Iterable[Any], document: Document, under: Route) -> list[Any]:
    """One problem for each place: when no member of a union fits, that of the closest one."""
    chosen: dict[Route, Any] = {}
    lists: set[Route] = set()  # where a list would also be valid
    for problem in problems:
        route = _existing(document.data, (*under, *problem["loc"]))
        if problem["type"] in {"missing", "extra_forbidden"}:
            route = (*route, problem["type"], problem["loc"][-1])
        if problem["type"] == "tuple_type":
            lists.add(route)
        if route not in chosen or _is_closer(problem, chosen[route]):
            chosen[route] = problem
    deeper = {route[:n] for route in chosen for n in range(len(route))}
    return [
        {**problem, "list": route in lists}
        for route, problem in chosen.items()
        if route not in deeper or problem["type"] == "missing"
    ]


def _is_closer(problem: Any, other: Any) -> bool:
    """Whether a union's member is closer to the value: a text is compared with the literals."""
    if problem["type"] == "literal_error":
        return isinstance(problem["input"], str)
    return other["type"] == "literal_error" and not isinstance(problem["input"], str)


def _existing(data: Any, route: Route) -> Route:
    """The parts of `route` that exist in `data`."""
    kept: list[str | int] = []
    for part in route:
        if isinstance(data, dict):
            inside = part in data
        else:
            inside = isinstance(data, tuple) and isinstance(part, int) and part < len(data)
        if inside:
            data = data[part]
            kept.append(part)
    return tuple(kept)


def _explain(
    cls: type[Any], problems: Iterable[Any], document: Document, under: Route
) -> Iterator[Diagnostic]:
    meant: set[Route] = set()  # a misspelt field is not missing as well
    for problem in sorted(problems, key=lambda p: str(p["type"]) != "extra_forbidden"):
        route = (*under, *problem["loc"])
        if problem["type"] == "union_tag_invalid":
            route = (*route, problem["ctx"]["discriminator"].strip("'"))
        if problem["type"] == "extra_forbidden":
            fields = fields_at(cls, problem["loc"][:-1])
            meant.update((*route[:-1], name) for name in nearest(str(route[-1]), fields))
            yield _unknown(fields, document, route)
        elif route not in meant:
            yield _wrong(cls, problem, document, route)


def _wrong(
    cls: type[Any], problem: Mapping[str, Any], document: Document, route: Route
) -> Diagnostic:
    missing, of_key = problem["type"] == "missing", route[-1:] == ("[key]",)
    span = document.key_at(*route) if missing or of_key else document.at(*route)
    name = ".".join(map(str, (*_existing(document.data, route), *route[-1:][: int(missing)])))
    message, help = expected(problem, fields_at(cls, problem["loc"][:-1]))
    return SHAPE.at(span, f"`{name}` {message}" if name else message, help=help)


def _unknown(fields: Mapping[str, object], document: Document, route: Route) -> Diagnostic:
    help = did_you_mean(str(route[-1]), fields)
    help = help or (f"the fields here are {', '.join(sorted(fields))}" if fields else "remove it")
    return FIELD.at(document.key_at(*route), f"there is no field `{route[-1]}` here", help=help)
