"""What a process answers about itself."""

import pytest

from fanzha.processes import all_processes

ORDER = all_processes()["order"]


def test_a_limiting_state_has_its_own_notice_or_that_of_the_process() -> None:
    assert ORDER.notice_of("issued") is ORDER.notice
    assert ORDER.notice_of("drafted") is None


@pytest.mark.parametrize(("event", "of"), [("approve", ORDER), ("acknowledge", ORDER.legs), ("fly", None)])
def test_an_event_belongs_to_the_process_or_to_its_legs(event: str, of: object) -> None:
    assert ORDER.machine_of(event) is of


def test_openings_are_the_events_without_a_state_before() -> None:
    assert set(ORDER.opening) == {"draft"}
