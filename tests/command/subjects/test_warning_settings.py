"""The gateway comes of the settings; a password that others can read is refused."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.subjects.warning_settings import WarningSettings, load_gateway, load_warning_settings


def test_nothing_is_sent_without_settings(home: Path) -> None:
    assert load_warning_settings() == WarningSettings()


def test_a_key_that_is_none_is_named(home: Path) -> None:
    (home / "fanzha.toml").write_text("[warn]\nuri = 'x'\n")
    with pytest.raises(UsageError, match="uri"):
        load_warning_settings()


def test_a_password_is_read_from_a_private_file_alone(home: Path) -> None:
    settings = WarningSettings(url="http://127.0.0.1/", username="a", password_file="sms", sender="96110")
    with pytest.raises(UsageError, match="is not there"):
        load_gateway(settings)
    (home / "keys").mkdir()
    secret = home / "keys" / "sms"
    secret.write_text("not-to-be-seen\n")
    secret.chmod(0o644)
    with pytest.raises(UsageError, match="by others"):
        load_gateway(settings)
    secret.chmod(0o600)
    assert load_gateway(settings).password == "not-to-be-seen"
