"""Try partners' models and run them in shadow: scores are stored beside ours and act on nothing."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Q
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.research.comparison import compare_scores
from fanzha.command.research.feature_columns import FeatureRows, column_names
from fanzha.command.research.feature_rows import DecidedLabel, label_arrays, read_features, read_labels
from fanzha.command.research.model_scoring import UnfitModel, score_rows
from fanzha.command.research.models import ModelState, PartnerModel, ResearchAgreement, ShadowRun, ShadowScore
from fanzha.command.research.research_settings import ResearchSettings, load_research_settings
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.store.allowlist import load_allowlist_by_number

if TYPE_CHECKING:
    from fanzha.command.research.feature_columns import Bools, Floats, Integers

_UNSCOPED = unscoped("the worker runs the models of all organisations")

#: An approved model runs so often.
EVERY = timedelta(days=1)
#: Runs that are kept of a model.
RUNS_KEPT = 60
NO_ROWS = Words("该时段没有此类对象的线索", "there are no findings on subjects of this kind in the period")
_TRIAL_ROWS = 16
_NAMES = ("partner_model_id", "subject_id", "score", "scored_at")
_UPSERT = "(partner_model_id, subject_id) DO UPDATE SET score = excluded.score, scored_at = excluded.scored_at"


def try_model(ref: str) -> None:
    """Try a submitted model on made-up rows; people approve only what worked."""
    model = _UNSCOPED.rows(PartnerModel).select_related("owner").get(ref=ref)
    if model.state != ModelState.SUBMITTED:
        return
    problem = Words("", "")
    try:
        score_rows(model, build_trial_rows(len(model.features)), load_research_settings())
    except UnfitModel as unfit:
        problem = unfit.words
    state = ModelState.UNFIT if problem.en else ModelState.CHECKED
    with recorded() as log:
        rows = _UNSCOPED.rows(PartnerModel).filter(pk=model.pk, state=ModelState.SUBMITTED)
        if rows.update(state=state, problem_zh=problem.zh, problem_en=problem.en):
            log.add(_draft("partner_model_tried", model, timezone.now(), {"works": not problem.en}))


def build_trial_rows(columns: int) -> Floats:
    """Return rows for a trial: zeros, ones, large values and random ones between."""
    random = np.random.default_rng(0).random((_TRIAL_ROWS, columns))
    random[0], random[1], random[2] = 0.0, 1.0, 1e6
    return random


def due_models(now: datetime) -> list[PartnerModel]:
    """Return the approved models that may run now and did not run for a day."""
    rows = _UNSCOPED.rows(PartnerModel).filter(state=ModelState.APPROVED, valid_until__gt=now)
    agreements = _UNSCOPED.rows(ResearchAgreement).filter(ResearchAgreement.in_force(), allows_models=True)
    rows = rows.filter(Q(run_at=None) | Q(run_at__lte=now - EVERY), agreement__in=agreements.values("pk"))
    return list(rows.select_related("owner").order_by("run_at", "pk"))


def run_model(ref: str) -> ShadowRun | None:
    """Run an approved model on the findings of its owner, store its scores and compare them; None if it may not run."""
    now = timezone.now()
    model = _UNSCOPED.rows(PartnerModel).select_related("owner", "agreement").get(ref=ref)
    if model.state != ModelState.APPROVED or model.valid_until <= now or not model.agreement.is_in_force:
        return None
    _UNSCOPED.rows(PartnerModel).filter(pk=model.pk).update(run_at=now)
    run = _UNSCOPED.rows(ShadowRun).create(partner_model=model, began_at=now)
    started = time.monotonic()
    problem = Words("", "")
    try:
        _score_and_compare(model, run, now, load_research_settings())
    except UnfitModel as unfit:
        problem = unfit.words
    run.problem_zh, run.problem_en = problem.zh, problem.en
    run.ended_at, run.seconds = timezone.now(), round(time.monotonic() - started, 3)
    with recorded() as log:
        run.save()
        _UNSCOPED.rows(PartnerModel).filter(pk=model.pk).update(problem_zh=problem.zh, problem_en=problem.en)
        facts = {"run": run.ref, "subjects": run.rows, "works": not problem.en}
        log.add(_draft("partner_model_run", model, run.ended_at, facts))
    _remove_old_runs(model)
    return run


def _score_and_compare(model: PartnerModel, run: ShadowRun, now: datetime, settings: ResearchSettings) -> None:
    labels = read_labels(model.owner_id)
    found = read_features(model.owner_id, model.kind, labels, now, settings.days, settings.subjects)
    if not len(found.subjects):
        raise UnfitModel(NO_ROWS)
    places = [column_names().index(name) for name in model.features]
    scores = score_rows(model, found.values[:, places], settings)
    _store_scores(model, found.subjects, scores, now)
    run.rows, run.comparison = len(scores), _compare(found, labels, scores, model.kind)


def _store_scores(model: PartnerModel, subjects: Integers, scores: Floats, now: datetime) -> None:
    """Store the latest scores; those of subjects that were not scored this time leave."""
    pairs = zip(subjects.tolist(), scores.tolist(), strict=True)
    bulk.insert(ShadowScore, _NAMES, [(model.pk, pk, score, now) for pk, score in pairs], conflict=_UPSERT)
    _UNSCOPED.rows(ShadowScore).filter(partner_model=model, scored_at__lt=now).delete()


def _compare(found: FeatureRows, labels: dict[int, DecidedLabel], scores: Floats, kind: str) -> dict[str, object]:
    decided = label_arrays(found.subjects, labels)
    return compare_scores(decided, found.our_scores, scores, found.main_types, _find_protected(found.subjects, kind))


def _find_protected(subjects: Integers, kind: str) -> Bools:
    """Return which subjects are numbers on the allowlist."""
    if kind != "phone_number" or not (numbers := load_allowlist_by_number()):
        return np.zeros(len(subjects), np.bool_)
    rows = find_subjects(_UNSCOPED).filter(kind=kind, value__in=bulk.in_list(sorted(numbers), "text"))
    return np.isin(subjects, np.array(sorted(rows.values_list("pk", flat=True)), np.int64))


def _remove_old_runs(model: PartnerModel) -> None:
    rows = _UNSCOPED.rows(ShadowRun).filter(partner_model=model)
    kept = list(rows.order_by("-pk").values_list("pk", flat=True)[:RUNS_KEPT])
    rows.filter(pk__lt=kept[-1]).delete()


def _draft(kind: str, model: PartnerModel, at: datetime, facts: dict[str, object]) -> Draft:
    return Draft(kind, to_ms(at), "", model.owner.ref, about=model.ref, facts=facts)
