"""The operator says how much one person takes out alone; never a list of people."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.exports.export_settings import ExportSettings, load_export_settings


def test_what_ships_and_what_is_said(home: Path) -> None:
    assert load_export_settings() == ExportSettings(rows=1_000, personal_values=50)
    (home / "fanzha.toml").write_text("[exports]\npersonal_values = 5\n", "utf-8")
    assert load_export_settings() == ExportSettings(rows=1_000, personal_values=5)


@pytest.mark.parametrize(
    "text", ["rows = 10_001", "personal_values = 501", "rows = -1", "row = 1", 'rows = "many"', "["]
)
def test_what_cannot_be_is_told(home: Path, text: str) -> None:
    (home / "fanzha.toml").write_text(f"[exports]\n{text}\n", "utf-8")
    with pytest.raises(UsageError, match="fanzha.toml"):
        load_export_settings()
