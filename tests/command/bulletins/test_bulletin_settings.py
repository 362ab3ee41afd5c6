"""The settings of bulletins are read from the state folder, and errors name the key."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.bulletins.bulletin_settings import BulletinSettings, load_bulletin_settings


def test_without_settings_people_draft_it(home: Path) -> None:
    assert load_bulletin_settings() == BulletinSettings(owners=(), day=3)


@pytest.mark.parametrize("text", ["day = 31", "owner = 'a centre'"])
def test_wrong_settings_are_refused(home: Path, text: str) -> None:
    (home / "fanzha.toml").write_text(f"[bulletins]\n{text}\n")
    with pytest.raises(UsageError, match=r"\[bulletins\]"):
        load_bulletin_settings()
