"""Find the checks of apps that may refuse a step: each app may have a `checks.py` with `CHECKS`."""

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

from django.conf import settings

from fanzha.command.processes.models import ProcessInstance


class StepAttempt(NamedTuple):
    """A step that the engine allows, at a moment (UTC ms); `instance` is None while the process is being opened."""

    event: str
    evidence: Mapping[str, Any]
    facts: Mapping[str, Any]
    at: int
    instance: ProcessInstance | None = None


#: Raise Refusal for a step that must not be taken; the process is then as it was.
Check = Callable[[StepAttempt], None]


def run_checks(process: str, attempt: StepAttempt) -> None:
    """Run the checks of all apps for a step of a process. Raise Refusal."""
    for check in load_checks().get(process, ()):
        check(attempt)


@cache
def load_checks() -> dict[str, list[Check]]:
    """Return the checks by process name."""
    checks: dict[str, list[Check]] = {}
    for app in settings.INSTALLED_APPS:
        if app.startswith("fanzha.command.") and find_spec(f"{app}.checks") is not None:
            for process, check in importlib.import_module(f"{app}.checks").CHECKS.items():
                checks.setdefault(process, []).append(check)
    return checks
