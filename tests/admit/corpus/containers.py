"""Containers: ports, probes, hooks; init and ephemeral containers."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import APPLIED, Case, bad, good

_C, _AT = "spec/containers/0", "spec.containers[0]"
_HTTP = {"httpGet": {"path": "/", "port": 80}}
_RULE = {"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}
_RESIZE = {"resourceName": "cpu", "restartPolicy": "NotRequired"}
_SIDECAR = {"name": "i", "image": "x:1", "restartPolicy": "Always"}
_INIT = {"name": "i", "image": "x:1"}


def _ports(*ports: dict[str, Any]) -> dict[str, Any]:
    return {f"{_C}/ports": list(ports)}


CASES: tuple[Case, ...] = (
    bad("pod", {f"{_C}/name": "A"}, f"{_AT}.name", "lower-case"),
    bad("pod", {f"{_C}/name": "a" * 64}, f"{_AT}.name", "longer than 63"),
    bad("pod", {f"{_C}/image": ""}, f"{_AT}.image", "is required"),
    bad("pod", {f"{_C}/imagePullPolicy": "Allways"}, f"{_AT}.imagePullPolicy", "is not one of"),
    good("pod", {f"{_C}/imagePullPolicy": "Never"}),
    bad(
        "pod", {f"{_C}/terminationMessagePolicy": "x"}, f"{_AT}.terminationMessagePolicy", "one of"
    ),
    bad(
        "pod",
        {"spec/containers/1": {"name": "c", "image": "y"}},
        "spec.containers[1].name",
        "twice",
    ),
    good("pod", {"spec/containers/1": {"name": "d", "image": "y"}}),
    # ports
    good(
        "pod", _ports({"name": "http-1", "containerPort": 1}, {"name": "b", "containerPort": 65535})
    ),
    bad("pod", _ports({"containerPort": 65536}), f"{_AT}.ports[0].containerPort", "not between"),
    bad("pod", _ports({"containerPort": 0}), f"{_AT}.ports[0].containerPort", "is required"),
    bad(
        "pod",
        _ports({"containerPort": 1, "protocol": "HTTP"}),
        f"{_AT}.ports[0].protocol",
        "one of",
    ),
    bad(
        "pod",
        _ports({"containerPort": 1, "hostPort": 65536}),
        f"{_AT}.ports[0].hostPort",
        "between",
    ),
    bad("pod", _ports({"containerPort": 1, "name": "a" * 16}), f"{_AT}.ports[0].name", "than 15"),
    bad(
        "pod", _ports({"containerPort": 1, "name": "a--b"}), f"{_AT}.ports[0].name", "single inner"
    ),
    bad("pod", _ports({"containerPort": 1, "name": "80"}), f"{_AT}.ports[0].name", "with a letter"),
    bad("pod", _ports({"containerPort": 1, "name": "A"}), f"{_AT}.ports[0].name", "lower-case"),
    bad("pod", _ports({"containerPort": 1, "name": "a-"}), f"{_AT}.ports[0].name", "inner `-`"),
    bad(
        "pod",
        _ports({"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}),
        f"{_AT}.ports[1].name",
        "twice",
    ),
    bad(
        "pod",
        _ports({"containerPort": 1, "hostPort": 5}, {"containerPort": 2, "hostPort": 5}),
        f"{_AT}.ports[1].hostPort",
        "twice",
    ),
    good("pod", _ports({"containerPort": 5, "protocol": "UDP", "name": "a"}, {"containerPort": 5})),
    bad(
        "pod",
        {
            "spec/hostNetwork": True,
            **_ports({"containerPort": 1}),
            "spec/containers/1": {"name": "d", "image": "y", "ports": [{"containerPort": 1}]},
        },
        "spec.containers[1].ports[0].hostPort",
        "twice",
    ),
    bad(
        "pod",
        {"spec/hostNetwork": True, **_ports({"containerPort": 1, "hostPort": 2})},
        f"{_AT}.ports[0].hostPort",
        "must equal",
    ),
    good("pod", {"spec/hostNetwork": True, **_ports({"containerPort": 1})}),
    bad(
        "pod",
        _ports({"containerPort": 1, "name": "a"}, {"containerPort": 1, "name": "b"}),
        f"{_AT}.ports[1]",
        "twice",
        APPLIED,
    ),
    # probes and hooks
    good("pod", {f"{_C}/livenessProbe": _HTTP, f"{_C}/readinessProbe": {"grpc": {"port": 1}}}),
    bad("pod", {f"{_C}/livenessProbe": {}}, f"{_AT}.livenessProbe", "needs one of"),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {**_HTTP, "exec": {"command": ["x"]}}},
        f"{_AT}.livenessProbe.httpGet",
        "one of them",
    ),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {"exec": {"command": []}}},
        f"{_AT}.livenessProbe.exec.command",
        "required",
    ),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {"httpGet": {"port": 0}}},
        f"{_AT}.livenessProbe.httpGet.port",
        "between",
    ),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {"tcpSocket": {"port": "A"}}},
        f"{_AT}.livenessProbe.tcpSocket.port",
        "lower",
    ),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {"httpGet": {"port": 1, "scheme": "FTP"}}},
        f"{_AT}.livenessProbe.httpGet.scheme",
        "one of",
    ),
    bad(
        "pod",
        {
            f"{_C}/livenessProbe": {
                "httpGet": {"port": 1, "httpHeaders": [{"name": "a b", "value": ""}]}
            }
        },
        f"{_AT}.livenessProbe.httpGet.httpHeaders",
        "letters, digits",
    ),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {**_HTTP, "periodSeconds": -1}},
        f"{_AT}.livenessProbe.periodSeconds",
        "less than 0",
    ),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {**_HTTP, "successThreshold": 2}},
        f"{_AT}.livenessProbe.successThreshold",
        "must be 1",
    ),
    bad(
        "pod",
        {f"{_C}/startupProbe": {**_HTTP, "successThreshold": 2}},
        f"{_AT}.startupProbe.successThreshold",
        "must be 1",
    ),
    good("pod", {f"{_C}/readinessProbe": {**_HTTP, "successThreshold": 2}}),
    bad(
        "pod",
        {f"{_C}/readinessProbe": {**_HTTP, "terminationGracePeriodSeconds": 5}},
        f"{_AT}.readinessProbe.terminationGracePeriodSeconds",
        "not for readiness",
    ),
    bad(
        "pod",
        {f"{_C}/livenessProbe": {**_HTTP, "terminationGracePeriodSeconds": 0}},
        f"{_AT}.livenessProbe.terminationGracePeriodSeconds",
        "less than 1",
    ),
    good("pod", {f"{_C}/lifecycle": {"preStop": {"sleep": {"seconds": 30}}}}),
    bad(
        "pod",
        {f"{_C}/lifecycle": {"preStop": {"sleep": {"seconds": 31}}}},
        f"{_AT}.lifecycle.preStop.sleep",
        "grace period",
    ),
    bad("pod", {f"{_C}/lifecycle": {"preStop": {}}}, f"{_AT}.lifecycle.preStop", "needs one of"),
    bad(
        "pod",
        {f"{_C}/resizePolicy": [{"resourceName": "disk", "restartPolicy": "NotRequired"}]},
        f"{_AT}.resizePolicy",
        "one of",
    ),
    # init containers
    good("pod", {"spec/initContainers": [_INIT]}),
    bad(
        "pod",
        {"spec/initContainers": [{**_INIT, "name": "c"}]},
        "spec.initContainers[0].name",
        "twice",
    ),
    bad(
        "pod",
        {"spec/initContainers": [{**_INIT, "livenessProbe": _HTTP}]},
        "spec.initContainers[0].livenessProbe",
        "that end",
    ),
    good(
        "pod",
        {"spec/initContainers": [{**_INIT, "livenessProbe": _HTTP, "restartPolicy": "Always"}]},
    ),
    bad(
        "pod",
        {"spec/initContainers": [{**_INIT, "restartPolicy": "Maybe"}]},
        "spec.initContainers[0].restartPolicy",
        "one of",
    ),
    bad(
        "pod",
        {"spec/initContainers": [{**_INIT, "ports": [{"containerPort": 0}]}]},
        "spec.initContainers[0].ports[0].containerPort",
        "req",
    ),
    bad(
        "pod",
        {"spec/initContainers": [{"name": "i"}]},
        "spec.initContainers[0].image",
        "is required",
    ),
    bad(
        "pod",
        {
            "spec/initContainers": [
                {
                    **_INIT,
                    "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "RestartContainer"}],
                }
            ]
        },
        "spec.initContainers[0].resizePolicy[0].restartPolicy",
        "that end",
    ),
    # ephemeral containers: the server takes them only of pods that exist
    bad("pod", {"spec/ephemeralContainers": [_INIT]}, "spec.ephemeralContainers", "exist"),
    bad("pod", {f"{_C}/restartPolicy": "Maybe"}, f"{_AT}.restartPolicy", "is not one of"),
    good("pod", {f"{_C}/restartPolicy": "Never", f"{_C}/restartPolicyRules": [_RULE]}),
    bad("pod", {f"{_C}/restartPolicyRules": [_RULE]}, f"{_AT}.restartPolicy", "is required beside"),
    bad(
        "pod",
        {f"{_C}/restartPolicy": "Never", f"{_C}/restartPolicyRules": [_RULE] * 21},
        f"{_AT}.restartPolicyRules",
        "more than 20",
    ),
    bad(
        "pod",
        {f"{_C}/restartPolicy": "Never", f"{_C}/restartPolicyRules": [{**_RULE, "action": "Stop"}]},
        f"{_AT}.restartPolicyRules[0].action",
        "is not one of",
    ),
    bad(
        "pod",
        {f"{_C}/restartPolicy": "Never", f"{_C}/restartPolicyRules": [{"action": "Restart"}]},
        f"{_AT}.restartPolicyRules[0].exitCodes",
        "is required",
    ),
    bad(
        "pod",
        {
            f"{_C}/restartPolicy": "Never",
            f"{_C}/restartPolicyRules": [
                {"action": "Restart", "exitCodes": {"operator": "Is", "values": [1]}}
            ],
        },
        f"{_AT}.restartPolicyRules[0].exitCodes.operator",
        "is not one of",
    ),
    bad("pod", {f"{_C}/resizePolicy": [_RESIZE, _RESIZE]}, f"{_AT}.resizePolicy[1]", "twice"),
    bad(
        "pod",
        {f"{_C}/resizePolicy": [{**_RESIZE, "restartPolicy": "Maybe"}]},
        f"{_AT}.resizePolicy",
        "is not one of",
    ),
    bad(
        "pod",
        {
            f"{_C}/resizePolicy": [{**_RESIZE, "restartPolicy": "RestartContainer"}],
            "spec/restartPolicy": "Never",
        },
        f"{_AT}.resizePolicy",
        "never restarts",
    ),
    bad(
        "pod",
        {"spec/initContainers": [{**_SIDECAR, "livenessProbe": {}}]},
        "spec.initContainers[0].livenessProbe",
        "needs one of",
    ),
    bad(
        "pod",
        {"spec/initContainers": [{**_SIDECAR, "lifecycle": {"preStop": {}}}]},
        "spec.initContainers[0].lifecycle.preStop",
        "needs one of",
    ),
)
