"""A model is rebuilt to the same bytes and figures, and what its card says is true of it."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fanzha.analyze.train import train
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.events.subscriber_profile import CALLS, TEXTS
from fanzha.learn.card import read_card, sha256_of
from fanzha.models import Source, all_models
from fanzha.models.message_type import MessageType

MODEL = all_models()["subscriber-usage"]
SHORT_TEXTS = {"中奖通知请领奖": "prize", "贷款额度马上放款": "loan", "您的快递到了": "other"}


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


class _TwoSources(MessageType):
    """Learns other classes than the taxonomy's from two files."""

    name: ClassVar[str] = "two-sources"
    sources: ClassVar[tuple[Source, ...]] = tuple(
        Source(f"{name}/rows.csv", label="label", classes={"prize": "class a", "loan": "class b"}, licence="none")
        for name in ("one", "two")
    )


def test_a_model_judged_across_sources_has_their_figures_and_the_share_from_which_it_is_sure(tmp_path: Path) -> None:
    for name, ending in (("one", "速回"), ("two", "详询")):
        (tmp_path / name).mkdir()
        rows = [f"{number}号{text}{ending},{label}" for number in range(9) for text, label in SHORT_TEXTS.items()]
        (tmp_path / name / "rows.csv").write_text("\n".join(["text,label", *rows]), "utf-8")
    card = train(_TwoSources(), tmp_path, tmp_path / "out", trained_on="", report=quiet).card
    assert [measured.how.en for measured in card.measured] == ["one, learned without it", "two, learned without it"]
    assert [learned.rows for learned in card.learned_from] == [18, 18]  # rows of other labels are left out
    assert set(card.thresholds) == {"sure"}
    assert card.measured[0].figures["sure_accuracy"] == 1
