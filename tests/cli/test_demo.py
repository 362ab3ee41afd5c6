"""`fanzha demo` does the main job on what is bundled, and without a terminal it checks what it left behind."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from fanzha.cli import fanzha
from fanzha.detect import RuleDetector, all_detectors

#: Detectors of which the bundled samples or the simulated traffic show at least one finding.
SHOWN = {
    *("a2p-abuse", "call-centre-burst", "cross-channel", "forwarding-abuse", "fraud-subscriber", "fraud-text"),
    *("fraud-type", "gateway-guard", "home-numbers-from-abroad", "iot-card-misuse", "landline-burst"),
    *("leased-line-misuse", "lookalike-website", "new-card", "paired-phones", "phishing-page"),
    *("sequential-dialling", "sim-box", "test-call-probe", "victim-at-risk", "wangiri"),
}


@pytest.mark.field
def test_the_demo_ends_well_and_shows_findings_of_the_bundled_detectors(tmp_path: Path) -> None:
    result = CliRunner().invoke(fanzha, ["demo", "--no-site", "--out", str(tmp_path / "out")])
    assert result.exception is None, result.output
    assert "ok report.html is one self-contained file" in result.stdout
    findings = pq.read_table(tmp_path / "out" / "findings.parquet")
    assert set(findings.column("detector").to_pylist()) >= SHOWN
    of_rules = {name for name, detector in all_detectors().items() if isinstance(detector, RuleDetector)}
    made_up = [one["simulated"] for one in findings.to_pylist() if one["detector"] in of_rules]
    assert made_up and all(made_up)
