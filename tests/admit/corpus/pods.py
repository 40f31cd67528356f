"""Pods and their templates: names, host, DNS, security, scheduling."""

from __future__ import annotations

from tests.admit.corpus.case import APPLIED, Case, bad, good

_SECURITY, _CONTEXT = "spec.securityContext", "spec/containers/0/securityContext"
_OF_CONTAINER = "spec.containers[0].securityContext"
_CLAIM = {"name": "a", "resourceClaimName": "c"}
CASES: tuple[Case, ...] = (
    good("pod", {}),
    bad("pod", {"spec/containers": []}, "spec.containers", "needs a container"),
    bad("pod", {"spec/restartPolicy": "Sometimes"}, "spec.restartPolicy", "is not one of"),
    good("pod", {"spec/restartPolicy": "Never"}),
    bad("pod", {"spec/dnsPolicy": "Best"}, "spec.dnsPolicy", "is not one of"),
    bad("pod", {"spec/dnsPolicy": "None"}, "spec.dnsConfig", "is required"),
    bad(
        "pod", {"spec/dnsPolicy": "None", "spec/dnsConfig": {}}, "spec.dnsConfig.nameservers", "req"
    ),
    good("pod", {"spec/dnsPolicy": "None", "spec/dnsConfig/nameservers": ["1.1.1.1", "::1"]}),
    bad(
        "pod", {"spec/dnsConfig/nameservers": ["x"]}, "spec.dnsConfig.nameservers[0]", "IP address"
    ),
    bad("pod", {"spec/dnsConfig/nameservers": ["1.1.1.01"]}, "spec.dnsConfig.nameservers[0]", "IP"),
    bad("pod", {"spec/dnsConfig/nameservers": ["1.1.1.1"] * 4}, "spec.dnsConfig.nameservers", "3"),
    bad("pod", {"spec/dnsConfig/searches": ["A b"]}, "spec.dnsConfig.searches[0]", "not a domain"),
    good("pod", {"spec/dnsConfig/searches": ["a_b.c.", "."]}),
    bad("pod", {"spec/dnsConfig/options": [{"value": "1"}]}, "spec.dnsConfig.options[0]", "a name"),
    bad("pod", {"spec/hostAliases": [{"ip": "x"}]}, "spec.hostAliases[0].ip", "not an IP"),
    bad(
        "pod",
        {"spec/hostAliases": [{"ip": "1.2.3.4", "hostnames": ["A"]}]},
        "spec.hostAliases[0].hostnames[0]",
        "lower-case",
    ),
    bad("pod", {"spec/hostname": "a.b"}, "spec.hostname", "lower-case"),
    bad("pod", {"spec/subdomain": "a.b"}, "spec.subdomain", "lower-case"),
    bad("pod", {"spec/nodeName": "A"}, "spec.nodeName", "lower-case"),
    bad(
        "deployment",
        {"spec/template/spec/serviceAccountName": "A"},
        "spec.template.spec.serviceAccountName",
        "lower-case",
    ),
    bad(
        "deployment",
        {"spec/template/spec/priorityClassName": "A"},
        "spec.template.spec.priorityClassName",
        "lower-case",
    ),
    bad(
        "deployment",
        {"spec/template/spec/runtimeClassName": "A"},
        "spec.template.spec.runtimeClassName",
        "lower-case",
    ),
    bad("pod", {"spec/activeDeadlineSeconds": 0}, "spec.activeDeadlineSeconds", "not between"),
    good("pod", {"spec/activeDeadlineSeconds": 1}),
    bad("pod", {"spec/os": {"name": "beos"}}, "spec.os", "is not one of"),
    bad("pod", {"spec/hostUsers": False, "spec/hostPID": True}, "spec.HostPID", "hostUsers"),
    bad(
        "pod", {"spec/hostUsers": False, "spec/hostNetwork": True}, "spec.hostNetwork", "hostUsers"
    ),
    bad(
        "pod",
        {"spec/readinessGates": [{"conditionType": "a b"}]},
        "spec.readinessGates[0].conditionType",
        "the name in",
    ),
    bad(
        "pod",
        {"spec/schedulingGates": [{"name": "a"}, {"name": "a"}]},
        "spec.schedulingGates[1]",
        "twice",
    ),
    bad("pod", {"spec/resourceClaims": [{"name": "a"}]}, "spec.resourceClaims[0]", "needs one of"),
    bad("pod", {"spec/containers/0/image": " x:1"}, "spec.containers[0].image", "blanks"),
    good("deployment", {"spec/template/spec/containers/0/image": " x:1"}),
    bad(
        "deployment",
        {"spec/template/spec/ephemeralContainers": [{"name": "e", "image": "x:1"}]},
        "spec.template.spec.ephemeralContainers",
        "only to pods that exist",
    ),
    bad("pod", {"spec/nodeSelector": {"a": "b c"}}, "spec.nodeSelector", "letters, digits"),
    # security
    good("pod", {"spec/securityContext": {"runAsUser": 0, "fsGroup": 2147483647}}),
    bad(
        "pod", {"spec/securityContext": {"runAsUser": -1}}, f"{_SECURITY}.runAsUser", "not between"
    ),
    bad(
        "pod", {"spec/securityContext": {"fsGroup": 2147483648}}, f"{_SECURITY}.fsGroup", "between"
    ),
    bad(
        "pod",
        {"spec/securityContext": {"supplementalGroups": [1, -1]}},
        f"{_SECURITY}.supplementalGroups[1]",
        "between",
    ),
    bad(
        "pod",
        {"spec/securityContext": {"fsGroupChangePolicy": "No"}},
        f"{_SECURITY}.fsGroupChangePolicy",
        "is not one of",
    ),
    bad(
        "pod",
        {"spec/securityContext": {"seccompProfile": {"type": "Best"}}},
        f"{_SECURITY}.seccompProfile.type",
        "is not one of",
    ),
    bad(
        "pod",
        {"spec/securityContext": {"seccompProfile": {"type": "Localhost"}}},
        f"{_SECURITY}.seccompProfile.localhostProfile",
        "is required",
    ),
    bad(
        "pod",
        {
            "spec/securityContext": {
                "seccompProfile": {"type": "RuntimeDefault", "localhostProfile": "p"}
            }
        },
        f"{_SECURITY}.seccompProfile.localhostProfile",
        "of type `Localhost`",
    ),
    good(
        "pod",
        {
            "spec/securityContext": {
                "seccompProfile": {"type": "Localhost", "localhostProfile": "p"}
            }
        },
    ),
    bad(
        "pod",
        {"spec/securityContext": {"appArmorProfile": {"type": "Localhost"}}},
        f"{_SECURITY}.appArmorProfile.localhostProfile",
        "is required",
    ),
    bad(
        "pod",
        {"spec/shareProcessNamespace": True, "spec/hostPID": True},
        f"{_SECURITY}.shareProcessNamespace",
        "hostPID",
    ),
    bad(
        "pod",
        {"spec/securityContext": {"sysctls": [{"name": "A", "value": "1"}]}},
        f"{_SECURITY}.sysctls[0].name",
        "kernel setting",
    ),
    bad(
        "pod",
        {"spec/securityContext": {"sysctls": [{"name": "net.a", "value": "1"}] * 2}},
        f"{_SECURITY}.sysctls[1].name",
        "twice",
    ),
    bad(
        "pod",
        {
            "spec/hostNetwork": True,
            "spec/securityContext": {"sysctls": [{"name": "net.a", "value": "1"}]},
        },
        f"{_SECURITY}.sysctls[0].name",
        "hostNetwork",
    ),
    good("pod", {_CONTEXT: {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}),
    bad(
        "pod",
        {_CONTEXT: {"allowPrivilegeEscalation": False, "privileged": True}},
        _OF_CONTAINER,
        "contradicts",
    ),
    bad(
        "pod",
        {_CONTEXT: {"allowPrivilegeEscalation": False, "capabilities": {"add": ["CAP_SYS_ADMIN"]}}},
        _OF_CONTAINER,
        "contradicts",
    ),
    bad("pod", {_CONTEXT: {"procMount": "Unmasked"}}, f"{_OF_CONTAINER}.procMount", "hostUsers"),
    bad("pod", {_CONTEXT: {"runAsGroup": -5}}, f"{_OF_CONTAINER}.runAsGroup", "not between"),
    bad(
        "pod",
        {"spec/imagePullSecrets": [{"name": "a"}] * 2},
        "spec.imagePullSecrets[1].name",
        "twice",
        APPLIED,
    ),
    bad(
        "pod",
        {"spec/hostAliases": [{"ip": "1.2.3.4"}] * 2},
        "spec.hostAliases[1].ip",
        "twice",
        APPLIED,
    ),
    bad("pod", {"spec/resourceClaims": [_CLAIM, _CLAIM]}, "spec.resourceClaims[1].name", "twice"),
    bad(
        "pod",
        {"spec/resourceClaims": [{**_CLAIM, "name": "A"}]},
        "spec.resourceClaims[0].name",
        "lower-case",
    ),
    bad(
        "pod",
        {"spec/resourceClaims": [{**_CLAIM, "resourceClaimName": "A"}]},
        "spec.resourceClaims[0].resourceClaimName",
        "lower-case",
    ),
    bad("pod", {"spec/dnsConfig/searches": ["a"] * 33}, "spec.dnsConfig.searches", "more than 32"),
    bad(
        "pod",
        {"spec/schedulingGates": [{"name": "a b"}]},
        "spec.schedulingGates[0]",
        "the name in",
    ),
    bad(
        "pod",
        {"spec/schedulingGates": [{"name": "a"}], "spec/nodeName": "n"},
        "spec.nodeName",
        "schedulingGates",
    ),
    bad(
        "pod",
        {"spec/hostnameOverride": "h", "spec/hostNetwork": True},
        "spec.hostnameOverride",
        "hostNetwork",
    ),
    bad(
        "pod",
        {_CONTEXT: {"seccompProfile": {"type": "Best"}}},
        f"{_OF_CONTAINER}.seccompProfile.type",
        "is not one of",
    ),
    bad(
        "pod",
        {_CONTEXT: {"seccompProfile": {"type": ""}}},
        f"{_OF_CONTAINER}.seccompProfile.type",
        "is required",
    ),
    bad(
        "pod",
        {_CONTEXT: {"seccompProfile": {"type": "Localhost", "localhostProfile": "/p"}}},
        f"{_OF_CONTAINER}.seccompProfile.localhostProfile",
        "relative",
    ),
    bad(
        "pod",
        {_CONTEXT: {"appArmorProfile": {"type": "Localhost", "localhostProfile": " p"}}},
        f"{_OF_CONTAINER}.appArmorProfile.localhostProfile",
        "blanks",
    ),
    bad("pod", {_CONTEXT: {"procMount": "None"}}, f"{_OF_CONTAINER}.procMount", "is not one of"),
)
