"""An order blocks a site in the zone that resolvers load, and no longer once it is rolled back; brands are spared."""

from pathlib import Path

import msgspec
import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, leg_of, settle, states
from tests.command.people import World
from tests.command.processes.orders_made import MIXED_TARGETS, actor, mixed_issued
from tests.dispose.keys import ENDPOINT

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.claims.opinion import Opinion
from fanzha.command.orders.endpoints import check_endpoint
from fanzha.command.orders.exclusions import protected_sites
from fanzha.command.orders.zone_delivery import (
    allowed_names,
    deliver_to_zone,
    refresh_zone,
    require_zone_settings,
    restore_in_zone,
)
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Action, Target, all_channels, example_order
from fanzha.dispose._examples import GIVEN_AT
from fanzha.store.policy_zone import NameDecision, open_zone

SITES = ("number:+8617000001234", "site:shop.example", "site:other.example")


@pytest.fixture
def with_zone(own_home: Path, exercise_settings: None) -> Path:
    settings = own_home / "fanzha.toml"
    settings.write_text(
        settings.read_text()
        + '[resolver_zone]\nname = "rpz.example"\nexercise = true\nallowed_names = ["own.example"]\n'
    )
    return own_home


def blocks(*names: str) -> list[bool]:
    settings = require_zone_settings()
    with open_zone(settings.profile()) as zone:
        return [zone.blocks(name) for name in names]


def ordered(world: World) -> ProcessInstance:
    endpoint(world, "isp", "response_zone")
    order = mixed_issued(world, targets=SITES, site_action="refuse")
    settle()
    return order


def test_a_site_is_blocked_at_once_reported_and_answered_again_after_a_roll_back(world: World, with_zone: Path) -> None:
    order = ordered(world)
    assert blocks("shop.example", "www.shop.example", "example") == [True, True, False]
    assert states(order)["2"] == "executed"
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    settle()
    assert blocks("shop.example", "other.example") == [False, False] and states(order)["2"] == "lifted"


def test_targets_that_are_restored_are_answered_again_while_others_stay_blocked(world: World, with_zone: Path) -> None:
    order = ordered(world)
    restore_in_zone(order.ref, [Target("website", "shop.example")], timezone.now())
    assert blocks("shop.example", "other.example") == [False, True]


def test_exercises_enter_no_zone_that_is_in_use(own_home: Path) -> None:
    (own_home / "fanzha.toml").write_text('[resolver_zone]\nname = "rpz.example"\n')
    order = example_order(Action.BLOCK_ACCESS, ("website", "shop.example"))
    decisions = all_channels()["response_zone"].instruct(order, ENDPOINT, GIVEN_AT).decisions
    exercises = {id: _simulated(decision) for id, decision in decisions.items()}
    assert not deliver_to_zone(exercises, timezone.now())
    assert blocks("shop.example") == [False]
    assert deliver_to_zone(decisions, timezone.now())
    assert blocks("shop.example") == [True]


def test_a_name_that_the_settings_allow_is_not_said_to_be_blocked(with_zone: Path) -> None:
    order = example_order(Action.BLOCK_ACCESS, ("website", "www.own.example"), ("website", "shop.example"))
    decisions = all_channels()["response_zone"].instruct(order, ENDPOINT, GIVEN_AT).decisions
    with pytest.raises(ValueError, match=r"^www\.own\.example: not blocked"):
        deliver_to_zone(decisions, timezone.now())
    assert blocks("www.own.example", "shop.example") == [False, True]
    spared = protected_sites([Target("website", name) for name in ("www.own.example", "example", "shop.example")])
    assert [target.value for target in spared] == ["www.own.example", "example"]


def test_an_exercise_is_not_reported_as_written_to_the_zone(world: World, with_zone: Path) -> None:
    settings = with_zone / "fanzha.toml"
    settings.write_text(settings.read_text().replace("exercise = true", "exercise = false"))
    order = ordered(world)
    assert states(order)["2"] == "executed" and blocks("shop.example") == [False]
    with unscoped("test"):
        report = Step.objects.get(instance=order, leg="2", event="report_executed")
    assert "exercise: not written" in report.evidence["result"]


LONG = ".".join(["a" * 60] * 4) + ".example"


def test_a_name_that_is_too_long_for_the_zone_keeps_no_other_name_out(world: World, with_zone: Path) -> None:
    endpoint(world, "isp", "response_zone")
    targets = ("number:+8617000001234", f"site:{LONG}", "site:192.0.2.7", "site:shop.example")
    order = mixed_issued(world, targets=targets, site_action="refuse")
    settle()
    assert blocks("shop.example") == [True] and states(order)["2"] == "partial"
    with unscoped("test"):
        report = Step.objects.get(instance=order, leg="2", event="report_partial")
    assert report.evidence["done"] == 1 and report.evidence["left"] == 2
    assert "too long" in report.evidence["explanation"] and "192.0.2.7" in report.evidence["explanation"]
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    settle()
    assert blocks("shop.example") == [False] and states(order)["2"] == "lifted"


def test_a_leg_of_names_that_no_zone_holds_is_refused_with_the_reason(world: World, with_zone: Path) -> None:
    endpoint(world, "isp", "response_zone")
    order = mixed_issued(world, targets=("number:+8617000001234", f"site:{LONG}"), site_action="refuse")
    settle()
    assert states(order)["2"] == "refused"
    with unscoped("test"):
        report = Step.objects.get(instance=order, leg="2", event="refuse")
    assert report.evidence["refusal"] == "impossible" and "too long" in report.evidence["explanation"]


def _simulated(decision: Opinion) -> Opinion:
    return msgspec.structs.replace(decision, simulated=True)


def test_what_has_ended_leaves_the_zone_and_brands_pass(with_zone: Path) -> None:
    settings, now = require_zone_settings(), timezone.now()
    with open_zone(settings.profile()) as zone:
        zone.add({"a": NameDecision("shop.example", to_ms(now)), "b": NameDecision("own.example", 2**52)}, 0)
        refresh_zone(now)
        assert zone.size().blocked == 0 and zone.spared(5) == ["own.example"]
        assert zone.size().passed == len(allowed_names(settings)) > 500


def test_without_settings_the_channel_says_what_to_write(world: World, exercise_settings: None) -> None:
    receiving = endpoint(world, "isp", "response_zone")
    assert "resolver_zone" in check_endpoint(receiving, world.viewer("isp", Role.ADMINISTRATOR))
    refresh_zone(timezone.now())
    with pytest.raises(UsageError, match="resolver_zone"):
        deliver_to_zone({}, timezone.now())
    order = mixed_issued(world, targets=MIXED_TARGETS, site_action="refuse")
    settle()
    assert leg_of(order, "2").state == "sent"


def test_sites_of_brands_and_names_above_and_below_are_spared() -> None:
    targets = [Target("website", name) for name in ("icbc.com.cn", "mybank.icbc.com.cn", "com.cn", "icbc.example")]
    spared = protected_sites([*targets, Target("phone_number", "+8617000001234")])
    assert [target.value for target in spared] == ["icbc.com.cn", "mybank.icbc.com.cn", "com.cn"]
    assert "icbc.com.cn" in spared[targets[0]].en
