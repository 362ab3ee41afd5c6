"""Settings of number signals name their file when they are wrong."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.number_signals.signal_settings import load_signal_settings


def test_without_settings_no_indicator_is_given(home: Path) -> None:
    assert load_signal_settings().appeal == "" and load_signal_settings().monitored_days == 0


@pytest.mark.parametrize("line", ["monitored_days = -1", "appeal = 3", "open = true"])
def test_wrong_settings_are_refused(home: Path, line: str) -> None:
    (home / "fanzha.toml").write_text(f"[number_signals]\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match="number_signals"):
        load_signal_settings()


def test_the_appeals_of_the_installation_are_the_default(home: Path) -> None:
    (home / "fanzha.toml").write_text('[appeals]\naddress = "https://a.example/appeal/"\nhotline = "+861010000"\n')
    assert load_signal_settings().appeal == "https://a.example/appeal/, +861010000"
