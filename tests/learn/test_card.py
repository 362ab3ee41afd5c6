"""A card comes back as it was written, and every figure in which two cards differ is named."""

from pathlib import Path

import msgspec
import pytest

from fanzha.learn.card import (
    Bilingual,
    Card,
    MeasuredFigures,
    TrainingData,
    differences,
    read_card,
    sha256_of,
    write_card,
)

WORDS = Bilingual("样例", "sample")


def card(auc: float = 0.95761, threshold: float = 0.9123456789) -> Card:
    return Card(
        name="sample",
        version="1",
        title=WORDS,
        made_on="2026-01-02",
        learned_from=[TrainingData(path="sample/data.parquet", licence="CC0", rows=10, positives=3)],
        intended_use=WORDS,
        limits=[WORDS],
        measured=[
            MeasuredFigures(
                how=WORDS, rows=10, figures={"auc": auc, "auc_ci95": [0.951234, 0.961234], "recall_at_0.1pct": None}
            )
        ],
        thresholds={"1pct": threshold},
        weights="sample.npz",
        weights_sha256="0" * 64,
    )


def test_card_is_written_readable_with_figures_to_four_digits(tmp_path: Path) -> None:
    write_card(card(), tmp_path / "sample.card.json")
    again = read_card(tmp_path / "sample.card.json")
    assert again.measured[0].figures == {"auc": 0.9576, "auc_ci95": [0.9512, 0.9612], "recall_at_0.1pct": None}
    assert again.thresholds == {"1pct": 0.9123456789}  # a threshold is used, so it keeps all its digits
    assert "样例" in (tmp_path / "sample.card.json").read_text("utf-8")


def test_file_that_is_no_card_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sample.card.json").write_text('{"name": 5}')
    with pytest.raises(msgspec.ValidationError):
        read_card(tmp_path / "sample.card.json")


def test_rounding_is_no_difference_and_a_changed_figure_is_named() -> None:
    assert differences(card(), card(auc=0.9576)) == []
    assert differences(card(auc=0.951), card()) == ["auc (sample): 0.9510, the committed card says 0.9576"]
    assert differences(card(threshold=0.5), card()) == ["threshold 1pct: 0.5000, the committed card says 0.9123"]


def test_a_figure_that_is_gone_is_a_difference() -> None:
    gone = msgspec.structs.replace(card(), thresholds={})
    assert differences(gone, card()) == ["threshold 1pct: nothing, the committed card says 0.9123"]


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "w").write_bytes(b"abc")
    assert sha256_of(tmp_path / "w") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
