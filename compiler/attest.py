"""Files -> Files, with a statement of their provenance: their digests and those of the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from compiler import statement, write
from compiler.file import File, Origin


def attest(
    files: tuple[File, ...], inputs: Mapping[str, str], compiler: str, version: str
) -> tuple[File, ...]:
    """The files and the statement of their provenance.

    The statement has the digest of the index; the index lists the statement without a digest.

    Args:
        files: all generated files; without any there is no statement.
        inputs: the SHA-256 of each input, by path.
        compiler: the SHA-256 of the compiler's own files.
        version: the compiler's version.
    """
    if not files:
        return ()
    stated = File(statement.PATH, "\n", _origins(files))
    everything = tuple(sorted((*files, stated), key=lambda file: file.path))
    digests = {file.path: file.digest for file in files}
    digests[write.INDEX] = sha256(write.index(everything)).hexdigest()
    value = _statement(digests, inputs, compiler, version)
    whole = replace(stated, text=statement.text(value))
    return tuple(whole if file is stated else file for file in everything)


def _origins(files: tuple[File, ...]) -> tuple[Origin, ...]:
    """Every resource that a file comes from, each as a whole."""
    resources = dict.fromkeys(origin.resource for file in files for origin in file.origins)
    ordered = sorted(resources, key=lambda resource: resource.name_span)
    return tuple(Origin("", resource) for resource in ordered)


def _statement(
    outputs: Mapping[str, str], inputs: Mapping[str, str], compiler: str, version: str
) -> dict[str, Any]:
    return {
        "_type": statement.TYPE,
        "subject": statement.descriptors(outputs),
        "predicateType": statement.PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": statement.BUILD,
                "externalParameters": statement.PARAMETERS,
                "resolvedDependencies": statement.descriptors(inputs),
            },
            "runDetails": {
                "builder": {
                    "id": statement.BUILDER,
                    "version": {"roster": version},
                    "builderDependencies": statement.descriptors({"compiler": compiler}),
                }
            },
        },
    }
