"""Whatever process of the site erases a person, running processes forget him too."""

from fanzha.command.audit.erasing import person_erased
from fanzha.command.evidence.forgetting import forget_person


def test_running_processes_are_told() -> None:
    assert any(found() is forget_person for _key, found, *_ in person_erased.receivers)
