"""Claims of volumes, and classes of storage."""

from __future__ import annotations

from tests.admit.corpus.case import ACCEPTED, UNDECODED, Case, bad, good

_SOURCE = {"apiGroup": "x.io", "kind": "X", "name": "x"}
_TOPOLOGY_AT = "allowedTopologies[0].matchLabelExpressions"
CASES: tuple[Case, ...] = (
    good("claim", {}),
    bad("claim", {"spec/accessModes": []}, "spec.accessModes", "needs an access mode"),
    bad("claim", {"spec/accessModes": ["RWO"]}, "spec.accessModes", "is not one of"),
    bad(
        "claim",
        {"spec/accessModes": ["ReadWriteOncePod", "ReadWriteOnce"]},
        "spec.accessModes",
        "beside",
    ),
    bad("claim", {"spec/resources": {}}, "spec.resources[storage]", "a request for storage"),
    bad("claim", {"spec/resources/requests/storage": "0"}, "spec.resources[storage]", "above zero"),
    bad(
        "claim",
        {"spec/resources/requests/storage": "1024Gi"},
        "spec.resources[storage]",
        "as `1Ti`",
        ACCEPTED,
    ),
    bad(
        "claim",
        {"spec/resources/limits": {"storage": "x"}},
        "spec.resources.limits[storage]",
        "not an amount",
        UNDECODED,
    ),
    bad("claim", {"spec/storageClassName": "A"}, "spec.storageClassName", "lower-case"),
    good("claim", {"spec/storageClassName": ""}),
    bad("claim", {"spec/volumeMode": "File"}, "spec.volumeMode", "is not one of"),
    bad(
        "claim",
        {"spec/dataSourceRef": {"kind": "X", "name": "x"}},
        "spec.dataSourceRef",
        "must be a",
        "spec.dataSource spec.dataSourceRef",
    ),
    good("storageclass", {"parameters": {"a": "b"}, "volumeBindingMode": "WaitForFirstConsumer"}),
    bad("storageclass", {"provisioner": ""}, "provisioner", "is required"),
    bad("storageclass", {"provisioner": "a b"}, "provisioner", "the name in"),
    bad("storageclass", {"reclaimPolicy": "Recycle"}, "reclaimPolicy", "is not one of"),
    bad("storageclass", {"volumeBindingMode": "Late"}, "volumeBindingMode", "is not one of"),
    bad(
        "storageclass",
        {"allowedTopologies": [{"matchLabelExpressions": [{"key": "z", "values": []}]}]},
        "allowedTopologies[0].matchLabelExpressions[0].values",
        "is required",
    ),
    bad(
        "claim",
        {"spec/selector": {"matchLabels": {"a": "b c"}}},
        "spec.selector.matchLabels",
        "letters",
    ),
    bad(
        "claim",
        {"spec/dataSourceRef": {**_SOURCE, "name": ""}},
        "spec.dataSourceRef.name",
        "is required",
        "spec.dataSource.name spec.dataSourceRef.name",
    ),
    bad(
        "claim",
        {"spec/dataSourceRef": {**_SOURCE, "kind": ""}},
        "spec.dataSourceRef.kind",
        "is required",
        "spec.dataSource.kind spec.dataSourceRef.kind",
    ),
    bad(
        "claim",
        {"spec/dataSourceRef": {**_SOURCE, "apiGroup": "A"}},
        "spec.dataSourceRef.apiGroup",
        "lower-case",
        "spec.dataSource.apiGroup spec.dataSourceRef.apiGroup",
    ),
    bad("storageclass", {"parameters": {"": "a"}}, "parameters", "must not be empty"),
    bad("storageclass", {"parameters": {"a": "x" * 262144}}, "parameters", "too long"),
    bad(
        "storageclass",
        {"allowedTopologies": [{"matchLabelExpressions": [{"key": "a b", "values": ["x"]}]}]},
        f"{_TOPOLOGY_AT}[0].key",
        "the name in",
    ),
    bad(
        "storageclass",
        {"allowedTopologies": [{"matchLabelExpressions": [{"key": "a", "values": ["x", "x"]}]}]},
        f"{_TOPOLOGY_AT}[0].values[1]",
        "twice",
    ),
    bad(
        "storageclass",
        {"allowedTopologies": [{"matchLabelExpressions": [{"key": "a", "values": ["x"]}] * 2}]},
        f"{_TOPOLOGY_AT}[1].key",
        "twice",
    ),
)
