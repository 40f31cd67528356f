"""Kubernetes' own tools read our YAML in Go, which resolves words and numbers in its own way."""

from __future__ import annotations

import json
import subprocess

from compiler.emit.format.yaml import dump
from tests.cluster.binaries import program
from tests.test_yaml import TRICKY


def test_go() -> None:
    values = {f"k{number}": text for number, text in enumerate(TRICKY)}
    keys = dict.fromkeys(TRICKY, "")
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    text = dump({**head, "data": values, "binaryData": keys})
    command = [program("kube"), "kubectl", "annotate", "--local", "-f", "-", "-o", "json", "a=b"]
    ran = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    read = json.loads(ran.stdout)
    assert {key: (read["data"].get(key), text) for key, text in values.items()} == {
        key: (text, text) for key, text in values.items()
    }
    assert read["binaryData"] == keys
