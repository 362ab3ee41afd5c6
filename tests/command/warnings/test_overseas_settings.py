"""The settings of calls from abroad are optional, and a mistake names its file."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.warnings.overseas_settings import load_overseas_settings


def test_settings_have_defaults_and_mistakes_are_named(home: Path) -> None:
    assert load_overseas_settings().most_exceptions == 0
    (home / "fanzha.toml").write_text("[overseas_calls]\nmost_exceptions = -1\n", "utf-8")
    with pytest.raises(UsageError, match="overseas_calls"):
        load_overseas_settings()
