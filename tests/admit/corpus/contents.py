"""ConfigMaps and Secrets."""

from __future__ import annotations

from tests.admit.corpus.case import UNDECODED, Case, bad, good

CASES: tuple[Case, ...] = (
    good("configmap", {"data": {"a.b_c-D": ""}}),
    bad("configmap", {"data": {"a/b": ""}}, "data[a/b]", "letters, digits"),
    bad("configmap", {"data": {"..": ""}}, "data[..]", "must not be `.`"),
    bad("configmap", {"data": {"k" * 254: ""}}, f"data[{'k' * 254}]", "longer than 253"),
    bad("configmap", {"binaryData": {"k": "YQ=="}}, "data[k]", "in `binaryData` too"),
    bad(
        "configmap",
        {"data": {}, "binaryData": {"k": "?"}},
        "binaryData[k]",
        "not base64",
        UNDECODED,
    ),
    bad("configmap", {"data": {"k": "v" * 1048577}}, "", "more than 1048576", "[]"),
    good("configmap", {"data": {"k": "v" * 1048576}}),
    bad("secret", {"stringData": {"a b": ""}}, "data[a b]", "letters, digits"),
    bad("secret", {"data": {"a": "?"}}, "data[a]", "not base64", UNDECODED),
    bad(
        "secret",
        {"type": "kubernetes.io/tls", "stringData": {"tls.crt": "c"}},
        "data[tls.key]",
        "is required",
    ),
    good("secret", {"type": "kubernetes.io/tls", "stringData": {"tls.crt": "c", "tls.key": ""}}),
    good("secret", {"type": "kubernetes.io/basic-auth", "stringData": {"username": ""}}),
    bad("secret", {"type": "kubernetes.io/ssh-auth"}, "data[ssh-privatekey]", "is required"),
    bad(
        "secret",
        {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "x"}},
        "data[.dockerconfigjson]",
        "not JSON",
    ),
    good(
        "secret",
        {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "{}"}},
    ),
    bad(
        "secret",
        {"type": "kubernetes.io/service-account-token"},
        "metadata.annotations[kubernetes.io/service-account.name]",
        "is required",
    ),
    bad("secret", {"stringData": {"k": "v" * 1048577}}, "data", "more than 1048576"),
    bad("secret", {"type": "kubernetes.io/basic-auth"}, "data[username]", "is required"),
    bad(
        "secret",
        {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "[]"}},
        "data[.dockerconfigjson]",
        "not a JSON object",
    ),
)
