"""Looks are off and strict unless the settings say otherwise; a wrong one is named."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.look_settings import LookSettings, load_look_settings


def test_settings_are_off_and_strict_by_default(tmp_path: Path) -> None:
    settings = load_look_settings(tmp_path)
    assert settings == LookSettings() and not settings.enabled and not settings.local_addresses
    assert settings.isolation == "namespaces"


@pytest.mark.parametrize(
    "line", ["page_seconds = 0", "ports = [0]", "personas = ['nobody']", "other = 1", "hosts = {a = 'b'}"]
)
def test_a_wrong_setting_is_named_with_its_file(line: str, tmp_path: Path) -> None:
    (tmp_path / "fanzha.toml").write_text(f"[look]\n{line}\n")
    with pytest.raises(UsageError, match=r"fanzha\.toml, \[look\]"):
        load_look_settings(tmp_path)
