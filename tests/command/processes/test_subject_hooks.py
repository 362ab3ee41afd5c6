"""Processes reach subjects by the hooks of the app that keeps them."""

from fanzha.command.processes.subject_hooks import subject_hooks
from fanzha.command.subjects import process_subjects


def test_the_hooks_are_those_of_the_app_that_keeps_subjects() -> None:
    hooks = subject_hooks()
    assert hooks.check_subjects is process_subjects.check_subjects
    assert hooks.set_about is process_subjects.set_about
    assert hooks.masked_values is process_subjects.masked_values
