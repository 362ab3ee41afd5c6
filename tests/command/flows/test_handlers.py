"""Each effect has one handler, found by the folder of its app."""

import sys
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from fanzha.command.flows.handlers import handlers
from fanzha.processes.effects import Effect


def test_handlers_are_found_by_app_and_name_effects_that_there_are() -> None:
    assert {"notify_owner", "open_process", "escalate"} <= set(handlers()) <= {str(effect) for effect in Effect}


def test_two_apps_that_carry_out_the_same_effect_are_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    import fanzha.command

    folder = tmp_path / "twice"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "effects.py").write_text("EFFECTS = {'notify_owner': None}\n")
    monkeypatch.setattr(fanzha.command, "__path__", [*fanzha.command.__path__, str(tmp_path)])
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "fanzha.command.twice"]
    handlers.cache_clear()
    try:
        with pytest.raises(TypeError, match="two apps carry out notify_owner"):
            handlers()
    finally:
        handlers.cache_clear()
        sys.modules.pop("fanzha.command.twice", None)
        sys.modules.pop("fanzha.command.twice.effects", None)
