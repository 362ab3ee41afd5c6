"""Nothing is done under an agreement, and no model runs, before a second person of the owner approved it."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import (
    agreement_draft,
    agreement_of,
    approved_model,
    model_draft,
    model_of,
)

from fanzha.command.audit.models import LogEntry
from fanzha.command.research.models import ModelFile, ModelState, PartnerModel
from fanzha.command.research.services import (
    approve_agreement,
    decide_model,
    end_agreement,
    end_model,
    may_decide,
    read_model_file,
    record_agreement,
    submit_model,
)
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.state_folder import state_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_the_person_who_recorded_an_agreement_does_not_approve_it(world: World) -> None:
    person = world.viewer("carrier", Role.PRIVACY_OFFICER)
    row = record_agreement(world["partner"], agreement_draft(), person)
    assert not row.is_in_force and not may_decide(row.owner_id, row.actor, person)
    with pytest.raises(Refusal) as refused:
        approve_agreement(row, person)
    assert refused.value.reason == Reason.SAME_PERSON
    with pytest.raises(Refusal):
        approve_agreement(row, world.viewer("partner", Role.REVIEWER))
    approve_agreement(row, world.viewer("carrier", Role.REVIEWER))
    row.refresh_from_db()
    assert row.is_in_force


@pytest.mark.parametrize(
    "changes",
    [
        {"number": " "},
        {"document_sha256": "xyz"},
        {"allows_models": False, "allows_tables": False},
        {"least_cell": 4},
        {"valid_until": timezone.now() - timedelta(days=1)},
        {"valid_until": timezone.now() + timedelta(days=4_000)},
    ],
    ids=["number", "document_sha256", "allows_models", "least_cell", "valid_until", "too_long"],
)
def test_an_incomplete_agreement_is_refused(changes: dict[str, Any], world: World) -> None:
    with pytest.raises(Refusal) as refused:
        record_agreement(world["partner"], agreement_draft(**changes), world.viewer("carrier", Role.LIAISON))
    assert set(refused.value.fields) & set(changes)


def test_a_number_is_recorded_once(world: World) -> None:
    agreement_of(world)
    with pytest.raises(Refusal) as refused:
        agreement_of(world)
    assert "number" in refused.value.fields


def test_the_partner_submits_and_the_owner_approves_what_worked(world: World) -> None:
    row = model_of(world, agreement_of(world))
    reviewer = world.viewer("carrier", Role.REVIEWER)
    with pytest.raises(Refusal) as refused:
        decide_model(row, reviewer, approve=True)
    assert refused.value.reason == Reason.STATE
    PartnerModel._base_manager.filter(pk=row.pk).update(state=ModelState.CHECKED)
    with pytest.raises(Refusal):
        decide_model(row, world.viewer("partner", Role.REVIEWER), approve=True)
    decide_model(row, reviewer, approve=True)
    row.refresh_from_db()
    assert row.state == ModelState.APPROVED and row.sha256 != ""
    kinds = list(LogEntry._base_manager.filter(about=row.ref).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["partner_model_submitted", "partner_model_approved"]


def test_somebody_else_submits_nothing_under_an_agreement(world: World) -> None:
    agreement = agreement_of(world)
    with pytest.raises(Refusal) as refused:
        submit_model(agreement, model_draft(b"x"), world.viewer("bank", Role.ANALYST))
    assert refused.value.reason == Reason.ROLE


def test_under_an_ended_agreement_nothing_is_submitted(world: World) -> None:
    agreement = agreement_of(world)
    end_agreement(agreement, world.viewer("carrier", Role.LIAISON))
    agreement.refresh_from_db()
    with pytest.raises(Refusal):
        model_of(world, agreement)


@pytest.mark.parametrize(
    "changes",
    [
        {"features": ("text",)},
        {"features": ()},
        {"features": ("calls", "calls")},
        {"kind": "nothing"},
        {"body": b""},
        {"transport": "json", "url": "http://127.0.0.1:1/predict"},
        {"version": "v" * 41},
    ],
    ids=["unknown", "none", "twice", "kind", "file", "url", "version"],
)
def test_a_model_that_asks_for_what_is_not_published_is_refused(changes: dict[str, Any], world: World) -> None:
    with pytest.raises(Refusal) as refused:
        model_of(world, agreement_of(world), **{"body": b"x"} | changes)
    assert refused.value.fields


def test_a_file_that_is_too_large_is_read_no_further_and_refused(world: World) -> None:
    (state_folder() / "fanzha.toml").write_text("[research]\nmodel_megabytes = 1\n")
    body = read_model_file(io.BytesIO(b"x" * (3 << 20)))
    assert len(body) == (1 << 20) + 1 and read_model_file(None) == b""
    with pytest.raises(Refusal) as refused:
        model_of(world, agreement_of(world), body)
    assert "file" in refused.value.fields


def test_a_model_is_never_valid_longer_than_its_agreement(world: World) -> None:
    agreement = agreement_of(world)
    row = model_of(world, agreement, valid_until=timezone.now() + timedelta(days=800))
    assert row.valid_until == agreement.valid_until


def test_an_ended_model_loses_its_file(world: World) -> None:
    row = approved_model(world, b"x")
    assert ModelFile._base_manager.filter(partner_model=row).exists()
    end_model(row, world.viewer("carrier", Role.REVIEWER))
    row.refresh_from_db()
    assert row.state == ModelState.ENDED and not ModelFile._base_manager.filter(partner_model=row).exists()
    with pytest.raises(Refusal):
        end_model(row, world.viewer("carrier", Role.REVIEWER))
