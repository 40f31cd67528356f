"""The command line's contract: exit codes, streams, formats, and the answer to a typing mistake."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from compiler.model import KINDS
from tests.command import run

ROOT = Path(__file__).parents[1]
MINIMAL = ROOT / "tests" / "golden" / "minimal"
BROKEN = ROOT / "tests" / "golden" / "every-mistake-at-once"
DAY = "2026-11-23"


def roster(
    *arguments: str, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `roster` as a process, whose streams are files."""
    return run(*arguments, cwd=cwd, environment={"PATH": os.environ["PATH"], **environment})


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    for name in ("specs", "projects", "policies"):
        shutil.copytree(MINIMAL / name, tmp_path / name)
    return tmp_path


def test_check_of_good_specs() -> None:
    result = roster("check", "--root", str(MINIMAL), "--today", DAY)
    assert (result.returncode, result.stdout) == (0, "")
    assert "no errors" in result.stderr


def test_check_of_bad_specs_reports_all_and_writes_nothing() -> None:
    before = sorted(BROKEN.rglob("*"))
    result = roster("check", "--root", str(BROKEN))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("error[") == 14
    assert result.stderr.endswith("14 errors\n")
    assert sorted(BROKEN.rglob("*")) == before


def test_strict_makes_warnings_count(estate: Path) -> None:
    project = estate / "projects/flashfusion/project.yaml"
    text = project.read_text().replace("servers: [stripe]", "servers: [stripe, second]")
    project.write_text(text)
    server = (estate / "specs/mcp-servers/stripe.yaml").read_text()
    second = server.replace("name: stripe", "name: second").replace("mcp/stripe", "mcp/second")
    (estate / "specs/mcp-servers/second.yaml").write_text(second)
    assert roster("check", "--root", str(estate)).returncode == 0
    strict = roster("check", "--root", str(estate), "--strict")
    assert strict.returncode == 1
    assert "warning[matrix-unused]" in strict.stderr


def test_json_has_the_promised_shape() -> None:
    result = roster("check", "--root", str(BROKEN), "--format", "json")
    document = json.loads(result.stdout)
    assert document["version"] == 1
    assert len(document["diagnostics"]) == 14
    first = document["diagnostics"][0]
    keys = ["code", "severity", "message", "path", "start", "end", "help", "related"]
    assert list(first) == keys
    (double,) = [d for d in document["diagnostics"] if d["code"] == "yaml-duplicate-key"]
    assert double["start"] == {"line": 9, "column": 3}
    assert double["end"] == {"line": 9, "column": 10}
    assert double["related"][0]["start"] == {"line": 8, "column": 3}


def test_sarif_names_every_rule_and_place() -> None:
    log = json.loads(roster("check", "--root", str(BROKEN), "--format", "sarif").stdout)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert (BROKEN / place["artifactLocation"]["uri"]).is_file()
        assert place["region"]["startLine"] >= 1


def test_short_and_github_are_a_line_each() -> None:
    short = roster("check", "--root", str(BROKEN), "--format", "short").stderr.splitlines()
    assert len([line for line in short if re.match(r"\S+:\d+:\d+: error\[[a-z-]+\]: ", line)]) == 14
    github = roster("check", "--root", str(BROKEN), "--format", "github").stdout.splitlines()
    assert len(github) == 14
    assert all(re.match(r"::error file=[^:,]+,line=\d+,col=\d+,", line) for line in github)


def test_generate_with_errors_writes_nothing(tmp_path: Path) -> None:
    for name in ("specs", "projects", "policies"):
        shutil.copytree(BROKEN / name, tmp_path / name)
    result = roster("generate", "--root", str(tmp_path))
    assert result.returncode == 1
    assert "nothing is written" in result.stderr
    assert list((tmp_path / "generated").rglob("*")) == []


def test_wrong_usage_is_two(tmp_path: Path) -> None:
    assert roster("generate", "--bogus").returncode == 2
    assert roster("chekc").returncode == 2
    assert roster("check", "--today", "tomorrow").returncode == 2
    nowhere = roster("check", cwd=tmp_path)
    assert nowhere.returncode == 2
    assert "specs/" in nowhere.stderr


def test_the_root_is_found_from_below(estate: Path) -> None:
    assert roster("check", "--today", DAY, cwd=estate / "specs" / "agents").returncode == 0


def test_explain_code() -> None:
    page = roster("explain", "yaml-empty")
    assert page.returncode == 0
    assert page.stdout == (ROOT / "tests/check/yaml-empty.md").read_text()
    wrong = roster("explain", "aproval-missing")
    assert wrong.returncode == 2
    assert "did you mean `approval-missing`?" in wrong.stderr


def test_explain_says_how_to_read_what_differs() -> None:
    guide = "How to read the examples"
    page = (ROOT / "tests/check/audit-off.md").read_text()
    assert roster("explain", "audit-off").stdout.startswith(f"{page}\n{guide}")
    assert guide not in roster("explain", "yaml-empty").stdout


def test_explain_file_and_field(estate: Path) -> None:
    assert roster("generate", "--root", str(estate)).returncode == 0
    path = "generated/clusters/prod/projects/flashfusion/mcp-server-stripe"
    path += "/deployment.apps-stripe.yaml"
    whole = roster("explain", path, cwd=estate).stdout
    assert "specs/mcp-servers/stripe.yaml:3:18" in whole
    field = f"{path}:spec.template.spec.containers.0.image"
    image = roster("explain", field, cwd=estate).stdout
    text = (estate / "specs/mcp-servers/stripe.yaml").read_text().splitlines()
    line = next(n for n, row in enumerate(text, 1) if "repository:" in row)
    assert re.search(rf"specs/mcp-servers/stripe.yaml:{line}:\d+", image)
    assert roster("explain", f"{path}:spec.nope", cwd=estate).returncode == 2
    assert roster("explain", "generated/nope.yaml", cwd=estate).returncode == 2


def test_every_generated_file_can_be_explained(estate: Path) -> None:
    assert roster("generate", "--root", str(estate)).returncode == 0
    index = json.loads((estate / "generated/.index.json").read_text())
    for entry in index["files"].values():
        assert entry["origins"]
        for origin in entry["origins"]:
            path, _, line = origin.rpartition(":")
            assert len((estate / path).read_text().splitlines()) >= int(line)


def test_access() -> None:
    document = json.loads(roster("access", "--root", str(MINIMAL), "--format", "json").stdout)
    assert document["version"] == 1
    assert document["grants"][0] == {
        "project": "flashfusion",
        "agent": "financial",
        "server": "stripe",
        "tool": "create_refund",
        "via": [],
        "path": "projects/flashfusion/project.yaml",
        "line": 13,
        "approval": "human",
    }
    assert [grant["approval"] for grant in document["grants"]] == ["human", "none"]
    output = roster("access", "--root", str(MINIMAL), "--tool", "stripe/list_invoices").stdout
    assert len(output.splitlines()) == 2
    wrong = roster("access", "--root", str(MINIMAL), "--agent", "finacial")
    assert wrong.returncode == 2
    assert "did you mean `financial`?" in wrong.stderr


def test_capacity_of_the_shipped_estate_reproduces_the_plan() -> None:
    document = json.loads(roster("capacity", "--format", "json").stdout)
    total = document["budget"]["total"]
    assert total["requests"] == {"cpu": 94_000, "memory": 134 * 10**9}
    assert total["limits"] == {"cpu": 188_000, "memory": 268 * 10**9}
    servers, agents = document["budget"]["rows"][:2]
    assert (servers["pods"], servers["requests"]["memory"]) == (54, 54 * 10**9)
    assert (agents["pods"], agents["limits"]["memory"]) == (20, 80 * 10**9)
    assert set(document["clusters"]) == {"dev", "staging", "prod"}
    text = roster("capacity").stdout
    assert re.search(r"^total +85 +94 +188 +134 +268$", text, re.MULTILINE)


def test_schema(tmp_path: Path) -> None:
    assert json.loads(roster("schema", "Agent").stdout)["title"] == "Agent"
    assert roster("schema", "--out", str(tmp_path / "s")).returncode == 0
    assert len(list((tmp_path / "s").iterdir())) == len(KINDS) + 1
    assert "did you mean `Agent`?" in roster("schema", "Agnet").stderr


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    command = f"{sys.executable} -m compiler access --root {ROOT} | head -n 1"
    result = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert "PROJECT" in result.stdout
    assert "Traceback" not in result.stderr


def test_no_colour_when_piped() -> None:
    assert "\033" not in roster("check", "--root", str(BROKEN)).stderr


def on_a_terminal(columns: int, *arguments: str, **environment: str) -> str:
    """What `roster` writes where its streams are a terminal of its own, so many columns wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "compiler", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", **environment},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    output = b""
    with suppress(OSError):  # the other end is closed
        while part := os.read(ours, 4096):
            output += part
    os.close(ours)
    assert process.wait() == 1
    return output.decode().replace("\r\n", "\n")


def test_sixty_columns_and_colour_on_a_terminal() -> None:
    output = on_a_terminal(60, "check", "--root", str(BROKEN))
    assert "\033[31;1merror" in output
    frames = re.sub(r"\033\[[0-9;]*m", "", output).splitlines()
    assert len(frames) > 60
    assert max(len(line) for line in frames if re.match(r" *\d+ \| ", line)) <= 60
    assert "\033" not in on_a_terminal(60, "check", "--root", str(BROKEN), NO_COLOR="1")


def test_a_file_that_cannot_be_read_is_one_mistake(estate: Path) -> None:
    """References to resources in it are not reported."""
    (estate / "specs/models/haiku.yaml").write_bytes(b"\xff")
    (estate / "specs/platform.yaml").write_bytes(b"\xff")
    result = roster("check", "--root", str(estate), "--format", "short")
    assert re.findall(r"error\[([a-z-]+)\]", result.stderr) == ["input-encoding"] * 2
