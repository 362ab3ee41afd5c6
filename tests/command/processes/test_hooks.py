"""Each effect has one handler, found by the folder of its app."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from fanzha.command.processes.hooks import (
    StepAttempt,
    find_instance_page,
    find_step_page,
    load_checks,
    load_handlers,
    run_checks,
    subject_hooks,
    warm_up,
)
from fanzha.command.subjects import process_subjects
from fanzha.processes.effects import Effect
from fanzha.processes.parties import Party
from fanzha.processes.refusal import Refusal


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
    with pytest.raises(TypeError, match="two apps handle notify_owner"):
        load_handlers()


def test_an_app_that_cannot_make_itself_ready_holds_nothing_up(another: Path, caplog: pytest.LogCaptureFixture) -> None:
    another.write_text("EFFECTS = {}\ndef warm_up():\n    raise OSError('the disk is away')\n")
    warm_up()
    assert "fanzha.command.another.effects is not ready yet: the disk is away" in caplog.text


# The checks of steps are found by folder, and what they raise stops the step.

#: An order that no kind of target is for.
DRAFT = {"target_kind": "number", "action": "none", "subjects": ("+8617000001234",)}
WRONG = StepAttempt("draft", DRAFT, DRAFT, 0, Party("a-centre", "centre"))


def test_an_app_names_the_pages_of_its_processes() -> None:
    assert find_instance_page("order") == "order" and find_instance_page("lead") == "process"
    assert find_step_page("order", "approve") == "order_approve" and find_step_page("order", "ratify") == ""


def test_those_of_orders_are_found() -> None:
    modules = {one.__module__ for one in load_checks()["order"]}
    assert modules == {"fanzha.command.notices.checks", "fanzha.command.orders.checks"}


def test_what_a_check_has_against_a_step_is_raised_for_its_own_process_alone() -> None:
    with pytest.raises(Refusal, match="not possible for this kind of target"):
        run_checks("order", WRONG)
    assert "lead" not in load_checks()
    run_checks("lead", WRONG)


# Processes reach subjects by the hooks of the app that keeps them.


def test_the_hooks_are_those_of_the_app_that_keeps_subjects() -> None:
    hooks = subject_hooks()
    assert hooks.check_subjects is process_subjects.check_subjects
    assert hooks.set_about is process_subjects.set_about
    assert hooks.masked_values is process_subjects.masked_values
