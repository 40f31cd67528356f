"""What volumes of pods are made of.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (validateVolumeSource).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.admit.semantics.claims import claim_spec
from compiler.admit.semantics.environment import POD_FIELDS, field_reference, resource_reference
from compiler.admit.semantics.names import dns_subdomain
from compiler.admit.semantics.quantities import not_amount
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    Validator,
    faulty,
    items,
    mapping,
    one_of,
    repeated,
    required,
    text,
    whole,
    within,
)

PULLS = frozenset({"Always", "IfNotPresent", "Never"})
_LONGEST_DRIVER = 63
_FIELDS = POD_FIELDS | {"metadata.labels", "metadata.annotations"}
_HOST_PATHS = {
    "",
    "DirectoryOrCreate",
    "Directory",
    "FileOrCreate",
    "File",
    "Socket",
    "CharDevice",
    "BlockDevice",
}


def _empty_dir(source: Object, at: str) -> Refusals:
    yield from not_amount(source.get("sizeLimit"), f"{at}.sizeLimit")


def _host_path(source: Object, at: str) -> Refusals:
    yield from required(source, "path", at)
    yield from no_backsteps(source.get("path"), f"{at}.path")
    yield from one_of(_HOST_PATHS, source.get("type"), f"{at}.type")


def _secret(source: Object, at: str) -> Refusals:
    yield from required(source, "secretName", at)
    yield from _files(source, at)


def _config_map(source: Object, at: str) -> Refusals:
    yield from required(source, "name", at)
    yield from _files(source, at)


def _claim(source: Object, at: str) -> Refusals:
    yield from required(source, "claimName", at)


def _ephemeral(source: Object, at: str) -> Refusals:
    template = source.get("volumeClaimTemplate")
    if not isinstance(template, dict):
        yield Refusal(f"{at}.volumeClaimTemplate", "is required")
    else:
        yield from claim_spec(template.get("spec"), f"{at}.volumeClaimTemplate.spec")


def _nfs(source: Object, at: str) -> Refusals:
    yield from required(source, "server", at)
    yield from required(source, "path", at)
    if source.get("path") and not text(source["path"]).startswith("/"):
        yield Refusal(f"{at}.path", f"`{source['path']}` must begin with `/`")


def _csi(source: Object, at: str) -> Refusals:
    yield from required(source, "driver", at)
    driver = text(source.get("driver"))
    yield from faulty(dns_subdomain, driver.lower() or None, f"{at}.driver")
    if len(driver) > _LONGEST_DRIVER:
        yield Refusal(f"{at}.driver", f"is longer than {_LONGEST_DRIVER} characters")


def _image(source: Object, at: str) -> Refusals:
    yield from one_of(PULLS, source.get("pullPolicy") or None, f"{at}.pullPolicy")


def _files(source: Object, at: str) -> Refusals:
    yield from _mode(source.get("defaultMode"), f"{at}.defaultMode")
    for place, item in items(source.get("items"), f"{at}.items"):
        yield from required(item, "key", place)
        yield from required(item, "path", place)
        yield from _local(item.get("path"), f"{place}.path")
        yield from _mode(item.get("mode"), f"{place}.mode")


def _downward(source: Object, at: str) -> Refusals:
    yield from _mode(source.get("defaultMode"), f"{at}.defaultMode")
    for _, item in items(source.get("items"), at):
        yield from _downward_file(item, at)


def _downward_file(item: Object, at: str) -> Refusals:
    yield from required(item, "path", at)
    yield from _local(item.get("path"), f"{at}.path")
    yield from _mode(item.get("mode"), f"{at}.mode")
    field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if isinstance(field, dict) and isinstance(resource, dict):
        yield Refusal(at, "`fieldRef` and `resourceFieldRef` cannot stand together")
    elif isinstance(field, dict):
        yield from field_reference(field, _FIELDS, f"{at}.fieldRef")
    elif isinstance(resource, dict):
        yield from required(resource, "containerName", f"{at}.resourceFieldRef")
        yield from resource_reference(resource, f"{at}.resourceFieldRef")
    else:
        yield Refusal(at, "needs one of `fieldRef` and `resourceFieldRef`")


def _projected(source: Object, at: str) -> Refusals:
    yield from _mode(source.get("defaultMode"), f"{at}.defaultMode")
    for place, part in items(source.get("sources"), f"{at}.sources"):
        if len(part) > 1:
            yield Refusal(place, "can have only one source")
        for kind, rule in _PARTS.items():
            if isinstance(part.get(kind), dict):
                yield from rule(part[kind], f"{place}.{kind}")
    yield from repeated((at, path) for path in _projected_paths(source))


def _projected_paths(source: Object) -> Iterator[str]:
    for _, part in items(source.get("sources"), ""):
        for kind in ("secret", "configMap", "downwardAPI"):
            for _, item in items(mapping(part.get(kind)).get("items"), ""):
                if item.get("path"):
                    yield text(item["path"])


def _part_files(part: Object, at: str) -> Refusals:
    yield from required(part, "name", at)
    yield from _files(part, at)


def _part_downward(part: Object, at: str) -> Refusals:
    for _, item in items(part.get("items"), at):
        yield from _downward_file(item, at)


def _token(part: Object, at: str) -> Refusals:
    yield from within(600, 2**32, part.get("expirationSeconds"), f"{at}.expirationSeconds")
    # the server names the volume here, not the source
    volume = at.rpartition(".sources[")[0]
    yield from required(part, "path", volume)
    yield from _local(part.get("path"), f"{volume}.path")


def _mode(value: Any, at: str) -> Refusals:
    number = whole(value)
    if number is not None and not 0 <= number <= 0o777:
        yield Refusal(at, f"{number} is not between 0 and 0777 (octal)")


def no_backsteps(path: Any, at: str) -> Refusals:
    """A path that leads up."""
    if ".." in text(path).split("/"):
        yield Refusal(at, "must not contain `..`")


def descending(path: Any, at: str) -> Refusals:
    """A path that is not below where it starts."""
    if text(path).startswith("/"):
        yield Refusal(at, f"`{path}` must be a relative path")
    yield from no_backsteps(path, at)


def _local(path: Any, at: str) -> Refusals:
    yield from descending(path, at)
    if text(path).startswith("..") and ".." not in text(path).split("/"):
        yield Refusal(at, f"`{path}` must not begin with `..`")


SOURCES: Mapping[str, Validator] = {
    "emptyDir": _empty_dir,
    "hostPath": _host_path,
    "secret": _secret,
    "configMap": _config_map,
    "persistentVolumeClaim": _claim,
    "ephemeral": _ephemeral,
    "downwardAPI": _downward,
    "projected": _projected,
    "nfs": _nfs,
    "csi": _csi,
    "image": _image,
}
"""The rule of each kind of source that has one."""
_PARTS: Mapping[str, Validator] = {
    "secret": _part_files,
    "configMap": _part_files,
    "downwardAPI": _part_downward,
    "serviceAccountToken": _token,
}
