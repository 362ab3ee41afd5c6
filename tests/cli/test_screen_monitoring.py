"""`fanzha screen monitoring`: what Grafana and Prometheus are given is what the package holds."""

import json
from pathlib import Path

from click.testing import CliRunner

from fanzha.cli._screen_monitoring import COMMAND, NAMES


def test_both_files_are_written_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "monitoring"
    done = CliRunner().invoke(COMMAND, [str(folder)], catch_exceptions=False)
    assert done.stdout.split() == [str(folder / name) for name in NAMES]
    assert json.loads((folder / "grafana-screens.json").read_text("utf-8"))["uid"] == "fanzha-screens"
    assert (folder / "prometheus-alerts.yml").read_text("utf-8").startswith("# Alert rules")
