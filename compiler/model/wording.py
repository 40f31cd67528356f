"""pydantic's errors in our words, by their stable `type`; and which fields stand at a route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from compiler.diagnostic import did_you_mean
from compiler.model.base import CPU, DURATION, ENV, MEMORY, NAME, TOOL
from compiler.source import Route

_TYPES = {
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "finite_number": "should be a finite number",
    "bool_type": "should be `true` or `false`",
    "tuple_type": "should be a list",
    "dict_type": "should be a mapping",
    "model_type": "should be a mapping",
    "model_attributes_type": "should be a mapping",
    "date_type": "should be a day, such as `2026-11-23`",
    "too_short": "needs {min_length} entries at least",
    "too_long": "has more than {max_length} entries",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length} characters",
    "greater_than_equal": "is below {ge}",
    "less_than_equal": "is above {le}",
    "union_tag_not_found": "needs the field `type`",
}
_PATTERNS = {
    NAME: "use lower-case letters, digits and `-`, starting with a letter, at most 63 characters",
    CPU: "write cores, such as `500m`, `2` or `0.5`",
    MEMORY: "write bytes with a unit, such as `512Mi` or `2G`",
    DURATION: "write a number and `s`, `m`, `h` or `d`, such as `30d`",
    TOOL: "a tool's name has letters, digits, `_`, `.` and `-`, at most 128",
    ENV: "use capital letters, digits and `_`",
}


def expected(problem: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> tuple[str, str]:
    """What is wrong with a value (to follow its name), and what would be right."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        field = fields.get(str(problem["loc"][-1]))
        return "is missing", f"it means: {field.description}" if field and field.description else ""
    if kind in {"literal_error", "union_tag_invalid"}:
        return _choice(problem, context)
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        help = _PATTERNS.get(pattern, f"it must match `{pattern}`")
        return f"cannot be {_shown(problem['input'])}", help
    if kind == "value_error":
        return str(context["error"]), ""
    wording = _TYPES.get(kind)
    if wording is None:
        return str(problem["msg"]).lower(), ""
    help = 'put it in quotes: "..."' if kind == "string_type" and _is_scalar(problem) else ""
    return wording.format(**context), help


def _choice(problem: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[str, str]:
    listed = str(context.get("expected") or context.get("expected_tags"))
    words = [word.strip(" '") for word in listed.replace(" or ", ", ").split(",")]
    value = problem["input"] if problem["type"] == "literal_error" else context["tag"]
    near = did_you_mean(value, words) if isinstance(value, str) else ""
    several = f"use one of {', '.join(words)}" if len(words) > 1 else f"use `{words[0]}`"
    help = near or several + (", or a list" if problem.get("list") else "")
    return f"cannot be {_shown(value)}", help


def _shown(value: object) -> str:
    if isinstance(value, (dict, tuple)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = "null" if value is None else str(getattr(value, "raw", value))
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _is_scalar(problem: Mapping[str, Any]) -> bool:
    return not isinstance(problem["input"], (dict, tuple)) and problem["input"] is not None


def fields_at(cls: type[Any], route: Route) -> dict[str, FieldInfo]:
    """The fields that a mapping at `route` below a value of type `cls` can have."""
    types = {cls}
    for part in route:
        step = {t for model in types for t in _below(model, part)}
        types = step or types
    return {name: info for model in sorted(types, key=str) for name, info in _fields(model).items()}


def _fields(model: type[Any]) -> dict[str, FieldInfo]:
    return dict(getattr(model, "model_fields", {}))


def _below(model: type[Any], part: str | int) -> Iterator[type[Any]]:
    """The models that stand at `part` of a model; a union's tag narrows it to one."""
    info = _fields(model).get(str(part))
    if info is not None:
        yield from models_in(info.annotation)
    elif isinstance(part, str):
        tags = [f.annotation for name, f in _fields(model).items() if name == "type"]
        if any(part in get_args(tag) for tag in tags):
            yield model


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that occurs in an annotation, directly or in lists, mappings and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)
