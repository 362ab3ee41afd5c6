"""Every process there is, walked through all that can happen in it; and where processes come from."""

import sys
from functools import cache
from pathlib import Path

import pytest
from tests.processes.walking import SETTINGS, Walked, evidence_for, owner_of, walk

from fanzha.base.errors import UsageError
from fanzha.processes import Actor, Reason, Refusal, Situation, all_processes, fire
from fanzha.processes.catalog import _installed
from fanzha.processes.process import DataCategory, Event, Process
from fanzha.processes.roles import role_table

PROCESSES = sorted(all_processes())


@cache
def walked(name: str) -> Walked:
    return walk(all_processes()[name])


def events(process: Process) -> dict[str, Event]:
    return {**process.events, **(process.legs.events if process.legs else {})}


@pytest.mark.parametrize("name", PROCESSES)
def test_every_event_can_happen_by_somebody_who_may(name: str) -> None:
    assert set(events(all_processes()[name])) - set(walked(name).fired) == set()


@pytest.mark.parametrize("name", PROCESSES)
def test_every_event_is_refused_to_somebody_who_may_not(name: str) -> None:
    process = all_processes()[name]
    for event_name, event in process.events.items():
        for situation in walked(name).situations.values():
            if situation.state in event.sources:
                _refused(process, situation, event_name, event)
                break


def _refused(process: Process, situation: Situation, name: str, event: Event) -> None:
    table = role_table()
    named = {kind for actor_spec in event.who for kind in table.kinds_of(actor_spec.partition(".")[0])}
    for kind in [kind for kind in table.kinds if kind not in named]:
        stranger = Actor(person="stranger", organization="elsewhere", kind=kind, unit="x", roles=frozenset(table.roles))
        evidence = evidence_for(process, event, situation.entered_at, 3, full=True, kind=kind)
        with pytest.raises(Refusal) as caught:
            fire(process, situation, name, stranger, evidence, situation.entered_at, settings=SETTINGS)
        assert caught.value.reason is Reason.ROLE


@pytest.mark.parametrize("name", PROCESSES)
def test_from_everywhere_a_way_leads_to_an_end(name: str) -> None:
    process, found = all_processes()[name], walked(name)
    ending = {key for key, situation in found.situations.items() if process.states[situation.state].end}
    while more := {key for key, after in found.following.items() if key not in ending and after & ending}:
        ending |= more
    assert {found.situations[key].state for key in found.situations.keys() - ending} == set()


@pytest.mark.parametrize("name", PROCESSES)
def test_every_state_is_come_to(name: str) -> None:
    process, found = all_processes()[name], walked(name)
    assert set(process.states) == {situation.state for situation in found.situations.values()}
    legs = {leg.state for situation in found.situations.values() for leg in situation.legs}
    assert set(process.legs.states if process.legs else ()) == legs


@pytest.mark.parametrize("name", PROCESSES)
def test_every_step_of_every_deadline_passes(name: str) -> None:
    process = all_processes()[name]
    deadlines = {**process.deadlines, **(process.legs.deadlines if process.legs else {})}
    steps = {f"{key}:{number}" for key, deadline in deadlines.items() for number in range(len(deadline.then))}
    assert steps - walked(name).passed == set()


@pytest.mark.parametrize("name", PROCESSES)
def test_no_deadline_runs_on_after_the_end_and_one_runs_wherever_it_should(name: str) -> None:
    process = all_processes()[name]
    for situation in walked(name).situations.values():
        state = process.states[situation.state]
        assert not (state.end and situation.timers)
        deadlines = {key for key, one in process.deadlines.items() if situation.state in one.during}
        assert {timer.deadline for timer in situation.timers if not timer.leg} <= deadlines | {
            key for key, one in process.deadlines.items() if one.after
        }


@pytest.mark.parametrize("name", PROCESSES)
def test_who_is_limited_is_told_and_can_appeal(name: str) -> None:
    process, found = all_processes()[name], walked(name)
    limiting = {state for state, one in process.states.items() if one.limiting}
    if process.data is DataCategory.OWNED and limiting:
        assert any(event.appeal for event in process.events.values())
    for changes in found.fired.values():
        for change in changes:
            entered = [step for step in change.steps if not step.leg and step.state in limiting]
            free = [step for step in entered if step.before not in limiting]
            withheld = any(name.endswith("withheld_until") for name in change.situation.facts)
            assert not free or change.notices or withheld


@pytest.mark.parametrize("name", PROCESSES)
def test_owners_named_in_the_file_can_own_it(name: str) -> None:
    process = all_processes()[name]
    assert owner_of(process).kind in role_table().kinds


def test_an_operator_adds_a_process_as_a_text_and_cannot_replace_one() -> None:
    text = all_processes()["order"].text
    assert "own_order" in all_processes({"own_order.yaml": text.replace("name: order", "name: own_order")})
    with pytest.raises(UsageError, match="already"):
        all_processes({"order.yaml": text})


def test_a_package_from_outside_adds_a_process_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = all_processes()["order"].text.replace("name: order", "name: order_from_outside")
    (tmp_path / "outside_process.py").write_text(f"TEXT = {text!r}\nNUMBER = 1\n", "utf-8")
    info = tmp_path / "outside_process-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outside-process\nVersion: 1\n")
    points = info / "entry_points.txt"
    monkeypatch.syspath_prepend(tmp_path)
    try:
        points.write_text("[fanzha.processes]\norder_from_outside = outside_process:TEXT\n")
        _installed.cache_clear()
        assert "order_from_outside" in all_processes()
        points.write_text("[fanzha.processes]\norder_from_outside = outside_process:NUMBER\n")
        _installed.cache_clear()
        with pytest.raises(UsageError, match="YAML text"):
            all_processes()
    finally:
        _installed.cache_clear()
        sys.modules.pop("outside_process", None)
