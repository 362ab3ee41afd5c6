"""`fanzha scoreboard` simulates and scores, or scores files that are there; bilingual for people, or as JSON."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha

SMALL = (
    "--subscribers",
    "60",
    "--days",
    "1",
    "--attackers",
    "0",
    "--strength",
    "gangs=1",
    "--strength",
    "calls_a_day=1",
)


def scoreboard(*arguments: str) -> Result:
    return CliRunner().invoke(fanzha, ["scoreboard", *arguments])


def test_it_simulates_scores_and_can_score_the_kept_files_again(tmp_path: Path) -> None:
    first = scoreboard(*SMALL, "--detector", "gateway-guard", "--keep", str(tmp_path / "run"), "--json")
    scored = json.loads(first.stdout)
    assert scored["detectors"] == ["gateway-guard"]
    frauds = {one["scenario"] for one in scored["boards"]["live"]["stopped"]}
    assert {"wangiri", "simbox", "victim_at_risk", "spoofed_caller"} <= frauds
    folder = ("--findings", str(tmp_path / "run/results/findings.parquet"), "--truth", str(tmp_path / "run/province"))
    assert json.loads(scoreboard(*folder, "--json").stdout)["boards"] == scored["boards"]
    output = scoreboard(*folder).stdout
    assert "诈骗 Frauds" in output and "Victims warned in time" in output
    assert "响一声" in output and "look-alikes pooled" in output and "模拟数据 SIMULATED" in output


def test_findings_without_their_truth_are_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "findings.parquet").write_text("x")
    assert isinstance(scoreboard("--findings", str(tmp_path / "findings.parquet")).exception, UsageError)
