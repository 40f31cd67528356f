"""Argo CD's Applications and AppProjects: closed shapes, and what neither CRD nor server checks.

The rules are those of Argo CD 3.5: its documentation of sync options, `SyncWindow.Validate` and
`AppProject.ValidateProject`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.admit.cron import cron_fault
from compiler.admit.semantics.zones import time_zone
from compiler.shape import COUNT, TEXT, URL, Raw, Shape

Object = Mapping[str, Any]
_BOOLEAN = Raw({"type": "boolean"})
_KINDS = Raw(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"group": {"type": "string"}, "kind": {"type": "string"}},
            "required": ["group", "kind"],
            "additionalProperties": False,
        },
    }
)
APPLICATION: Shape = {
    "project": TEXT,
    "source": {
        "repoURL": TEXT,
        "targetRevision": TEXT,
        "path": TEXT,
        "directory?": {"recurse": Raw({"const": True})},
    },
    "destination": {"name?": TEXT, "server?": URL, "namespace": TEXT},
    "syncPolicy": {
        "automated": {"prune": _BOOLEAN, "selfHeal": _BOOLEAN, "allowEmpty": _BOOLEAN},
        "syncOptions": [TEXT],
        "retry": {
            "limit": COUNT,
            "refresh": _BOOLEAN,
            "backoff": {"duration": TEXT, "factor": COUNT, "maxDuration": TEXT},
        },
    },
}
PROJECT: Shape = {
    "description": TEXT,
    "sourceRepos": [TEXT],
    "destinations": [{"name?": TEXT, "server?": URL, "namespace": TEXT}],
    "destinationServiceAccounts": [
        {"server": URL, "namespace": TEXT, "defaultServiceAccount": TEXT}
    ],
    "clusterResourceWhitelist": _KINDS,
    "namespaceResourceWhitelist": _KINDS,
    "orphanedResources?": {"warn": _BOOLEAN},
    "roles?": [{"name": TEXT, "policies": [TEXT], "groups": [TEXT]}],
    "syncWindows?": [
        {
            "kind": TEXT,
            "schedule": TEXT,
            "duration": TEXT,
            "timeZone": TEXT,
            "manualSync": _BOOLEAN,
            "applications": [TEXT],
        }
    ],
}
_SWITCHES = (
    "ApplyOutOfSyncOnly",
    "ClientSideApplyMigration",
    "CreateNamespace",
    "FailOnSharedResource",
    "PruneLast",
    "RespectIgnoreDifferences",
    "ServerSideApply",
    "SkipDryRunOnMissingResource",
    "Validate",
)
OPTIONS = frozenset(
    [
        *(f"{name}={value}" for name in _SWITCHES for value in ("true", "false")),
        *(f"{name}={value}" for name in ("Prune", "Delete") for value in ("confirm", "false")),
        *(f"PrunePropagationPolicy={way}" for way in ("background", "foreground", "orphan")),
    ]
)
"""The sync options that we allow; not `Replace` and `Force`, as they delete objects."""
_ANNOTATION = "argocd.argoproj.io/sync-options"
_WAVE = "argocd.argoproj.io/sync-wave"


def faults(objects: Iterable[tuple[str, Object]]) -> Iterator[tuple[str, str, str]]:
    """What Argo CD would refuse or misread: by path, the field and what is wrong with it."""
    pairs = list(objects)
    projects = {o["metadata"]["name"] for _, o in pairs if o["kind"] == "AppProject"}
    for path, object in pairs:
        for field, message in _annotations(object):
            yield path, field, message
        if object["apiVersion"].startswith("argoproj.io/"):
            mistakes = _application(object, projects) if object["kind"] == "Application" else ()
            mistakes = _project(object) if object["kind"] == "AppProject" else mistakes
            for field, message in mistakes:
                yield path, field, message


def _annotations(object: Object) -> Iterator[tuple[str, str]]:
    notes = object["metadata"].get("annotations", {})
    for option in notes.get(_ANNOTATION, "").split(",") if _ANNOTATION in notes else ():
        if option not in OPTIONS:
            yield f"metadata.annotations.{_ANNOTATION}", f"`{option}` is no sync option"
    wave = notes.get(_WAVE, "0")
    if not wave.removeprefix("-").isdecimal():
        yield f"metadata.annotations.{_WAVE}", f"`{wave}` is no whole number"


def _application(object: Object, projects: set[str]) -> Iterator[tuple[str, str]]:
    spec = object["spec"]
    target = spec.get("destination", {})
    if "name" in target and "server" in target:
        yield "spec.destination", "both name and server are given; Argo CD takes one of them"
    if "name" not in target and "server" not in target:
        yield "spec.destination", "neither name nor server is given"
    if spec["project"] not in projects:
        yield "spec.project", f"there is no AppProject `{spec['project']}`"
    for number, option in enumerate(spec.get("syncPolicy", {}).get("syncOptions", ())):
        if option not in OPTIONS:
            yield f"spec.syncPolicy.syncOptions.{number}", f"`{option}` is no sync option"


def _project(object: Object) -> Iterator[tuple[str, str]]:
    spec, name = object["spec"], object["metadata"]["name"]
    for field in ("destinations", "sourceRepos"):
        values = [str(item) for item in spec.get(field, ())]
        if len(values) > len(set(values)):
            yield f"spec.{field}", "an item is listed twice"
    for number, role in enumerate(spec.get("roles", ())):
        for policy in role.get("policies", ()):
            parts = [part.strip() for part in policy.split(",")]
            subject, object_ = f"proj:{name}:{role['name']}", f"{name}/"
            wrong = len(parts) != 6 or parts[0] != "p" or parts[1] != subject
            if wrong or not parts[4].startswith(object_) or parts[5] not in ("allow", "deny"):
                yield f"spec.roles.{number}.policies", f"`{policy}` is no policy of this role"
    for number, window in enumerate(spec.get("syncWindows", ())):
        for field, message in _window(window):
            yield f"spec.syncWindows.{number}.{field}", message


def _window(window: Object) -> Iterator[tuple[str, str]]:
    if window["kind"] not in ("allow", "deny"):
        yield "kind", f"`{window['kind']}` is neither `allow` nor `deny`"
    if (wrong := cron_fault(window["schedule"])) is not None:
        yield "schedule", wrong
    if wrong := time_zone(window.get("timeZone", "UTC")):  # Argo CD would take UTC, and just log it
        yield "timeZone", wrong
