"""Markers see text or subject alone; strata are those of the findings or columns of a table."""

from pathlib import Path

import numpy as np
import pytest
from tests.monthly_findings import site_finding, text_finding, write_findings

from fanzha.analyze.review.population import add_texts_below, read_population
from fanzha.base.errors import UsageError
from fanzha.learn.sample_review import BELOW


@pytest.fixture
def findings(tmp_path: Path) -> Path:
    rows = [text_finding(1, "2026-10-01", "甲乙"), site_finding(2, "2026-10-02", "a.example", "b.example")]
    return write_findings(tmp_path / "findings.parquet", rows)


def test_of_findings_neither_score_nor_detector_is_shown(findings: Path) -> None:
    population = read_population([findings])
    assert population.shown.to_pylist() == [
        {"kind": "message", "content": "甲乙"}, {"kind": "website", "content": "a.example"},
    ]  # fmt: skip
    assert [population.names[number]["detector"] for number in population.strata] == ["fraud-text", "lookalike-website"]


def test_texts_below_the_threshold_are_a_stratum_with_numbers_masked(findings: Path, tmp_path: Path) -> None:
    (tmp_path / "rest.csv").write_text("短信内容\n回电17000000001\n明天见\n", "utf-8")
    of_texts = read_population([findings], detectors=["fraud-text"])
    population = add_texts_below(of_texts, str(tmp_path / "rest.csv"))
    assert population.names[-1] == {BELOW: "rest.csv"} and np.bincount(population.strata).tolist() == [1, 2]
    assert population.shown["content"].to_pylist()[1:] == ["回电170••••••01", "明天见"]
    with pytest.raises(UsageError, match="for one detector"):
        add_texts_below(read_population([findings]), str(tmp_path / "rest.csv"))


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    for name in ("damaged.parquet", "damaged.csv"):
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(UsageError, match=f"{name} cannot be read") as error:
            read_population([tmp_path / name])
        assert error.value.fix


def test_any_table_is_drawn_from_by_its_columns(tmp_path: Path) -> None:
    (tmp_path / "openings.csv").write_text("outlet,photo\nA,1.jpg\nB,2.jpg\nA,3.jpg\n", "utf-8")
    population = read_population([tmp_path / "openings.csv"], ["outlet"])
    assert population.shown.column_names == ["photo"] and population.references == ["1", "2", "3"]
    assert np.bincount(population.strata).tolist() == [2, 1]
    with pytest.raises(UsageError, match="no column 'shop'"):
        read_population([tmp_path / "openings.csv"], ["shop"])
    with pytest.raises(UsageError, match="belongs to findings"):
        add_texts_below(read_population([tmp_path / "openings.csv"]), f"{tmp_path / 'openings.csv'}:text=photo")
