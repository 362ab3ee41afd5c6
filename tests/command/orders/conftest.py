"""State folders for the tests of orders: one a test, in which made-up orders act on the screens."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation

from fanzha.command.processes import outbox_worker


@pytest.fixture(autouse=True)
def no_retry_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no effect that failed be due again while a test settles, however slow the machine is."""
    monkeypatch.setattr(outbox_worker, "RETRY_DELAYS", [timedelta(seconds=45)] * len(outbox_worker.RETRY_DELAYS))


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test alone; the database is the one of the run."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("FANZHA_HOME", str(home))
    return home


@pytest.fixture
def exercise_settings(own_home: Path) -> None:
    """The screens are those of a made-up carrier, so that made-up orders act; requests may go to this machine."""
    text = '[verdicts]\norganisation = "Example carrier"\n[orders]\nlocal_addresses = true\n'
    (own_home / "fanzha.toml").write_text(text, "utf-8")


@pytest.fixture
def in_english() -> Iterator[None]:
    """Words are those of an English reader."""
    with translation.override("en"):
        yield
