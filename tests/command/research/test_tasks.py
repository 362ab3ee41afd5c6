"""What waits is queued once."""

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.people import World
from tests.command.research.research_world import agreement_of, found, good_model, model_of
from tests.command.research.table_world import asked

from fanzha.command.research.models import ModelState, PartnerModel, ShadowRun, TableState
from fanzha.command.research.services import decide_model
from fanzha.command.research.tasks import (
    compute_research_table,
    queue_models,
    queue_tables,
    run_partner_model,
    try_partner_model,
)
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def count(task: object) -> int:
    """Return how many jobs of a task are queued."""
    return DBTaskResult.objects.filter(task_path=task.module_path).count()  # type: ignore[attr-defined]


def test_a_model_is_tried_approved_and_run_by_jobs(world: World) -> None:
    found(world, 1)
    model = model_of(world, agreement_of(world), good_model())
    for _ in range(2):
        queue_models(timezone.now())
    assert count(try_partner_model) == 1
    try_partner_model.func(model.ref)
    model.refresh_from_db()
    decide_model(model, world.viewer("carrier", Role.REVIEWER), approve=True)
    for _ in range(2):
        queue_models(timezone.now())
    assert count(run_partner_model) == 1
    run_partner_model.func(model.ref)
    assert ShadowRun._base_manager.get(partner_model=model).rows == 1
    assert PartnerModel._base_manager.get().state == ModelState.APPROVED


def test_a_table_is_computed_by_a_job(world: World) -> None:
    row = asked(world, agreement_of(world), ())
    for _ in range(2):
        queue_tables(timezone.now())
    assert count(compute_research_table) == 1
    compute_research_table.func(row.ref)
    row.refresh_from_db()
    assert row.state == TableState.REFUSED
