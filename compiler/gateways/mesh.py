"""Istio in ambient mode: a waypoint before the servers of a namespace, and a ztunnel at every pod.

A waypoint sees headers, not bodies, and only traffic that is addressed to a Service.
"""

from __future__ import annotations

from compiler.gateways.gateway_api import GROUP as GATEWAY_API
from compiler.gateways.product import Control, Definition, Gateway, Pods, direct
from compiler.shape import TEXT, Raw, Shape, most

HBONE = 15008
"""The port of the tunnel: all that NetworkPolicies see of traffic in ambient mode."""
WAYPOINT = "waypoint"
VERSION = "security.istio.io/v1"
RULES = 512  # of an AuthorizationPolicy
ACCOUNTS = 16  # of a rule's source
_AUTHORIZATION: Shape = {
    "targetRefs?": most(
        16, {"group": Raw({"enum": ["", GATEWAY_API]}), "kind": TEXT, "name": TEXT}
    ),
    "selector?": {"matchLabels": {"*": TEXT}},
    "action?": "ALLOW",
    "rules?": most(
        RULES,
        {
            "from": [{"source": {"serviceAccounts": most(ACCOUNTS, TEXT)}}],
            "to?": [{"operation": {"methods?": [TEXT], "paths?": [TEXT], "ports?": [TEXT]}}],
            "when?": [{"key": TEXT, "values": [TEXT]}],
        },
    ),
}
GATEWAY = Gateway(
    name="mesh",
    versions={"Istio": "1.30"},
    pods=Pods(
        name=WAYPOINT,
        port=HBONE,
        account=lambda _: WAYPOINT,
        labels=lambda _: {f"{GATEWAY_API}/gateway-name": WAYPOINT},
    ),
    control=Control("istio-system", {"app": "istiod"}, 15012),
    endpoint=direct,
    prefix="",
    proof="none",
    calls_api=False,
    reads_keys=False,
    pod_security="restricted",
    definitions=(
        Definition(VERSION, "AuthorizationPolicy", _AUTHORIZATION, wide=True),
        Definition(
            VERSION,
            "PeerAuthentication",
            {"mtls": {"mode": "STRICT"}},
            component=False,
            wide=True,
        ),
    ),
)
