"""The settings of the exchange have defaults and limits."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.exchange.share_settings import load_exchange_settings


def test_defaults_hold_and_wrong_values_are_named(home: Path) -> None:
    assert load_exchange_settings().page_objects == 2_000
    (home / "fanzha.toml").write_text("[exchange]\npage_objects = 500\n", "utf-8")
    assert load_exchange_settings().page_objects == 500
    (home / "fanzha.toml").write_text("[exchange]\npage_objects = 0\n", "utf-8")
    with pytest.raises(UsageError, match="exchange"):
        load_exchange_settings()
