"""`fanzha detectors` says of every detector what it finds, from what, and under which law."""

import json

from click.testing import CliRunner

from fanzha.cli import fanzha
from fanzha.detect import all_detectors


def test_json_names_every_detector_with_what_it_reads_and_serves() -> None:
    rows = json.loads(CliRunner().invoke(fanzha, ["detectors", "--json"]).output)
    assert [row["name"] for row in rows] == list(all_detectors())
    assert all(row["reads"] and row["law"] and row["zh"] and row["en"] and row["version"] for row in rows)


def test_people_read_every_detector_in_a_table() -> None:
    output = CliRunner().invoke(fanzha, ["detectors"], env={"COLUMNS": "200"}).output
    assert [name for name in all_detectors() if name not in output] == []
    assert "检测器" in output and "ATF Art." in output
