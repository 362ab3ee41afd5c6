"""A partner's model runs beside ours on what the owner found: its scores are stored, compared, and act on nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import (
    agreement_of,
    approved_model,
    decide,
    found,
    good_model,
    model_of,
    nan_model,
    number_of,
)

from fanzha.claims.verdict import Level
from fanzha.command.research.models import ModelState, PartnerModel, ResearchAgreement, ShadowRun, ShadowScore
from fanzha.command.research.shadow_runs import due_models, run_model, try_model
from fanzha.command.subjects.models import FindingRow, OpinionRow, VerdictRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_model_that_works_waits_for_approval_and_one_that_does_not_says_why(world: World) -> None:
    agreement = agreement_of(world)
    good = model_of(world, agreement, good_model())
    bad = model_of(world, agreement, nan_model(), version="2")
    for row in (good, bad):
        try_model(row.ref)
        row.refresh_from_db()
    assert (good.state, good.problem_en) == (ModelState.CHECKED, "")
    assert bad.state == ModelState.UNFIT and "not a number" in bad.problem_en and "非数值" in bad.problem_zh


def test_a_run_stores_scores_compares_them_and_changes_no_verdict(world: World) -> None:
    fraud = [found(world, place, score=0.6 + place / 100) for place in range(20)]
    innocent = [found(world, 100 + place, score=0.1 + place / 400) for place in range(100)]
    found(world, 900, score=0.55)
    found(world, 901, owner="other_carrier")
    decide(world, fraud, Level.SUSPECTED)
    decide(world, innocent, Level.CLEAR)
    verdicts, opinions = VerdictRow._base_manager.count(), OpinionRow._base_manager.count()
    model = approved_model(world, good_model())
    run = run_model(model.ref)
    assert run is not None and run.problem_en == "" and run.rows == 121
    assert ShadowScore._base_manager.filter(partner_model=model).count() == 121
    top = ShadowScore._base_manager.order_by("-score").first()
    assert top is not None and top.subject.value == number_of(19) and top.score == pytest.approx(0.79)
    compared = run.comparison
    assert (compared["fraud"], compared["clear"], compared["alarms"]) == (20, 100, 21)
    assert compared["theirs"]["recall_at_1pct"]["value"] == 1.0
    assert compared["theirs"]["recall_at_0.1pct"]["value"] is None
    assert compared["both"] == 21 and compared["look_alikes"][0]["subjects"] == 100
    assert (VerdictRow._base_manager.count(), OpinionRow._base_manager.count()) == (verdicts, opinions)


def test_what_is_no_longer_scored_leaves_and_earlier_runs_stay(world: World) -> None:
    first, second = found(world, 1), found(world, 2)
    model = approved_model(world, good_model())
    run_model(model.ref)
    FindingRow._base_manager.filter(subject=first).update(withdrawn_at=timezone.now())
    run_model(model.ref)
    rows = ShadowScore._base_manager.filter(partner_model=model)
    assert list(rows.values_list("subject", flat=True)) == [second.pk]
    assert ShadowRun._base_manager.filter(partner_model=model).count() == 2


def test_a_model_runs_daily_while_it_and_its_agreement_are_valid(world: World) -> None:
    now = timezone.now()
    model = approved_model(world, good_model())
    assert [row.pk for row in due_models(now)] == [model.pk]
    PartnerModel._base_manager.filter(pk=model.pk).update(run_at=now)
    assert due_models(now + timedelta(hours=1)) == []
    assert due_models(now + timedelta(hours=25)) != []
    ResearchAgreement._base_manager.update(ended_at=now)
    assert due_models(now + timedelta(hours=25)) == [] and run_model(model.ref) is None


def test_a_run_without_findings_says_so(world: World) -> None:
    run = run_model(approved_model(world, good_model()).ref)
    assert run is not None and "no findings" in run.problem_en and run.comparison == {}
