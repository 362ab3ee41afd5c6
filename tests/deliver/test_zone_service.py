"""The zone server says what to write where its settings are missing."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.deliver.zone_service import run


def test_without_settings_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="resolver_zone"):
        run()
