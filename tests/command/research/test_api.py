"""Programs do what the pages do, but no key approves anything."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import agreement_of, good_model
from tests.command.research.table_world import LAST_MONTH, plant

from fanzha.command.organizations.models import ApiKey
from fanzha.command.research.models import ModelState, PartnerModel
from fanzha.command.research.table_jobs import compute
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
API = "/api/v1/research"


def headers_of(world: World, name: str, *roles: Role) -> dict[str, str]:
    """Return the headers of a key of an organisation."""
    ends = timezone.now() + timedelta(days=1)
    scopes = ["research:read", "research:write"]
    _, secret = ApiKey.make(world[name], "k", scopes=scopes, roles=[role.value for role in roles], expires_at=ends)
    return {"authorization": f"Bearer {secret}"}


def test_a_key_submits_a_model_and_does_not_approve_it(world: World) -> None:
    agreement = agreement_of(world)
    asks: dict[str, Any] = {"headers": headers_of(world, "partner", Role.ANALYST)}
    form = {
        "agreement": agreement.ref, "name": "m", "version": "1", "licence": "MIT", "transport": "onnx",
        "kind": "phone_number", "features": "findings, top_score,calls",
        "valid_until": (timezone.now() + timedelta(days=9)).isoformat(),
        "file": SimpleUploadedFile("m.onnx", good_model()),
    }  # fmt: skip
    made = Client().post(f"{API}/models", form, **asks)
    assert made.status_code == 201 and made.json()["features"] == ["findings", "top_score", "calls"]
    ref = made.json()["ref"]
    PartnerModel._base_manager.update(state=ModelState.CHECKED)
    body: dict[str, Any] = {"data": {"approve": True}, "content_type": "application/json"}
    key = headers_of(world, "carrier", Role.REVIEWER)
    assert Client().post(f"{API}/models/{ref}/decision", **body, headers=key).status_code in (403, 409, 422)
    reviewer = world.client("carrier", Role.REVIEWER)
    assert reviewer.post(f"{API}/models/{ref}/decision", **body).status_code == 204
    assert world.client("carrier", Role.ANALYST).post(f"{API}/models/{ref}/run").status_code == 202
    assert Client().get(f"{API}/models/{ref}", **asks).json()["state"] == "approved"
    assert Client().get(f"{API}/models/{ref}/runs", **asks).json() == []
    assert [row["ref"] for row in Client().get(f"{API}/models", **asks).json()] == [ref]
    assert reviewer.delete(f"{API}/models/{ref}").status_code == 204


def test_a_key_asks_for_a_table_and_takes_it_once_released(world: World) -> None:
    plant(world, {"phishing": 12})
    agreement = agreement_of(world)
    asks: dict[str, Any] = {"headers": headers_of(world, "partner", Role.ANALYST)}
    body = {"agreement": agreement.ref, "first": LAST_MONTH, "last": LAST_MONTH, "purpose": "a study"}
    made = Client().post(f"{API}/tables", body, content_type="application/json", **asks)
    ref = made.json()["ref"]
    assert made.status_code == 201
    compute(ref)
    assert Client().post(f"{API}/tables/{ref}/file", **asks).status_code == 409
    decision: dict[str, Any] = {"data": {"release": True}, "content_type": "application/json"}
    assert world.client("carrier", Role.REVIEWER).post(f"{API}/tables/{ref}/decision", **decision).status_code == 204
    assert Client().post(f"{API}/tables/{ref}/file", **asks).json()["lines"] == [{"count": 12}]
    assert Client().get(f"{API}/tables/{ref}", **asks).json()["state"] == "released"
    assert Client().get(f"{API}/tables", **asks).json()["items"][0]["ref"] == ref


def test_an_agreement_is_recorded_approved_and_ended(world: World) -> None:
    liaison, reviewer = world.client("carrier", Role.LIAISON), world.client("carrier", Role.REVIEWER)
    body = {
        "partner": "nobody", "number": "R-3", "document": "a.pdf", "document_sha256": "a" * 64, "purpose": "a study",
        "valid_until": (timezone.now() + timedelta(days=9)).isoformat(), "allows_tables": True,
    }  # fmt: skip
    assert liaison.post(f"{API}/agreements", body, content_type="application/json").status_code == 422
    body["partner"] = world["partner"].ref
    ref = liaison.post(f"{API}/agreements", body, content_type="application/json").json()["ref"]
    assert reviewer.post(f"{API}/agreements/{ref}/approve").status_code == 204
    assert liaison.get(f"{API}/agreements").json()[0]["is_in_force"] is True
    assert liaison.delete(f"{API}/agreements/{ref}").status_code == 204


def test_the_columns_are_published(world: World) -> None:
    names = [row["name"] for row in world.client("partner", Role.ANALYST).get(f"{API}/columns").json()]
    assert names[:2] == ["findings", "live_findings"] and "score_phishing" in names
