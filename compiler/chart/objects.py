"""A chart's objects in canonical form: keys in one order, quantities as the API server's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.derive.quantity import canonical, cpu, millicores
from compiler.emit.format.json import Object

_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace", "labels", "annotations", "type")
_RANK = {name: number for number, name in enumerate(_FIRST)}
_AMOUNTS = ("requests", "limits", "default", "defaultRequest", "hard")


_CUSTOM = ("ExternalSecret",)


def ordered(object: Mapping[str, Any]) -> Object:
    """The same object: the keys that identify it come first, the others by name.

    The API server stores no empty list of its own kinds, so a list would be applied repeatedly.
    """
    whole: Object = _value(object, bare=object.get("kind") not in _CUSTOM)
    return whole


def _value(value: Any, *, bare: bool) -> Any:
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: (_RANK.get(name, len(_RANK)), name))
        return {
            name: _amounts(value[name]) if name in _AMOUNTS else _value(value[name], bare=bare)
            for name in names
            if not (bare and value[name] == [])
        }
    return [_value(item, bare=bare) for item in value] if isinstance(value, list) else value


def _amounts(value: Any) -> Any:
    """Amounts of resources, as the API server would write them; anything else is unchanged."""
    if not isinstance(value, Mapping):
        return value
    return {name: _quantity(name, text) for name, text in sorted(value.items())}


def _quantity(name: str, text: Any) -> Any:
    """What is no quantity is unchanged: admission reports it."""
    try:
        return cpu(millicores(text)) if name.endswith("cpu") else canonical(text)
    except (AttributeError, KeyError, TypeError, ValueError):
        return text


def labelled(object: Object, labels: Mapping[str, str]) -> Object:
    """The same object with labels added, to itself and to the pods that it makes."""
    whole = {**object, "metadata": _with(object["metadata"], labels)}
    for route in (("spec", "template"), ("spec", "jobTemplate", "spec", "template")):
        whole = _inside(whole, route, labels)
    return whole


def _inside(object: Object, route: tuple[str, ...], labels: Mapping[str, str]) -> Object:
    """With labels added to the template at a route, if there is one."""
    if not route:
        own = object.get("metadata") or {}
        return {**object, "metadata": _with(own, labels) if isinstance(own, dict) else own}
    below = object.get(route[0])
    if not isinstance(below, dict):
        return object
    return {**object, route[0]: _inside(below, route[1:], labels)}


def _with(metadata: Object, labels: Mapping[str, str]) -> Object:
    """What are no labels is unchanged: admission reports it."""
    own = metadata.get("labels") or {}
    if not isinstance(own, dict):
        return metadata
    whole: Object = {**metadata, "labels": {**own, **labels}}
    return {key: whole[key] for key in sorted(whole, key=lambda key: (_RANK.get(key, 99), key))}
