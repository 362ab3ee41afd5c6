"""A model is rebuilt to the same bytes and figures, and what its card says is true of it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.analyze.train import train
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.events.subscriber_profile import CALLS, TEXTS
from fanzha.learn.card import read_card, sha256_of
from fanzha.models import all_models

MODEL = all_models()["subscriber-usage"]


def quiet(words: Words) -> None:
    assert words.zh and words.en


def write_data(folder: Path, rows: int = 260) -> Path:
    """Made-up subscribers where the model looks for its data set."""
    chance = np.random.default_rng(0)
    labels = (chance.random(rows) < 0.4).astype(int)
    columns: dict[str, object] = {c.aliases[-1]: np.round(chance.lognormal(2, 1, rows)) for c in (*CALLS, *TEXTS)}
    columns["opposite_unique"] = np.round(chance.lognormal(3 + 1.5 * labels, 0.8))
    columns["label"] = labels
    target = folder / MODEL.sources[0].path
    target.parent.mkdir(parents=True)
    pq.write_table(pa.table(columns), target)
    return folder


def test_card_tells_of_data_figures_thresholds_and_the_very_weights_beside_it(tmp_path: Path) -> None:
    card = train(MODEL, write_data(tmp_path / "data"), tmp_path / "out", trained_on="2026-01-02", report=quiet).card
    assert read_card(tmp_path / "out" / "subscriber_usage.card.json").thresholds == card.thresholds
    assert card.weights_sha256 == sha256_of(tmp_path / "out" / card.weights)
    assert [(one.path, one.rows) for one in card.learned_from] == [("sichuan_telecom/nodes.parquet", 260)]
    assert card.learned_from[0].positives and card.learned_from[0].licence
    figures = card.measured[0].figures
    assert isinstance(figures["auc"], float) and 0.7 < figures["auc"] < 1
    assert set(card.thresholds) == {"1pct"}  # too few innocents for 0.1 %
    assert card.made_on == "2026-01-02" and card.limits and card.intended_use.zh


def test_the_same_data_give_the_same_bytes_and_figures(tmp_path: Path) -> None:
    data = write_data(tmp_path / "data")
    first, again = (train(MODEL, data, tmp_path / name, trained_on="", report=quiet).card for name in ("one", "two"))
    assert first == again


def test_other_figures_than_those_committed_are_named(tmp_path: Path) -> None:
    rebuilt = train(MODEL, write_data(tmp_path / "data"), tmp_path / "out", trained_on="", report=quiet)
    assert rebuilt.differences and any("auc (5 folds" in line for line in rebuilt.differences)


def test_a_data_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lacks sichuan_telecom/nodes.parquet"):
        train(MODEL, tmp_path, tmp_path / "out", trained_on="", report=quiet)
