"""Every model that ships has a card that is true of its weights; nothing ships without a model."""

import subprocess
import sys

import pytest

from fanzha.learn.card import sha256_of
from fanzha.models import Model, all_models
from fanzha.models._model import DATA, card_beside

SHIPPED = [model for model in all_models().values() if model.weights.exists()]


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
def test_card_is_of_this_model_and_these_weights(model: Model) -> None:
    card = model.card()
    assert (card.name, card.version, card.weights) == (model.name, model.version, model.weights.name)
    assert card.weights_sha256 == sha256_of(model.weights), "run fanzha train"


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
def test_card_says_what_was_learned_from_under_which_licence_and_how_it_was_measured(model: Model) -> None:
    card = model.card()
    assert [one.path for one in card.learned_from] == [source.path for source in model.sources]
    assert all(one.licence and one.rows for one in card.learned_from)
    assert card.intended_use.zh and card.intended_use.en and card.limits
    main = card.measured[0]
    assert main.rows and main.how.zh and main.how.en
    key = "recall_at_1pct" if "recall_at_1pct" in main.figures else "macro_f1"
    value, ends = main.figures[key], main.figures[f"{key}_ci95"]
    assert isinstance(value, float) and isinstance(ends, list) and ends[0] <= value <= ends[1]


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
def test_weights_are_small(model: Model) -> None:
    assert model.weights.stat().st_size < 8_000_000


def test_no_weights_or_card_ship_without_a_model() -> None:
    known = {path for model in all_models().values() for path in (model.weights, card_beside(model.weights))}
    assert {path for path in DATA.iterdir() if path.suffix == ".npz" or path.name.endswith(".card.json")} <= known


def test_loading_shipped_models_needs_no_library_of_training() -> None:
    program = """
import sys
sys.modules.update(dict.fromkeys(["lightgbm", "sklearn", "scipy", "pandas"]))
from fanzha.detect import all_detectors
from fanzha.models import all_models
for model in all_models().values():
    if model.weights.exists():
        model.load()
assert all_detectors()
"""
    subprocess.run([sys.executable, "-c", program], check=True)
