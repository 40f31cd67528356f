"""promtool and amtool accept the settings of Prometheus and Alertmanager."""

from __future__ import annotations

from pathlib import Path

from tests.accept.programs import Objects, program, run, settings


def test_prometheus_takes_its_configuration_and_rules(objects: Objects, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for name, text in settings(objects, "prometheus-rules").items():
        (rules / name).write_text(text)
    text = settings(objects, "prometheus")["prometheus.yml"]
    assert "/etc/prometheus/rules/" in text
    config = tmp_path / "prometheus.yml"
    config.write_text(text.replace("/etc/prometheus/rules", str(rules)))
    done = run(program("promtool"), "check", "config", str(config))
    assert done.returncode == 0, done.stderr
    assert "3 rules found" in done.stdout
    config.write_text(text.replace("scrape_interval", "scrape_intervall"))
    assert run(program("promtool"), "check", "config", str(config)).returncode != 0


def test_alertmanager_takes_its_configuration(objects: Objects, tmp_path: Path) -> None:
    text = settings(objects, "alertmanager")["alertmanager.yml"]
    config = tmp_path / "alertmanager.yml"
    config.write_text(text)
    done = run(program("amtool"), "check-config", str(config))
    assert done.returncode == 0, done.stderr
    assert "1 receivers" in done.stdout
    routed = run(program("amtool"), "config", "routes", "test", f"--config.file={config}", "a=b")
    assert routed.stdout.strip() == "people"
    config.write_text(text.replace("receiver: people", "receiver: unknown"))
    assert run(program("amtool"), "check-config", str(config)).returncode != 0
