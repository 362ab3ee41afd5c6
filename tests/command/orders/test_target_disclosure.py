"""Who is to act on an order is handed its targets, and that is on record; what is taken back is what was ordered."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.clock import iso, to_ms
from fanzha.base.marking import Marking
from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.target_disclosure import disclose_targets
from fanzha.command.organizations.models import ApiKey, DisclosedValue, RefusedDisclosure
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

NUMBER = "+8617000001234"


def handed(world: World, order: ProcessInstance, name: str) -> list[str] | None:
    viewer = world.viewer(name, Role.EXECUTOR)
    with scoped_to(viewer):
        targets = disclose_targets(order, viewer)
    return None if targets is None else [item.target.value for item in targets]


def test_who_carries_it_out_has_them_on_record(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    assert handed(world, order, "carrier") == [NUMBER]
    entry = LogEntry._base_manager.get(kind="targets_handed_over")
    assert entry.about == "" and entry.process == order.ref and NUMBER not in entry.facts


def test_who_has_nothing_to_do_gets_none(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    refuses = actor(world, "carrier", Role.REVIEWER)
    fire(order.ref, "refuse", refuses, {"refusal": "impossible", "explanation": "no such line"}, leg="1")
    for name in ("carrier", "centre", "mvno"):
        assert handed(world, order, name) is None
    assert not LogEntry._base_manager.filter(kind="targets_handed_over").exists()


VICTIM = "+8613800017777"
LOOK_ALIKES = [f"+86138{number:04}7777" for number in range(1_000)]


def api_post(world: World, name: str, role: str, path: str, body: dict[str, Any], **headers: str) -> Any:
    scopes = ["orders:write", "flows:write"]
    _, secret = ApiKey.make(world[name], "system", scopes=scopes, roles=[role])
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en", **headers}
    return Client().post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)


def preview_of(*values: str) -> dict[str, Any]:
    return {"target_kind": "number", "action": "refuse", "targets": list(values)}


def draft_of(world: World, *values: str) -> dict[str, Any]:
    evidence = {
        "target_kind": "number",
        "action": "refuse",
        "subjects": list(values),
        "reason": "a burst",
        "scope": "all of it",
        "expires_at": iso(to_ms(world["centre"].created_at) + 3 * 86_400_000),
        "receivers": [world["carrier"].ref],
    }
    return {"process": "order", "event": "draft", "evidence": evidence}


def entries(kind: str) -> list[LogEntry]:
    return list(LogEntry._base_manager.filter(kind=kind))


@pytest.mark.usefixtures("own_home")
def test_who_cannot_draft_an_order_previews_none(world: World) -> None:
    assert api_post(world, "centre", "clerk", "orders/impact", preview_of(VICTIM)).status_code == 403
    assert not DisclosedValue.objects.exists()


@pytest.mark.usefixtures("own_home")
def test_previews_find_no_hidden_digits(world: World) -> None:
    """By halving the candidates, some 14 previews found the four hidden digits of a number with findings."""
    finding_row(world["centre"], subject(VICTIM))
    answer = api_post(world, "centre", "analyst", "orders/impact", preview_of(*LOOK_ALIKES))
    assert answer.status_code == 429 and "Retry-After" in answer
    (refusal,) = RefusedDisclosure._base_manager.all()
    assert refusal.shown.endswith("7777")
    assert len(entries("disclosure_refused")) == 1


@pytest.mark.usefixtures("own_home")
def test_a_preview_is_on_record_and_its_values_count_as_looked_up(world: World) -> None:
    assert api_post(world, "centre", "analyst", "orders/impact", preview_of(VICTIM, "110")).status_code == 200
    (entry,) = entries("values_disclosed")
    assert '"channel":"targets"' in entry.facts and '"values":2' in entry.facts and VICTIM not in entry.facts
    client = world.client("centre", Role.ANALYST)
    page = {"target_kind": "number", "action": "refuse", "subjects": VICTIM}
    assert client.post(reverse("order_preview"), page).status_code == 200
    assert client.post(reverse("order_new"), page).status_code == 422
    assert len(entries("values_disclosed")) == 3


@pytest.mark.usefixtures("own_home")
def test_chosen_subjects_are_previewed_without_charge(world: World) -> None:
    row = finding_row(world["centre"], subject(VICTIM)).subject
    answer = world.client("centre", Role.ANALYST).get(reverse("order_new"), {"subject": row.ref})
    assert answer.status_code == 200 and not DisclosedValue.objects.exists()


def test_page_of_a_draft_is_refused_above_the_budget(world: World, own_home: Path) -> None:
    (own_home / "fanzha.toml").write_text("[disclosure]\nlisted_per_hour = 1\n")
    page = {"target_kind": "number", "action": "refuse", "subjects": f"{VICTIM}\n{NUMBER}"}
    assert world.client("centre", Role.ANALYST).post(reverse("order_preview"), page).status_code == 429


@pytest.mark.usefixtures("own_home")
@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "one"}], ids=["plain", "repeatable"])
def test_a_refused_draft_that_tells_of_findings_is_charged_and_on_record(world: World, headers: dict[str, str]) -> None:
    """The refusal names a victim in findings of others. An idempotency key rolls it back, but not the charge."""
    finding_row(world["carrier"], subject(VICTIM), fraud_type="victim_at_risk", marking=Marking.RED)
    answer = api_post(world, "centre", "analyst", "flows/instances", draft_of(world, VICTIM), **headers)
    assert answer.status_code == 422 and "victim" in answer.content.decode()
    assert DisclosedValue.objects.count() == 1
    (entry,) = entries("values_disclosed")
    assert '"channel":"targets"' in entry.facts and VICTIM not in entry.facts


@pytest.mark.usefixtures("own_home")
def test_a_draft_that_is_refused_for_its_receivers_tells_nothing_of_its_targets(world: World) -> None:
    finding_row(world["carrier"], subject(VICTIM), fraud_type="victim_at_risk", marking=Marking.RED)
    body = draft_of(world, VICTIM)
    body["evidence"]["receivers"] = [world["brand"].ref]
    answer = api_post(world, "centre", "analyst", "flows/instances", body)
    assert answer.status_code == 422 and "victim" not in answer.content.decode()
