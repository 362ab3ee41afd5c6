"""Probes prove that a blocked site is gone, find it when it is back, and send its leg to the receiver once more."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, settle, states
from tests.command.people import World
from tests.command.processes.orders_made import actor, mixed_issued

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.orders.models import Measurement
from fanzha.command.orders.probes import ingest_probes, watch_sites
from fanzha.command.processes.models import Leg, ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.evidence_files import find_file
from fanzha.store.probe_queue import ProbePurpose, ProbeRecord, SiteState, open_probes


@pytest.fixture
def home(own_home: Path, world: World, exercise_settings: None) -> Path:
    settings = own_home / "fanzha.toml"
    settings.write_text(
        settings.read_text()
        + '[resolver_zone]\nname = "rpz.example"\nexercise = true\n[prober]\ncontrol = "www.example"\n'
        + '[[prober.vantage]]\nname = "east"\nresolver = "192.0.2.1:53"\n'
        + f'organization = "{world["isp"].ref}"\n'
        + '[[prober.vantage]]\nname = "west"\nproxy = "http://192.0.2.2:8080"\n'
    )
    return own_home


def found(state: SiteState, *places: str, works: bool = True) -> None:
    at = timezone.now() + timedelta(milliseconds=2)  # not before the step that it is to prove
    status = {SiteState.UP: 200, SiteState.BLOCKED: 451}.get(state, 0)
    with open_probes() as queue:
        queue.add(
            ProbeRecord("shop.example", place, to_ms(at), state, status, "", "192.0.2.80", "ab" * 32, works)
            for place in places
        )
    ingest_probes(at)
    settle()


def test_a_site_is_proven_gone_found_again_and_ordered_once_more(world: World, home: Path) -> None:
    endpoint(world, "isp", "response_zone")
    order = mixed_issued(world, targets=("number:+8617000001234", "site:shop.example"), site_action="refuse")
    settle()
    watch_sites(timezone.now())
    with open_probes() as queue:
        assert queue.take_due(ProbePurpose.EFFECT, to_ms(timezone.now()) + 1, 1_000, 9) == ["shop.example"]
    found(SiteState.BLOCKED, "east", works=False)
    found(SiteState.BLOCKED, "east")
    assert states(order)["2"] == "executed"
    found(SiteState.BLOCKED, "west")
    assert states(order)["2"] == "verified"
    with unscoped("test"):
        proof = Step.objects.get(instance=order, leg="2", event="prove").evidence["proof"]
        kept = Measurement.objects.count()
    proof_file = find_file(proof)
    assert proof_file is not None
    (seen,) = msgspec.json.decode(proof_file.read_bytes())["seen"]
    assert {row["place"] for row in seen["probes"]} == {"east", "west"}
    assert all(row["at"] and row["addresses"] and row["page_digest"] for row in seen["probes"])
    found(SiteState.BLOCKED, "east", "west")
    with unscoped("test"):
        assert Measurement.objects.count() == kept
    found(SiteState.UP, "east", works=False)
    assert states(order)["2"] == "verified"
    found(SiteState.UP, "west")
    assert states(order)["2"] == "verified"  # it is in the network of somebody else
    found(SiteState.UP, "east")
    with unscoped("test"):
        assert Step.objects.filter(instance=order, leg="2", event="disprove").count() == 1
    assert states(order)["2"] == "executed"  # the zone was written again


def executed_at_isp(world: World) -> ProcessInstance:
    endpoint(world, "isp", "response_zone")
    order = mixed_issued(world, targets=("number:+8617000001234", "site:shop.example"), site_action="refuse")
    settle()
    return order


def set_age(order: ProcessInstance, *, minutes: int) -> None:
    with unscoped("test"):
        Leg.objects.filter(instance=order).update(changed_at=timezone.now() - timedelta(minutes=minutes))


def count_disproofs(order: ProcessInstance) -> int:
    with unscoped("test"):
        return Step.objects.filter(instance=order, leg="2", event="disprove").count()


def test_a_place_outside_the_receivers_network_or_too_early_disproves_nothing(world: World, home: Path) -> None:
    order = executed_at_isp(world)
    set_age(order, minutes=11)
    found(SiteState.UP, "west")
    assert (states(order)["2"], count_disproofs(order)) == ("executed", 0)
    set_age(order, minutes=0)
    found(SiteState.UP, "east")  # the resolvers may load the zone yet
    assert (states(order)["2"], count_disproofs(order)) == ("executed", 0)
    set_age(order, minutes=11)
    found(SiteState.UP, "east")
    assert count_disproofs(order) == 1


def test_a_site_that_others_reach_is_proven_blocked_in_the_receivers_network(world: World, home: Path) -> None:
    order = executed_at_isp(world)
    found(SiteState.UP, "west")
    found(SiteState.GONE, "east")
    assert states(order)["2"] == "verified"


def test_only_the_receivers_own_network_proves_that_a_site_is_answered_again(world: World, home: Path) -> None:
    order = executed_at_isp(world)
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    settle()
    found(SiteState.UP, "west")
    found(SiteState.BLOCKED, "east")
    assert states(order)["2"] == "lifted"
    found(SiteState.UP, "east")
    assert states(order)["2"] == "released"


def test_what_a_place_finds_is_stored_again_only_if_it_differs(world: World, home: Path) -> None:
    order = executed_at_isp(world)
    for _ in range(3):
        found(SiteState.UP, "west")
    with unscoped("test"):
        assert Measurement.objects.filter(instance=order).count() == 1
    found(SiteState.GONE, "west")
    with unscoped("test"):
        assert Measurement.objects.filter(instance=order).count() == 2


def test_a_leg_that_refuses_a_step_does_not_keep_others_waiting(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed_at_isp(world)

    def refuse(leg: Leg) -> str:
        raise Refusal(Reason.STATE, Words("已有人处理", "somebody acted meanwhile"))

    monkeypatch.setattr("fanzha.command.orders.probes.prove", refuse)
    found(SiteState.BLOCKED, "east", "west")
    with open_probes() as queue:
        assert queue.unread(ProbePurpose.EFFECT, 9) == []


def test_nothing_is_watched_without_settings_or_before_a_measure_is_reported(world: World, own_home: Path) -> None:
    mixed_issued(world, targets=("site:shop.example",), receivers=("isp",))
    watch_sites(timezone.now())
    assert not (own_home / "collect").exists()


def test_sites_of_a_leg_that_is_partly_carried_out_are_probed(world: World, home: Path) -> None:
    order = executed_at_isp(world)
    with unscoped("test"):
        Leg.objects.filter(instance=order, name="2").update(state="partial")
    watch_sites(timezone.now())
    with open_probes() as queue:
        assert queue.take_due(ProbePurpose.EFFECT, to_ms(timezone.now()) + 1, 1_000, 9) == ["shop.example"]
    found(SiteState.BLOCKED, "east")
    with unscoped("test"):
        assert Measurement.objects.get(instance=order).told["state"] == "blocked"
    assert states(order)["2"] == "partial"
