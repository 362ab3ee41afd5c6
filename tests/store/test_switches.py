"""Kill switches are thrown with name and reason, and put back; the file alone says which."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.switches import (
    Switch,
    SwitchStep,
    SwitchTarget,
    read_switches,
    reset_switch,
    switches_path,
    throw_switch,
)


def switch(
    what: SwitchTarget,
    name: str = "",
    by: str = "duty officer",
    why: str = "false refusals",
    step: SwitchStep = SwitchStep.OFF,
) -> Switch:
    return Switch(what=what, name=name, by=by, why=why, at=1, step=step)


def test_none_is_thrown_where_there_is_no_file(tmp_path: Path) -> None:
    switches = read_switches(tmp_path)
    assert not switches.all and not switches.thrown


def test_switches_are_thrown_and_put_back_one_by_one(tmp_path: Path) -> None:
    throw_switch(switch(SwitchTarget.TRUNK, "IGW-1"), tmp_path)
    throw_switch(switch(SwitchTarget.RULE, "burst"), tmp_path)
    throw_switch(switch(SwitchTarget.ALL), tmp_path)
    known = read_switches(tmp_path)
    assert known.all
    assert known.list_names(SwitchTarget.TRUNK) == {"IGW-1"} and known.list_names(SwitchTarget.RULE) == {"burst"}
    reset_switch(SwitchTarget.ALL, folder=tmp_path)
    reset_switch(SwitchTarget.TRUNK, "IGW-1", tmp_path)
    assert [one.name for one in read_switches(tmp_path).thrown] == ["burst"]


def test_who_threw_it_first_stays(tmp_path: Path) -> None:
    throw_switch(switch(SwitchTarget.ALL, by="first"), tmp_path)
    assert [one.by for one in throw_switch(switch(SwitchTarget.ALL, by="second"), tmp_path).thrown] == ["first"]


@pytest.mark.parametrize(
    "wrong",
    [
        switch(SwitchTarget.ALL, by=" "),
        switch(SwitchTarget.ALL, why=""),
        switch(SwitchTarget.ALL, "IGW-1"),
        switch(SwitchTarget.TRUNK),
        switch(SwitchTarget.RULE, "burst", step=SwitchStep.SHADOW),
    ],
)
def test_a_switch_says_what_who_and_why(tmp_path: Path, wrong: Switch) -> None:
    with pytest.raises(UsageError):
        throw_switch(wrong, tmp_path)
    assert not switches_path(tmp_path).exists()


def test_only_a_thrown_switch_is_put_back(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such switch"):
        reset_switch(SwitchTarget.RULE, "burst", tmp_path)


def test_a_file_that_cannot_be_understood_is_told(tmp_path: Path) -> None:
    switches_path(tmp_path).parent.mkdir()
    switches_path(tmp_path).write_text("{")
    with pytest.raises(UsageError, match="remove it"):
        read_switches(tmp_path)


def test_shadow_and_kill_switches_are_told_apart_and_one_replaces_the_other(tmp_path: Path) -> None:
    throw_switch(switch(SwitchTarget.ALL, step=SwitchStep.SHADOW), tmp_path)
    throw_switch(switch(SwitchTarget.TRUNK, "IGW-1", step=SwitchStep.SHADOW), tmp_path)
    known = read_switches(tmp_path)
    assert known.all_in_shadow and not known.all
    assert known.list_names(SwitchTarget.TRUNK, SwitchStep.SHADOW) == {"IGW-1"}
    assert not known.list_names(SwitchTarget.TRUNK)
    known = throw_switch(switch(SwitchTarget.ALL), tmp_path)
    assert known.all and not known.all_in_shadow and len(known.thrown) == 2
    assert not reset_switch(SwitchTarget.ALL, folder=tmp_path).all


def test_a_file_without_steps_holds_kill_switches(tmp_path: Path) -> None:
    switches_path(tmp_path).parent.mkdir()
    switches_path(tmp_path).write_text('{"thrown": [{"what": "all", "by": "Lin", "why": "test", "at": 1}]}')
    assert read_switches(tmp_path).all
