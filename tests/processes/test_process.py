"""What a process answers about itself."""

import pytest
from tests.processes.order_people import AT, SETTINGS

from fanzha.processes import Party, all_processes, fire, import_actor, start
from fanzha.processes.effects import Effect

ORDER = all_processes()["order"]


def test_a_limiting_state_has_its_own_notice_or_that_of_the_process() -> None:
    assert ORDER.notice_for("issued") is ORDER.notice
    assert ORDER.notice_for("drafted") is None


@pytest.mark.parametrize(("event", "of"), [("approve", ORDER), ("acknowledge", ORDER.legs), ("fly", None)])
def test_an_event_belongs_to_the_process_or_to_its_legs(event: str, of: object) -> None:
    assert ORDER.machine_for(event) is of


def test_openings_are_the_events_without_a_state_before() -> None:
    assert set(ORDER.opening) == {"draft"}


@pytest.mark.parametrize(
    ("critical", "by_machine", "state"), [(1, 0, "against_rule"), (0, 1, "against_rule"), (0, 0, "suspended")]
)
def test_what_breaks_the_rule_happens_as_what_it_is(critical: int, by_machine: int, state: str) -> None:
    process, owner, bss = all_processes()["iot_card"], Party("north", "carrier"), import_actor("bss")
    opened = {"customer": "a hospital", "critical": bool(critical)}
    change = start(process, "import_active", bss, opened, AT, ref="r", owner=owner, settings=SETTINGS)
    given = {"rule": "odd use", "decided_by": "somebody", "by_machine": bool(by_machine)}
    change = fire(process, change.situation, "import_suspension", bss, given, AT, settings=SETTINGS)
    assert change.situation.state == state and change.evidence == given
    told = {one.effect for one in change.effects} >= {Effect.NOTIFY_OWNER, Effect.NOTIFY_REGULATOR}
    assert told is (state == "against_rule")
