"""Budgets of disclosure have defaults and are checked."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.organizations.disclosure_settings import DisclosureSettings, load_disclosure_settings


def test_what_is_not_set_has_its_default(home: Path) -> None:
    assert load_disclosure_settings() == DisclosureSettings()
    (home / "fanzha.toml").write_text("[disclosure]\nsame_mask = 5\n")
    assert load_disclosure_settings() == DisclosureSettings(same_mask=5)


@pytest.mark.parametrize("line", ["same_mask = 0", "values_per_hour = -1", "per_second = 1"])
def test_a_wrong_setting_is_named(home: Path, line: str) -> None:
    (home / "fanzha.toml").write_text(f"[disclosure]\n{line}\n")
    with pytest.raises(UsageError, match="disclosure"):
        load_disclosure_settings()
