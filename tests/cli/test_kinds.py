"""`fanzha kinds` lists every kind for programs and for people."""

import json

from click.testing import CliRunner

from fanzha.cli import fanzha
from fanzha.kinds import all_kinds


def test_json_names_every_kind_with_its_stix_and_misp_types() -> None:
    rows = json.loads(CliRunner().invoke(fanzha, ["kinds", "--json"]).output)
    assert [row["name"] for row in rows] == list(all_kinds())
    assert all(row["zh"] and row["en"] and row["stix"] and row["misp"] for row in rows)


def test_people_read_a_line_a_kind_in_both_languages() -> None:
    lines = CliRunner().invoke(fanzha, ["kinds"]).output.splitlines()
    assert len(lines) == len(all_kinds())
    (website,) = [line for line in lines if line.startswith("website ")]
    assert "网站" in website and website.endswith("website")
