"""The settings of tracebacks come from the state folder, and wrong ones are told with file and key."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.traceback_settings import TracebackSettings, load_traceback_settings


def test_without_a_table_the_defaults_hold(tmp_path: Path) -> None:
    assert load_traceback_settings(tmp_path) == TracebackSettings()


def test_a_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "fanzha.toml").write_text("[call_traceback]\nmax_hops = 3\ntolerance_seconds = 5.5\n")
    settings = load_traceback_settings(tmp_path)
    assert settings.max_hops == 3 and settings.tolerance_seconds == 5.5


@pytest.mark.parametrize("line", ["max_hops = 0", "record_days = 5000", "hops = 3"])
def test_a_wrong_table_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "fanzha.toml").write_text(f"[call_traceback]\n{line}\n")
    with pytest.raises(UsageError, match="call_traceback"):
        load_traceback_settings(tmp_path)
