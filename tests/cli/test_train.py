"""`fanzha train` rebuilds models into a folder, and with --check only says whether the committed cards still hold."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from fanzha.cli import fanzha
from fanzha.events.subscriber_profile import CALLS, TEXTS
from fanzha.learn.card import read_card
from fanzha.models import all_models


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, chance = tmp_path_factory.mktemp("data"), np.random.default_rng(1)
    labels = (chance.random(200) < 0.5).astype(int)
    columns: dict[str, object] = {c.name: np.round(chance.lognormal(2, 1, 200)) for c in (*CALLS, *TEXTS)}
    columns["other_parties"] = np.round(chance.lognormal(3 + 1.5 * labels, 0.8))
    columns["label"] = labels
    (folder / "sichuan_telecom").mkdir()
    pq.write_table(pa.table(columns), folder / "sichuan_telecom" / "nodes.parquet")
    return folder


def test_weights_and_card_are_written_to_the_folder(data: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(
        fanzha, ["train", "subscriber-usage", "--data", str(data), "--out", str(tmp_path / "new")]
    )
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "subscriber_usage.card.json",
        "subscriber_usage.npz",
    ]
    assert "5 folds" in result.output and "recall_at_1pct" in result.output


def test_weights_that_are_there_are_replaced_only_by_force(data: Path, tmp_path: Path) -> None:
    (tmp_path / "subscriber_usage.card.json").write_text("{}")
    words = ["train", "subscriber-usage", "--data", str(data), "--out", str(tmp_path)]
    refused = CliRunner().invoke(fanzha, words)
    assert "subscriber_usage.card.json is there" in str(refused.exception) and "--force" in str(refused.exception)
    assert CliRunner().invoke(fanzha, [*words, "--force"]).exit_code == 0
    assert read_card(tmp_path / "subscriber_usage.card.json").name == "subscriber-usage"


def test_check_writes_nothing_and_ends_with_4_when_a_figure_differs(data: Path) -> None:
    weights = all_models()["subscriber-usage"].weights
    before = weights.read_bytes(), read_card(weights.with_suffix(".card.json"))
    result = CliRunner().invoke(fanzha, ["train", "subscriber-usage", "--data", str(data), "--check"])
    assert getattr(result.exception, "exit_code", None) == 4 and "differ" in str(result.exception)
    assert "the committed card says" in result.output
    assert (weights.read_bytes(), read_card(weights.with_suffix(".card.json"))) == before


def test_a_model_that_is_not_there_is_named(data: Path) -> None:
    result = CliRunner().invoke(fanzha, ["train", "weather", "--data", str(data)])
    assert "no model is called 'weather'" in str(result.exception)
