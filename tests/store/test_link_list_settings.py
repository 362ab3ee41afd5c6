"""Settings of the public list have defaults, and errors name the key."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.base.marking import Marking
from fanzha.store.link_list_settings import LinkListSettings, load_link_list_settings


def test_nothing_is_published_without_the_table(tmp_path: Path) -> None:
    assert load_link_list_settings(tmp_path) == LinkListSettings()
    assert not LinkListSettings().enabled


def test_the_table_is_read(tmp_path: Path) -> None:
    text = '[link_list]\nenabled = true\nwithout_decision = ["TLP:GREEN"]\nallowed_names = ["own.example"]\n'
    (tmp_path / "fanzha.toml").write_text(text, "utf-8")
    settings = load_link_list_settings(tmp_path)
    assert settings.enabled and settings.without_decision == (Marking.GREEN,)
    assert settings.allowed_names == ("own.example",)


@pytest.mark.parametrize(
    "line", ['enabled = "yes"', "update_seconds = 0", 'allowed_names = ["Own.Example"]', "other = 1"]
)
def test_an_error_names_file_and_table(tmp_path: Path, line: str) -> None:
    (tmp_path / "fanzha.toml").write_text(f"[link_list]\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match=r"fanzha\.toml, \[link_list\]"):
        load_link_list_settings(tmp_path)
