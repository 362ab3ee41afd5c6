"""Each effect has one handler, found by the folder of its app."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from fanzha.command.processes.handlers import load_handlers, warm_up
from fanzha.processes.effects import Effect


def test_handlers_are_found_by_app_and_name_effects_that_there_are() -> None:
    assert {"notify_owner", "open_process", "escalate"} <= set(load_handlers()) <= {str(effect) for effect in Effect}


@pytest.fixture
def another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Path]:
    """The `effects.py` of another app, to be written."""
    import fanzha.command

    folder = tmp_path / "another"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.setattr(fanzha.command, "__path__", [*fanzha.command.__path__, str(tmp_path)])
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "fanzha.command.another"]
    load_handlers.cache_clear()
    yield folder / "effects.py"
    load_handlers.cache_clear()
    for name in ("fanzha.command.another", "fanzha.command.another.effects"):
        sys.modules.pop(name, None)


def test_two_apps_that_carry_out_the_same_effect_are_a_fault(another: Path) -> None:
    another.write_text("EFFECTS = {'notify_owner': None}\n")
    with pytest.raises(TypeError, match="two apps carry out notify_owner"):
        load_handlers()


def test_an_app_that_cannot_make_itself_ready_holds_nothing_up(another: Path, caplog: pytest.LogCaptureFixture) -> None:
    another.write_text("EFFECTS = {}\ndef warm_up():\n    raise OSError('the disk is away')\n")
    warm_up()
    assert "fanzha.command.another.effects is not ready yet: the disk is away" in caplog.text
