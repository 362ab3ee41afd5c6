"""`fanzha schema` prints every table that events, maps and findings have."""

import json

from click.testing import CliRunner

from fanzha.base.errors import UsageError
from fanzha.claims.finding import FINDING_SCHEMA
from fanzha.cli import fanzha
from fanzha.events import all_events


def test_all_tables_are_printed_with_types_units_and_titles() -> None:
    result = CliRunner().invoke(fanzha, ["schema", "--json"])
    tables = json.loads(result.output)
    assert set(tables) == {*all_events(), "calls", "findings"}
    talk = next(column for column in tables["call_ended"] if column["name"] == "talk_ms")
    assert (talk["type"], talk["unit"], talk["zh"], talk["en"]) == ("int64", "ms", "通话时长", "talk time")
    assert [column["name"] for column in tables["findings"]] == FINDING_SCHEMA.names


def test_one_table_is_printed_for_people() -> None:
    output = CliRunner().invoke(fanzha, ["schema", "calls"]).output
    assert "answered_at" in output and "应答时间" in output and "findings" not in output


def test_a_table_that_is_not_there_says_which_are() -> None:
    error = CliRunner().invoke(fanzha, ["schema", "call"]).exception
    assert isinstance(error, UsageError) and "calls" in str(error)
