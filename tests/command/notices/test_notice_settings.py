"""The table `[notices]` has defaults, and a wrong value is told with its file."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.notices.notice_settings import NoticeSettings, load_notice_settings


def test_without_a_table_the_defaults_hold(home: Path) -> None:
    assert load_notice_settings() == NoticeSettings()


@pytest.mark.parametrize("line", ['hotline = "call us"', "text_hours = 0", 'receipt_address = "http://a.example/x?"'])
def test_a_wrong_value_is_refused(home: Path, line: str) -> None:
    (home / "fanzha.toml").write_text(f"[notices]\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match="notices"):
        load_notice_settings()


def test_the_hotline_of_appeals_is_the_default(home: Path) -> None:
    (home / "fanzha.toml").write_text('[appeals]\nhotline = "+861010000"\n[notices]\ntext_hours = 3\n', "utf-8")
    assert load_notice_settings() == NoticeSettings(hotline="+861010000", text_hours=3)
