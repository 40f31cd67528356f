"""Services and NetworkPolicies."""

from __future__ import annotations

from typing import Any

from tests.admit.corpus.case import Case, bad, good

_PORT, _PORT_AT = "spec/ports/0", "spec.ports[0]"
_TO, _TO_AT = "spec/egress/0/to", "spec.egress[0].to[0]"
_RULE, _RULE_AT = "spec/egress/0/ports", "spec.egress[0].ports[0]"


def _block(cidr: str, *excepted: str) -> dict[str, Any]:
    return {_TO: [{"ipBlock": {"cidr": cidr, "except": list(excepted)}}]}


_CIDR, _EXCEPT = f"{_TO_AT}.ipBlock.cidr", f"{_TO_AT}.ipBlock.except[0]"
_EXTERNAL = {"spec/type": "ExternalName", "spec/externalName": "a.example"}
CASES: tuple[Case, ...] = (
    good("service", {}),
    bad("service", {"spec/ports": []}, "spec.ports", "is required"),
    good("service", {"spec/ports": [], "spec/clusterIP": "None"}),
    bad(
        "service",
        {f"{_PORT}/port": 70000},
        f"{_PORT_AT}.port",
        "not between",
        f"{_PORT_AT}.port {_PORT_AT}.targetPort",
    ),
    bad(
        "service",
        {f"{_PORT}/port": 0},
        f"{_PORT_AT}.port",
        "not between",
        f"{_PORT_AT}.port {_PORT_AT}.targetPort",
    ),
    bad("service", {f"{_PORT}/targetPort": 65536}, f"{_PORT_AT}.targetPort", "not between"),
    bad("service", {f"{_PORT}/targetPort": "a" * 16}, f"{_PORT_AT}.targetPort", "than 15"),
    bad("service", {f"{_PORT}/targetPort": "80"}, f"{_PORT_AT}.targetPort", "with a letter"),
    good("service", {f"{_PORT}/targetPort": "http"}),
    bad("service", {f"{_PORT}/protocol": "HTTP"}, f"{_PORT_AT}.protocol", "is not one of"),
    bad("service", {f"{_PORT}/name": "A"}, f"{_PORT_AT}.name", "lower-case"),
    good("service", {f"{_PORT}/name": "a" * 63}),
    bad("service", {f"{_PORT}/appProtocol": "a b"}, f"{_PORT_AT}.appProtocol", "the name in"),
    good("service", {f"{_PORT}/appProtocol": "kubernetes.io/h2c"}),
    bad(
        "service",
        {"spec/ports": [{"port": 1, "name": "a"}, {"port": 2}]},
        "spec.ports[1].name",
        "is required",
    ),
    bad(
        "service",
        {"spec/ports": [{"port": 1, "name": "a"}, {"port": 2, "name": "a"}]},
        "spec.ports[1].name",
        "twice",
    ),
    bad(
        "service",
        {"spec/ports": [{"port": 1, "name": "a"}, {"port": 1, "name": "b"}]},
        "spec.ports[1]",
        "twice",
    ),
    good(
        "service",
        {"spec/ports": [{"port": 1, "name": "a"}, {"port": 1, "name": "b", "protocol": "UDP"}]},
    ),
    bad("service", {"spec/selector": {"a": "b c"}}, "spec.selector", "letters, digits"),
    bad("service", {"spec/type": "Cluster"}, "spec.type", "is not one of"),
    bad("service", {"spec/sessionAffinity": "Cookie"}, "spec.sessionAffinity", "is not one of"),
    good("service", {"spec/sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 1}}}),
    good("service", {"spec/sessionAffinity": "ClientIP"}),
    good(
        "service",
        {
            "spec/sessionAffinity": "ClientIP",
            "spec/sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86400}},
        },
    ),
    bad(
        "service",
        {
            "spec/sessionAffinity": "ClientIP",
            "spec/sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 86401}},
        },
        "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
        "not between",
    ),
    bad("service", {"spec/clusterIP": "x"}, "spec.clusterIPs[0]", "not an IP"),
    bad("service", {"spec/clusterIP": "10.0.0.01"}, "spec.clusterIPs[0]", "not an IP"),
    bad(
        "service",
        {"spec/clusterIP": "None", "spec/type": "NodePort"},
        "spec.clusterIPs[0]",
        "`None` is not for",
    ),
    bad("service", {"spec/clusterIPs": ["10.0.0.9"]}, "spec.clusterIPs", "clusterIP"),
    bad(
        "service",
        {"spec/clusterIP": "10.0.0.9", "spec/clusterIPs": ["10.0.0.8"]},
        "spec.clusterIPs",
        "the first",
    ),
    bad(
        "service",
        {"spec/clusterIP": "None", "spec/clusterIPs": ["None", "::1"]},
        "spec.clusterIPs",
        "the only one",
    ),
    bad(
        "service",
        {"spec/clusterIP": "10.0.0.9", "spec/clusterIPs": ["10.0.0.9", "10.0.0.8"]},
        "spec.clusterIPs",
        "each family",
    ),
    bad("service", {"spec/externalIPs": ["169.254.1.1"]}, "spec.externalIPs[0]", "link-local"),
    bad("service", {"spec/ipFamilies": ["IPv5"]}, "spec.ipFamilies[0]", "is not one of"),
    bad("service", {"spec/ipFamilies": ["IPv4", "IPv4"]}, "spec.ipFamilies[1]", "twice"),
    bad("service", {"spec/ipFamilyPolicy": "Both"}, "spec.ipFamilyPolicy", "is not one of"),
    bad("service", {"spec/internalTrafficPolicy": "Near"}, "spec.internalTrafficPolicy", "one of"),
    bad(
        "service",
        {"spec/externalTrafficPolicy": "Local"},
        "spec.externalTrafficPolicy",
        "from outside",
    ),
    good("service", {"spec/externalTrafficPolicy": "Local", "spec/type": "NodePort"}),
    bad(
        "service", {"spec/trafficDistribution": "Near"}, "spec.trafficDistribution", "is not one of"
    ),
    bad("service", {f"{_PORT}/nodePort": 30000}, f"{_PORT_AT}.nodePort", "not for the type"),
    bad(
        "service",
        {"spec/allocateLoadBalancerNodePorts": True},
        "spec.allocateLoadBalancerNodePorts",
        "type",
    ),
    bad("service", {"spec/loadBalancerClass": "a.io/b"}, "spec.loadBalancerClass", "for the type"),
    bad(
        "service",
        {"spec/loadBalancerSourceRanges": ["10.0.0.0/8"]},
        "spec.LoadBalancerSourceRanges",
        "for the type",
    ),
    bad(
        "service",
        {"spec/type": "LoadBalancer", "spec/loadBalancerSourceRanges": ["10.0.0.0"]},
        "spec.LoadBalancerSourceRanges[0]",
        "not a network",
    ),
    good("service", _EXTERNAL),
    bad("service", {**_EXTERNAL, "spec/externalName": ""}, "spec.externalName", "is required"),
    bad("service", {**_EXTERNAL, "spec/externalName": "A"}, "spec.externalName", "lower-case"),
    bad("service", {**_EXTERNAL, "spec/clusterIP": "10.0.0.9"}, "spec.clusterIPs", "ExternalName"),
    bad("service", {"spec/externalIPs": ["127.0.0.1"]}, "spec.externalIPs[0]", "loopback"),
    bad("service", {"spec/externalIPs": ["x"]}, "spec.externalIPs[0]", "not an IP"),
    # NetworkPolicies
    good("netpol", {"spec/podSelector": {}, "spec/policyTypes": ["Ingress", "Egress"]}),
    bad("netpol", {"spec/policyTypes": ["Egres"]}, "spec.policyTypes[0]", "is not one of"),
    bad("netpol", {"spec/policyTypes": ["Egress"] * 3}, "spec.policyTypes", "more than 2"),
    bad("netpol", {_RULE: [{"port": 70000}]}, f"{_RULE_AT}.port", "not between"),
    bad("netpol", {_RULE: [{"port": 80, "protocol": "HTTP"}]}, f"{_RULE_AT}.protocol", "one of"),
    bad("netpol", {_RULE: [{"port": "HTTP"}]}, f"{_RULE_AT}.port", "lower-case"),
    good("netpol", {_RULE: [{"port": 80, "endPort": 80}, {"protocol": "SCTP"}, {"port": "http"}]}),
    bad("netpol", {_RULE: [{"port": 80, "endPort": 79}]}, f"{_RULE_AT}.endPort", "is below"),
    bad("netpol", {_RULE: [{"port": "http", "endPort": 80}]}, f"{_RULE_AT}.endPort", "a number"),
    bad("netpol", {_RULE: [{"endPort": 80}]}, f"{_RULE_AT}.endPort", "a number"),
    bad("netpol", {_TO: [{}]}, _TO_AT, "needs a selector"),
    bad(
        "netpol",
        {_TO: [{"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}}]},
        _TO_AT,
        "beside selectors",
    ),
    good("netpol", {_TO: [{"podSelector": {}, "namespaceSelector": {}}]}),
    bad(
        "netpol",
        {_TO: [{"podSelector": {"matchLabels": {"a": "b c"}}}]},
        f"{_TO_AT}.podSelector.matchLabels",
        "letters",
    ),
    good("netpol", _block("10.0.0.0/8", "10.1.0.0/16")),
    good("netpol", _block("2001:db8::/32", "2001:db8:1::/48")),
    bad("netpol", _block("10.0.0.0/33"), _CIDR, "not a network"),
    bad("netpol", _block("10.0.0.1"), _CIDR, "not a network"),
    bad("netpol", _block("10.0.0.1/8"), _CIDR, "beyond its prefix"),
    bad("netpol", _block("010.0.0.0/8"), _CIDR, "not a network"),
    bad("netpol", _block("::ffff:10.0.0.0/104"), _CIDR, "plain IPv4"),
    bad("netpol", _block("10.0.0.0/08"), _CIDR, "not a network"),
    bad("netpol", _block("10.0.0.0/8", "11.0.0.0/16"), _EXCEPT, "not a part"),
    bad("netpol", _block("10.0.0.0/8", "10.0.0.0/8"), _EXCEPT, "not a part"),
    bad("netpol", _block("10.0.0.0/8", "2001:db8::/48"), _EXCEPT, "not a part"),
    bad("netpol", _block("10.0.0.0/8", "x"), _EXCEPT, "not a network"),
    bad(
        "netpol",
        {"spec/podSelector": {"matchLabels": {"a b": ""}}},
        "spec.podSelector.matchLabels",
        "the name in",
    ),
    bad("netpol", {_RULE: [{"port": 80, "endPort": 70000}]}, f"{_RULE_AT}.endPort", "not between"),
    bad(
        "service",
        {
            "spec/ports": [{"port": n, "name": f"p{n}", "nodePort": 30001} for n in (1, 2)],
            "spec/type": "NodePort",
        },
        "spec.ports[1].nodePort",
        "twice",
    ),
    bad(
        "service",
        {"spec/type": "LoadBalancer", "spec/loadBalancerClass": "a b"},
        "spec.loadBalancerClass",
        "the name in",
    ),
    bad(
        "service",
        {"spec/type": "NodePort", "spec/externalTrafficPolicy": "Near"},
        "spec.externalTrafficPolicy",
        "is not one of",
    ),
    bad("service", {**_EXTERNAL, "spec/ipFamilies": ["IPv4"]}, "spec.ipFamilies", "ExternalName"),
    bad(
        "service",
        {**_EXTERNAL, "spec/ipFamilyPolicy": "SingleStack"},
        "spec.ipFamilyPolicy",
        "ExternalName",
    ),
)
