"""Ingresses and their classes."""

from __future__ import annotations

from tests.admit.corpus.case import Case, bad, good

_BUCKET = {"apiGroup": "a.io", "kind": "Bucket", "name": "b"}
_PATH, _PATH_AT = "spec/rules/0/http/paths/0", "spec.rules[0].http.paths[0]"
CASES: tuple[Case, ...] = (
    good("ingress", {}),
    bad("ingress", {"spec/rules": []}, "spec", "needs `rules`"),
    bad("ingress", {"spec/rules/0/host": "A"}, "spec.rules[0].host", "lower-case"),
    bad("ingress", {"spec/rules/0/host": "1.2.3.4"}, "spec.rules[0].host", "not an address"),
    good("ingress", {"spec/rules/0/host": "*.a.example"}),
    bad("ingress", {"spec/rules/0/host": "a.*.example"}, "spec.rules[0].host", "must be `*.`"),
    bad("ingress", {f"{_PATH}/pathType": "Regex"}, f"{_PATH_AT}.pathType", "is not one of"),
    bad("ingress", {f"{_PATH}/path": "a"}, f"{_PATH_AT}.path", "begin with `/`"),
    bad("ingress", {f"{_PATH}/path": "/a//b"}, f"{_PATH_AT}.path", "contain `//`"),
    bad("ingress", {f"{_PATH}/path": "/a/.."}, f"{_PATH_AT}.path", "end with"),
    bad("ingress", {f"{_PATH}/backend": {}}, f"{_PATH_AT}.backend", "needs one of"),
    bad("ingress", {f"{_PATH}/backend/service/port": {}}, f"{_PATH_AT}.backend", "of a port"),
    bad(
        "ingress",
        {f"{_PATH}/backend/service/port": {"number": 70000}},
        f"{_PATH_AT}.backend.service.port.number",
        "between",
    ),
    bad(
        "ingress",
        {f"{_PATH}/backend/service/name": "A"},
        f"{_PATH_AT}.backend.service.name",
        "begin with a letter",
    ),
    bad("ingress", {"spec/tls": [{"hosts": ["A"]}]}, "spec.tls[0].hosts[0]", "lower-case"),
    bad("ingress", {"spec/tls": [{"secretName": "A"}]}, "spec.tls[0].secretName", "lower-case"),
    bad("ingress", {"spec/ingressClassName": "A"}, "spec.ingressClassName", "lower-case"),
    good("ingressclass", {}),
    bad("ingressclass", {"spec/controller": "c"}, "spec.controller", "must be a domain"),
    bad(
        "ingressclass",
        {"spec/parameters": {"kind": "K", "name": "n", "scope": "Namespace"}},
        "spec.parameters.namespace",
        "goes with",
    ),
    good("ingress", {"spec/rules": [], "spec/defaultBackend": {"resource": _BUCKET}}),
    bad("ingress", {"spec/defaultBackend": {}}, "spec.defaultBackend", "needs one of"),
    bad(
        "ingress",
        {"spec/defaultBackend": {"resource": {**_BUCKET, "apiGroup": "A"}}},
        "spec.defaultBackend.resource.apiGroup",
        "lower-case",
    ),
    bad(
        "ingress",
        {"spec/defaultBackend": {"resource": {**_BUCKET, "kind": ""}}},
        "spec.defaultBackend.resource.kind",
        "required",
    ),
    bad(
        "ingress",
        {"spec/defaultBackend": {"resource": {**_BUCKET, "name": "a/b"}}},
        "spec.defaultBackend.resource.name",
        "nor contain",
    ),
    bad(
        "ingress",
        {
            "metadata/annotations": {"kubernetes.io/ingress.class": "x"},
            "spec/ingressClassName": "y",
        },
        "annotations.kubernetes.io/ingress.class",
        "contradicts",
    ),
    bad("ingress", {"spec/rules/0/http": {"paths": []}}, "spec.rules[0].http.paths", "is required"),
    bad("ingress", {f"{_PATH}/pathType": ""}, f"{_PATH_AT}.pathType", "is required"),
    bad(
        "ingress",
        {f"{_PATH}/backend/service/port": {"name": "A"}},
        f"{_PATH_AT}.backend.service.port.name",
        "lower-case",
    ),
    bad("ingressclass", {"spec/controller": ""}, "spec.controller", "is required"),
    bad(
        "ingressclass",
        {"spec/controller": f"a.io/{'x' * 250}"},
        "spec.controller",
        "longer than 250",
    ),
    bad(
        "ingressclass",
        {"spec/parameters": {"kind": "", "name": "n"}},
        "spec.parameters.kind",
        "is required",
    ),
    bad(
        "ingressclass",
        {"spec/parameters": {"kind": "K", "name": "n", "scope": "World"}},
        "spec.parameters.scope",
        "is not one of",
    ),
)
