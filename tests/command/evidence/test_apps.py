"""Whatever process of the site erases a person, running processes forget him too."""

from fanzha.command.audit.erasure import person_erased
from fanzha.command.evidence.erasure import erase_person_data


def test_running_processes_are_told() -> None:
    assert any(found() is erase_person_data for _key, found, *_ in person_erased.receivers)
