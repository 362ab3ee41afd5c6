"""Settings of public reports have working defaults, and a wrong one is named with its file."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.reports.report_settings import load_report_settings


def test_without_a_table_one_report_in_ten_is_called_back(home: Path) -> None:
    assert load_report_settings().call_back_share == 0.1


def test_a_wrong_share_is_refused_with_the_file(home: Path) -> None:
    (home / "fanzha.toml").write_text("[reports]\ncall_back_share = 2\n")
    with pytest.raises(UsageError, match="call_back_share"):
        load_report_settings()
