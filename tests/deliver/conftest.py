"""A state folder with passwords and an open outbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.store.warning_outbox import WarningOutbox, open_outbox


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / "smsc").write_text("secret\n")
    (tmp_path / "keys" / "smsc").chmod(0o600)
    return tmp_path


@pytest.fixture
def outbox(home: Path, socket_enabled: None) -> Iterator[WarningOutbox]:
    with open_outbox(home) as made:
        yield made
