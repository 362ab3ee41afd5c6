"""A running screen honours within five seconds that a subscriber refuses calls from abroad, and that he ends it."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from tests.command.number_tags.own_numbers import own, run_range
from tests.command.people import World, make_world
from tests.field.screens import Caller, Screen, treatment, until
from tests.free_ports import free_port

from fanzha.claims.snapshot_format.lists import OverseasChoices
from fanzha.command.warnings.overseas_choices import ChoiceRequest, choose, end_choice, publish_choices
from fanzha.store.overseas_choices import write_overseas_choices

pytestmark = [pytest.mark.field, pytest.mark.timed, pytest.mark.django_db]

ABROAD, EXCEPTED, CALLEE, ROAMER = "+12025550100", "+12025550199", "+8617000000900", "+8617000000001"
ACTS_WITHIN_SECONDS = 5.0
REDRESS = "https://fanzha.carrier.example/appeal/"


#: The settings that site and screen share.
SETTINGS = (
    f'[appeals]\naddress = "{REDRESS}"\n[overseas_calls]\nmost_exceptions = 2\n'
    '[verdicts]\norganisation = "Example carrier"\n'
)


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Screen, Caller]]:
    folder, sip = tmp_path_factory.mktemp("overseas"), free_port()
    settings = f"""
[overload]
late_ms = 1000
[sip.edge]
port = {sip}
trunk_header = "X-Fanzha-Trunk"
refusal = "redress"
[refusals.redress]
preset = "603+"
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
[trunks.MSC-1]
ingress = "mobile"
proves = true
acts = "refuse"
"""
    (folder / "home").mkdir()
    (folder / "home" / "fanzha.toml").write_text(SETTINGS, "utf-8")
    with Screen(folder, settings, standby=False) as started:
        caller = Caller(sip)
        yield started, caller
        caller.close()


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_a_choice_and_its_end_are_honoured_within_five_seconds(
    screen: tuple[Screen, Caller], world: World, monkeypatch: pytest.MonkeyPatch, record_property: Callable[..., None]
) -> None:
    started, caller = screen
    monkeypatch.setenv("FANZHA_HOME", str(started.home))
    own(world, CALLEE)
    run_range(world, "carrier", SETTINGS)
    assert treatment(caller.call(ABROAD, "IGW-1", CALLEE)) == "label"
    begun = time.monotonic()
    choose(world["carrier"], ChoiceRequest(CALLEE, "refuse", "shop", [EXCEPTED]), None)
    until(lambda: treatment(caller.call(ABROAD, "IGW-1", CALLEE)) == "603", ACTS_WITHIN_SECONDS)
    refused = time.monotonic() - begun
    answer = caller.call(ABROAD, "IGW-1", CALLEE)
    assert "603 Network Blocked" in answer and REDRESS in answer
    assert treatment(caller.call(EXCEPTED, "IGW-1", CALLEE)) == "label"
    assert treatment(caller.call(ABROAD, "IGW-1", "+8617000000901")) == "label"
    assert treatment(caller.call(ROAMER, "MSC-1", CALLEE)) == "allow"
    assert treatment(caller.call(ABROAD, "IGW-1", "110")) == "allow"
    begun = time.monotonic()
    end_choice(world["carrier"], CALLEE, "hotline", None)
    until(lambda: treatment(caller.call(ABROAD, "IGW-1", CALLEE)) == "label", ACTS_WITHIN_SECONDS)
    restored = time.monotonic() - begun
    record_property("refused_after_seconds", round(refused, 3))
    record_property("restored_after_seconds", round(restored, 3))
    print(f"refused after {refused:.3f} s, restored after {restored:.3f} s")


def test_an_emergency_centre_calls_back_who_refuses_calls_from_abroad(
    screen: tuple[Screen, Caller], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, caller = screen
    monkeypatch.setenv("FANZHA_HOME", str(started.home))
    own(world, CALLEE)
    run_range(world, "carrier", SETTINGS)
    choose(world["carrier"], ChoiceRequest(CALLEE, "refuse", "shop"), None)
    until(lambda: treatment(caller.call(ABROAD, "IGW-1", CALLEE)) == "603", ACTS_WITHIN_SECONDS)
    assert treatment(caller.call(CALLEE, "MSC-1", "120")) == "allow"
    assert treatment(caller.call("120", "MSC-1", CALLEE)) == "allow"
    assert treatment(caller.call("120", "IGW-1", CALLEE)) == "603"


def test_a_hundred_thousand_choices_take_effect_as_soon(
    screen: tuple[Screen, Caller], world: World, monkeypatch: pytest.MonkeyPatch, record_property: Callable[..., None]
) -> None:
    """The file and the snapshot are made of 100,000 numbers; the database is left out."""
    from fanzha.command.imports.services import publish_lists

    started, caller = screen
    monkeypatch.setenv("FANZHA_HOME", str(started.home))
    keys = np.arange(8617100000000, 8617100100000, dtype=np.uint64)
    begun = time.monotonic()
    write_overseas_choices(OverseasChoices(keys, np.zeros(len(keys), np.bool_)))
    assert publish_lists() is None
    until(lambda: treatment(caller.call(ABROAD, "IGW-1", "+8617100099999")) == "603", ACTS_WITHIN_SECONDS)
    taken = time.monotonic() - begun
    record_property("hundred_thousand_after_seconds", round(taken, 3))
    print(f"100,000 choices in force after {taken:.3f} s")
    publish_choices()
