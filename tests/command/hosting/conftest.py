"""A state folder with a prober."""

from pathlib import Path

import pytest


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    settings = '[prober]\ncontrol = "www.example"\n[[prober.vantage]]\nname = "east"\nresolver = "192.0.2.1:53"\n'
    (tmp_path / "fanzha.toml").write_text(settings)
    return tmp_path
