"""Vectors by which agents are found by meaning: those committed for the texts that describe them.

`make embeddings` computes them (stack/embeddings); a text without one has the vector ().
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from compiler.derive.fleet import Fleet
from compiler.graph import Graph, Resource
from compiler.model import Agent, Project
from compiler.source import Pos, Source, Span, top

PATH = "specs/embeddings.json"
MODEL, LENGTH = "all-MiniLM-L6-v2", 384
Vector = tuple[float, ...]
_SHORTER = 0.001
"""How far a vector's length may be from 1, as numbers are rounded to 6 decimals."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the committed vectors, and where."""

    span: Span
    message: str


Vectors = Mapping[str, Vector] | Fault
"""The committed vectors by digest of their text, or why they cannot be read."""


def text(agent: Agent) -> str:
    """The text about an agent that the model turns into a vector."""
    words = ", ".join(agent.capabilities).replace("-", " ")
    return f"{agent.displayName}: {agent.purpose} {words}"


def digest(text: str) -> str:
    """The key of a text among the vectors: its SHA-256, in hex."""
    return sha256(text.encode()).hexdigest()


def described(fleet: Fleet) -> tuple[Resource[Agent], ...]:
    """The agents that need a vector: those at work, where the registry is searched by meaning."""
    if fleet.platform.registry.embedding is None:
        return ()
    names = {str(member.agent) for p in fleet.graph.all(Project) for member in p.spec.agents}
    return tuple(fleet.graph.get(Agent, name) for name in sorted(names))


def wanted(fleet: Fleet) -> Mapping[str, str]:
    """The texts that need a vector, by digest, sorted."""
    texts = (text(agent.spec) for agent in described(fleet))
    return dict(sorted((digest(each), each) for each in texts))


def vector(fleet: Fleet, agent: Resource[Agent]) -> Vector:
    """An agent's vector; () where there is none, or none is asked for."""
    if fleet.platform.registry.embedding is None or isinstance(fleet.vectors, Fault):
        return ()
    return fleet.vectors.get(digest(text(agent.spec)), ())


def fault(fleet: Fleet) -> Fault | None:
    """What is wrong with the committed vectors, if anything is."""
    return fleet.vectors if isinstance(fleet.vectors, Fault) else None


def read(graph: Graph) -> Vectors:
    """The vectors of `specs/embeddings.json`; none where there is no such file."""
    source = graph.texts.get(PATH)
    return {} if source is None else _read(source)


def _read(source: Source) -> Vectors:
    try:
        content = json.loads(source.text)
    except json.JSONDecodeError as error:
        pos = Pos(error.lineno, error.colno)
        return Fault(Span(source.path, pos, pos), f"this is no JSON: {error.msg}")
    except (ValueError, RecursionError):
        return Fault(top(source.path), "this is JSON that cannot be read")
    if not isinstance(content, dict) or not isinstance(content.get("vectors"), dict):
        return Fault(top(source.path), "it holds no vectors")
    for key, value in {"version": 1, "model": MODEL}.items():
        if content.get(key) != value:
            return Fault(source.key(key), f"its {key} is not `{value}`")
    for key, value in content["vectors"].items():
        if not _is_vector(value):
            return Fault(source.key(key), f"this is not {LENGTH} numbers with a length of 1")
    return {key: tuple(value) for key, value in content["vectors"].items()}


def _is_vector(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != LENGTH:
        return False
    if not all(type(number) in (int, float) and abs(number) <= 1 for number in value):
        return False
    return abs(math.hypot(*value) - 1) < _SHORTER
