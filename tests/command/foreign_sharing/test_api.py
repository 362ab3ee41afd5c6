"""Programs do what people do: enter, decide, withdraw, read what left; a key acts for who made it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.command.exchange.exchange_world import decide
from tests.command.foreign_sharing.foreign_world import (
    DOCUMENT,
    PURPOSE,
    approve,
    collection_for_abroad,
    enter,
    move_abroad,
    objects_of,
    partner_program,
)
from tests.command.people import World

from fanzha.command.foreign_sharing.models import ForeignApproval
from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
APPROVALS = "/api/v1/foreign_sharing/approvals"


def fields(world: World, **more: Any) -> dict[str, Any]:
    return {
        "partner": move_abroad(world).ref, "number": "2026-1", "authority": "Example authority", "purpose": PURPOSE,
        "kinds": ["link"], "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2028-01-01T00:00:00Z",
        "document": SimpleUploadedFile("approval.pdf", DOCUMENT),
    } | more  # fmt: skip


def test_an_approval_is_entered_decided_on_and_withdrawn(world: World) -> None:
    liaison, reviewer = world.client("centre", Role.LIAISON), world.client("centre", Role.REVIEWER)
    made = liaison.post(APPROVALS, fields(world))
    assert made.status_code == 201, made.content
    one = f"{APPROVALS}/{made.json()['ref']}"
    assert made.json()["state"] == "waiting" and made.json()["country"] == "SG"
    body = {"is_confirmed": True}
    assert liaison.post(f"{one}/decision", body, content_type="application/json").status_code == 403
    assert reviewer.post(f"{one}/decision", body, content_type="application/json").status_code == 204
    assert liaison.get(one).json()["state"] == "in_force"
    assert liaison.post(f"{one}/keys").json()["secret"].startswith("fz_")
    reason = {"reason": "the authority ended it"}
    assert liaison.post(f"{one}/withdraw", reason, content_type="application/json").status_code == 204
    assert liaison.get(APPROVALS).json()["items"][0]["state"] == "withdrawn"


@pytest.mark.parametrize(
    "wrong",
    [{"partner": "NOBODY"}, {"document": SimpleUploadedFile("approval.pdf", b"no PDF")}, {"kinds": ["phone_number"]}],
    ids=["partner", "document", "kind"],
)
def test_what_is_wrong_is_refused(world: World, wrong: dict[str, Any]) -> None:
    answer = world.client("centre", Role.LIAISON).post(APPROVALS, fields(world, **wrong))
    assert answer.status_code in (409, 422) and not ForeignApproval._base_manager.exists()


def test_a_refusal_has_its_reason(world: World) -> None:
    row, reviewer = enter(world), world.client("centre", Role.REVIEWER)
    body = {"is_confirmed": False, "reason": "another number stands there"}
    assert reviewer.post(f"{APPROVALS}/{row.ref}/decision", body, content_type="application/json").status_code == 204
    assert reviewer.get(f"{APPROVALS}/{row.ref}").json()["reason"] == "another number stands there"


def test_what_left_is_listed_with_its_objects(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    row, client = approve(world), world.client("centre", Role.REVIEWER)
    objects_of(partner_program(world), made)
    (left,) = client.get(f"{APPROVALS}/{row.ref}/exits").json()["items"]
    assert left["collection"] == made.ref and left["partner"] == world["partner"].ref
    found = client.get(f"{APPROVALS}/{row.ref}/exits/{left['ref']}").json()
    assert any("a.example.com" in one["says"] for one in found)


def test_a_key_is_neither_the_first_person_nor_the_second(world: World) -> None:
    row = enter(world)
    roles = ["reviewer", "liaison"]
    _, secret = ApiKey.make(
        world["centre"], "program", scopes=["foreign_sharing:read", "foreign_sharing:write"], roles=roles,
        made_by=world.person("centre", Role.REVIEWER), expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    client = Client(headers={"authorization": f"Bearer {secret}"})
    one = f"{APPROVALS}/{row.ref}"
    assert client.get(one).status_code == 200
    decided = client.post(f"{one}/decision", {"is_confirmed": True}, content_type="application/json")
    assert decided.status_code == client.post(APPROVALS, fields(world)).status_code == 403
    assert client.get(one).json()["state"] == "waiting" and ForeignApproval._base_manager.count() == 1
