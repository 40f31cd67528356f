"""CustomResourceDefinitions: structure, defaults and rules.

A kube-apiserver 1.36.1 said the same of all objects here that have the right or wrong fields.
"""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import yaml

from compiler.admit.crds import Definitions

HEAD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.com
spec:
  group: example.com
  names:
    kind: Thing
    plural: things
  scope: Namespaced
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
"""
TAIL = """\
    served: true
    storage: true
"""
PLAIN = "type: object\nproperties: {size: {type: integer}}\n"


def text(schema: str = PLAIN) -> str:
    """A definition whose spec has this schema."""
    return HEAD + textwrap.indent(schema, " " * 12) + TAIL


def definitions(schema: str) -> Definitions:
    definitions, faults = Definitions.parse({"crds/things.yaml": text(schema)})
    assert faults == ()
    return definitions


def refused(schema: str, spec: Any, **metadata: Any) -> list[tuple[str, str]]:
    meta = {"name": "a", "namespace": "b", **metadata}
    object = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": meta, "spec": spec}
    return list(definitions(schema).refused(object))


def test_a_schema_that_cannot_be_used_is_reported_at_its_place() -> None:
    kind = ("example.com/v1", "Thing")
    odd = (
        "type: object\ntype: object\n",
        "type: strange\n",
        "type: &a object\n",
        "properties: 7\n",
    )
    for wrong in odd:
        definitions, faults = Definitions.parse({"a.yaml": text(wrong)})
        assert faults == ()
        (fault,) = definitions.faults([kind, ("v1", "Pod")])
        assert (fault.path, fault.line) == ("a.yaml", 1)
        assert fault.message.startswith("it cannot be used: ")
    without = HEAD[: HEAD.index("    schema:")] + TAIL
    definitions, faults = Definitions.parse({"a.yaml": without})
    assert faults == ()
    (fault,) = definitions.faults([kind])
    assert "has no schema" in fault.message


STRUCTURE = """
type: object
required: [name]
properties:
  name: {type: string, maxLength: 3, pattern: "^[a-z]+$"}
  port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
  maybe: {type: string, nullable: true, enum: [a]}
  none: {type: string, nullable: true}
  small: {type: integer, format: int32, minimum: 0, exclusiveMinimum: true}
  labels: {type: object, additionalProperties: {type: string}}
  free:
    type: object
    x-kubernetes-preserve-unknown-fields: true
    properties: {known: {type: integer}}
  inner:
    type: object
    x-kubernetes-embedded-resource: true
    x-kubernetes-preserve-unknown-fields: true
  bare: {type: object}
  list: {type: array, items: {type: object, properties: {a: {type: string}}}}
  one:
    type: object
    properties: {a: {type: string}, b: {type: string}}
    oneOf: [{required: [a]}, {required: [b]}]
  when: {type: string, format: date-time}
  time: {type: string, format: duration}
  data: {type: string, format: byte}
  unknown: {type: string, format: semver}
"""
GOOD = """
- {}
- {port: 80}
- {port: http}
- {none: null, name: a}
- {labels: null}
- {labels: {a: null}}
- {list: [{a: null}]}
- {maybe: a}
- {labels: {anything: goes}}
- {free: {anything: [1], known: 1}}
- {inner: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}}
- {bare: {}}
- {list: [{a: b}, {}]}
- {one: {a: b}}
- {when: "2026-01-01T00:00:00Z", time: 1h30m, data: aGk=, unknown: "?"}
- {small: 2147483647}
"""
BAD = """
"": {other: 1}
name: {name: LONG}
port: {port: 1.5}
maybe: {maybe: b}
small: {small: 0}
small.: {small: 2147483648}
labels.a: {labels: {a: 1}}
"maybe.": {maybe: null}
list.0: {list: [null]}
free.known: {free: {known: text}}
inner: {inner: {kind: Pod}}
inner.metadata: {inner: {apiVersion: v1, kind: Pod, metadata: {nome: a}}}
bare: {bare: {a: 1}}
list.1: {list: [{a: b}, {b: a}]}
one: {one: {a: b, b: a}}
when: {when: yesterday}
time: {time: 1x}
data: {data: "*"}
"""


@pytest.mark.parametrize("spec", yaml.safe_load(GOOD), ids=str)
def test_structure_lets_pass(spec: dict[str, Any]) -> None:
    assert refused(STRUCTURE, {"name": "a", **spec}) == []


@pytest.mark.parametrize("field", yaml.safe_load(BAD))
def test_structure_refuses(field: str) -> None:
    mistakes = refused(STRUCTURE, {"name": "a", **yaml.safe_load(BAD)[field]})
    assert mistakes
    assert mistakes[0][0] == f"spec.{field}".strip(".")


def test_metadata_is_closed() -> None:
    assert refused(PLAIN, {}, labels={"a": "b"}, annotations={"a": "b"}) == []
    assert refused(PLAIN, {}, label={"a": "b"})[0][0] == "metadata"
    assert refused(PLAIN, {}, annotations={"a": 1})[0][0] == "metadata.annotations.a"


RULES = """
type: object
x-kubernetes-validations:
- {rule: "self.size < self.limit", message: too big, fieldPath: .size}
- {rule: "self.size != 3", messageExpression: "self.limit > 3 ? 'not 3' : ''"}
- {rule: "self.size != 4", message: plain, messageExpression: "self.none"}
- {rule: "self.size == oldSelf.size", message: cannot change}
- {rule: "oldSelf.hasValue() || self.size != 6", optionalOldSelf: true, message: not at first}
- {rule: "!has(self.maybe) || self.maybe.value == 'a'", message: wrong value}
- {rule: "!has(self.__namespace__) || self.__namespace__ != 'x'", message: no x}
- {rule: "!has(self.a__dash__b) || self.a__dash__b.c__dot__d == 1", message: not one}
- {rule: "self.size != 5"}
properties:
  size: {type: integer, default: 1}
  limit: {type: integer, default: 10}
  maybe: {type: object, nullable: true, properties: {value: {type: string, maxLength: 9}}}
  none:
    {type: string, maxLength: 9, nullable: true, x-kubernetes-validations: [{rule: self == 'a'}]}
  namespace: {type: string, maxLength: 9}
  a-b: {type: object, properties: {c.d: {type: integer}}}
  tags: {type: array, x-kubernetes-list-type: set, items: {type: string, maxLength: 9}}
  ports:
    type: array
    maxItems: 9
    x-kubernetes-list-type: map
    x-kubernetes-list-map-keys: [name, protocol]
    items:
      type: object
      required: [name]
      x-kubernetes-validations: [{rule: "self.port > 0", message: no port}]
      properties:
        name: {type: string}
        protocol: {type: string, default: TCP}
        port: {type: integer}
  each:
    type: object
    maxProperties: 9
    additionalProperties:
      type: string
      maxLength: 9
      x-kubernetes-validations: [{rule: "self.startsWith('a')", message: not an a}]
"""
CASES = """
- [{}, []]
- [{size: 11}, [[spec.size, too big]]]
- [{size: null, limit: 1}, [[spec.size, too big]]]
- [{size: 3}, [[spec, not 3]]]
- [{size: 4}, [[spec, plain]]]
- [{size: 5}, [[spec, "failed rule: self.size != 5"]]]
- [{size: 6}, [[spec, not at first]]]
- [{none: null}, []]
- [{none: b}, [[spec.none, "failed rule: self == 'a'"]]]
- [{maybe: {value: b}}, [[spec, wrong value]]]
- [{maybe: {}}, [[spec, 'wrong value (Key not found in map : "value")']]]
- [{namespace: x}, [[spec, no x]]]
- [{a-b: {c.d: 2}}, [[spec, not one]]]
- [{tags: [a, b, a]}, [[spec.tags.2, 'is there twice: "a"']]]
- [{ports: [{name: a, port: 1}, {name: a, protocol: UDP, port: 1}]}, []]
- [{ports: [{name: a, port: 0}]}, [[spec.ports.0, no port]]]
- [{each: {x: abc, y: b}}, [[spec.each.y, not an a]]]
"""


@pytest.mark.parametrize("number", range(len(yaml.safe_load(CASES))))
def test_rules(number: int) -> None:
    spec, expected = yaml.safe_load(CASES)[number]
    assert [list(mistake) for mistake in refused(RULES, spec)] == expected


def test_keys_of_a_list_are_compared_with_their_defaults() -> None:
    ports = [{"name": "a", "port": 1}, {"name": "a", "protocol": "TCP", "port": 2}]
    ((field, message),) = refused(RULES, {"ports": ports})
    assert field == "spec.ports.1"
    assert message == 'is there twice: {"name": "a", "protocol": "TCP"}'


@pytest.mark.parametrize(
    "rule", ["self.size.startsWith('a')", "nobody == 1", "format.named('a') == 1"]
)
def test_a_rule_that_cannot_be_judged_is_refused(rule: str) -> None:
    schema = f'type: object\nx-kubernetes-validations: [{{rule: "{rule}"}}]\n{PLAIN[13:]}'
    ((field, message),) = refused(schema, {"size": 1})
    assert field == "spec"
    assert rule in message
    ((text, why),) = definitions(schema).rules(("example.com/v1", "Thing"))
    assert (text, bool(why)) == (rule, "size" not in rule)
