"""What a process answers about itself."""

from pathlib import Path

import pytest
from tests.processes.order_people import AT, SETTINGS

from fanzha.processes import Party, Process, all_processes, fire, import_actor, start
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


@pytest.mark.parametrize(
    "process",
    [process for process in all_processes().values() if process.legs],
    ids=lambda process: process.name,
)
def test_the_page_on_legs_names_each_process_that_sends_them(process: Process) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/send-legs.md").read_text()
    (row,) = [line for line in page.splitlines() if line.startswith(f"| {process.name} ")]
    content = process.legs.carries if process.legs else None
    assert content is not None
    requests = content.requests.values()
    assert all(f"`{request.action}`" in row for request in requests)
    takes_back = content.targets or any(request.undo for request in requests)
    assert row.endswith("| yes |" if takes_back else "| no |")
