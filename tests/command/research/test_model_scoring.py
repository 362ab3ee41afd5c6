"""The site gets scores or a reason in words; an endpoint that is no longer listed is not asked."""

import os

import numpy as np
import pytest
from tests.command.people import World
from tests.command.research.research_world import FEATURES, agreement_of, endless_model, good_model, model_of

from fanzha.command.research.model_scoring import UnfitModel, is_installed, score_rows
from fanzha.command.research.models import PartnerModel
from fanzha.command.research.research_settings import ResearchSettings
from fanzha.store.state_folder import state_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
ROWS = np.tile(np.array([1.0, 0.25, 3.0]), (5, 1))


def test_scores_come_back_in_order(world: World) -> None:
    model = model_of(world, agreement_of(world), good_model())
    assert is_installed() and len(FEATURES) == ROWS.shape[1]
    assert score_rows(model, ROWS, ResearchSettings()) == pytest.approx([0.25] * 5)


def test_what_takes_too_long_is_said_in_both_languages(world: World) -> None:
    model = model_of(world, agreement_of(world), endless_model())
    with pytest.raises(UnfitModel) as unfit:
        score_rows(model, ROWS, ResearchSettings(processor_seconds=1, wait_seconds=20))
    assert "longer than it may" in unfit.value.words.en and "时间限额" in unfit.value.words.zh


def test_what_a_killed_run_left_is_removed_by_a_later_one(world: World) -> None:
    left, fresh = (state_folder() / "research" / name for name in ("run-old", "run-new"))
    for folder in (left, fresh):
        folder.mkdir(parents=True)
        (folder / "values").write_bytes(b"x")
    os.utime(left, (0, 0))
    score_rows(model_of(world, agreement_of(world), good_model()), ROWS, ResearchSettings())
    assert not left.exists() and [path.name for path in (state_folder() / "research").iterdir()] == ["run-new"]


def test_an_endpoint_is_not_asked_once_it_is_not_listed(world: World) -> None:
    model = model_of(world, agreement_of(world))
    PartnerModel._base_manager.update(transport="json", url="http://127.0.0.1:1/predict")
    model.refresh_from_db()
    with pytest.raises(UnfitModel) as unfit:
        score_rows(model, ROWS, ResearchSettings())
    assert "does not list" in unfit.value.words.en
    others = ResearchSettings(endpoints={world["bank"].ref: ("http://127.0.0.1:1",)})
    with pytest.raises(UnfitModel, match="does not list"):
        score_rows(model, ROWS, others)
    with pytest.raises(UnfitModel) as unfit:
        score_rows(model, ROWS, ResearchSettings(endpoints={world["partner"].ref: ("http://127.0.0.1:1",)}))
    assert "cannot be reached" in unfit.value.words.en
