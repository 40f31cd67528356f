"""Security contexts of pods and containers.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (ValidateSecurityContext,
validatePodSpecSecurityContext, validateSysctls).
"""

from __future__ import annotations

import re

from compiler.admit.semantics.refusal import (
    Fault,
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    one_of,
    repeated,
    text,
    texts,
    within,
)

_SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SYSCTL = re.compile(rf"({_SEGMENT}[./])*{_SEGMENT}")
_HOST_SYSCTLS = {
    "hostNetwork": ("net.",),
    "hostIPC": ("fs.mqueue.", "kernel.shm", "kernel.msg", "kernel.sem"),
}
_PROFILES = {"Localhost", "RuntimeDefault", "Unconfined"}
_LONGEST_PATH = 4096
_LARGEST_ID = 2**31 - 1


def pod_security(spec: Object, at: str) -> Refusals:
    """The security context of a pod."""
    context, place = mapping(spec.get("securityContext")), f"{at}.securityContext"
    yield from _identities(context, place)
    groups = context.get("supplementalGroups")
    for index, group in enumerate(groups if isinstance(groups, list) else ()):
        yield from within(0, _LARGEST_ID, group, f"{place}.supplementalGroups[{index}]")
    yield from _profiles(context, place)
    yield from _sysctls(context, spec, f"{place}.sysctls")
    for key, allowed in (
        ("fsGroupChangePolicy", {"OnRootMismatch", "Always"}),
        ("supplementalGroupsPolicy", {"Merge", "Strict"}),
        ("seLinuxChangePolicy", {"Recursive", "MountOption"}),
    ):
        yield from one_of(allowed, context.get(key), f"{place}.{key}")
    if spec.get("shareProcessNamespace") is True and spec.get("hostPID") is True:
        yield Refusal(f"{place}.shareProcessNamespace", "cannot stand beside `hostPID`")


def container_security(container: Object, at: str, *, host_users: bool) -> Refusals:
    """The security context of a container."""
    context, place = mapping(container.get("securityContext")), f"{at}.securityContext"
    yield from _identities(context, place)
    yield from _profiles(context, place)
    yield from one_of({"Default", "Unmasked"}, context.get("procMount"), f"{place}.procMount")
    if context.get("procMount") == "Unmasked" and host_users:
        yield Refusal(f"{place}.procMount", "`Unmasked` needs the pod's `hostUsers: false`")
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged") is True:
            yield Refusal(place, "`privileged` contradicts `allowPrivilegeEscalation: false`")
        added = texts(mapping(context.get("capabilities")).get("add"), "")
        if any(name == "CAP_SYS_ADMIN" for _, name in added):
            yield Refusal(place, "CAP_SYS_ADMIN contradicts `allowPrivilegeEscalation: false`")


def _identities(context: Object, at: str) -> Refusals:
    for key in ("runAsUser", "runAsGroup", "fsGroup"):
        yield from within(0, _LARGEST_ID, context.get(key), f"{at}.{key}")


def _profiles(context: Object, at: str) -> Refusals:
    for key, local in (("seccompProfile", _seccomp), ("appArmorProfile", _app_armor)):
        if isinstance(context.get(key), dict):
            yield from _profile(context[key], local, f"{at}.{key}")


def _profile(profile: Object, local_fault: Fault, at: str) -> Refusals:
    kind, local = profile.get("type"), profile.get("localhostProfile")
    if not kind:
        yield Refusal(f"{at}.type", "is required")
    yield from one_of(_PROFILES, kind or None, f"{at}.type")
    if kind == "Localhost" and local is None:
        yield Refusal(f"{at}.localhostProfile", "is required for the type `Localhost`")
    elif kind == "Localhost":
        yield from faulty(local_fault, local, f"{at}.localhostProfile")
    elif local is not None:
        yield Refusal(f"{at}.localhostProfile", "is for profiles of type `Localhost`")


def _seccomp(profile: str) -> str:
    outside = profile.startswith("/") or ".." in profile.split("/")
    return "must be a relative path without `..`" if outside else ""


def _app_armor(profile: str) -> str:
    if not profile:
        return "is required for the type `Localhost`"
    valid = profile == profile.strip() and len(profile) < _LONGEST_PATH
    return "" if valid else "must have no blanks around it, and be a path that Linux can have"


def _sysctls(context: Object, spec: Object, at: str) -> Refusals:
    for place, sysctl in items(context.get("sysctls"), at):
        name = text(sysctl.get("name"))
        if not _SYSCTL.fullmatch(name) or len(name) > 253:
            yield Refusal(f"{place}.name", f"`{name}` is not a name of a kernel setting")
        for flag, prefixes in _HOST_SYSCTLS.items():
            if spec.get(flag) is True and name.replace("/", ".").startswith(prefixes):
                yield Refusal(f"{place}.name", f"`{name}` is the node's with `{flag}`")
    yield from repeated(
        (f"{place}.name", sysctl.get("name")) for place, sysctl in items(context.get("sysctls"), at)
    )
