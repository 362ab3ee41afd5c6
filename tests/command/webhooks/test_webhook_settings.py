"""The operator says in one place whether subscribers may be within his networks."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.webhooks.webhook_settings import load_webhook_settings


def test_nothing_is_allowed_by_itself(home: Path) -> None:
    assert not load_webhook_settings().private_addresses
    (home / "fanzha.toml").write_text("[webhooks]\nprivate_addresses = true\n", "utf-8")
    assert load_webhook_settings().private_addresses


@pytest.mark.parametrize("text", ["[webhooks]\nprivat = true\n", "[webhooks]\nprivate_addresses = 1\n", "["])
def test_what_cannot_be_understood_is_told(home: Path, text: str) -> None:
    (home / "fanzha.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match="fanzha.toml"):
        load_webhook_settings()
