"""A sample is marked twice blind, differences are settled by a third, and the share is weighted by strata."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.monthly_findings import text_finding, write_findings

from fanzha.analyze.review.job import draw_sample, review
from fanzha.analyze.review.population import add_texts_below, read_population
from fanzha.base.errors import UsageError

MARKS = ("fraud", "innocent")


def fill(sheet: Path, mark: Callable[[str], str]) -> None:
    """Fill in a sheet as a person would who sees the content alone."""
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"mark": mark(row["content"])} for row in rows)


def judge(content: str) -> str:
    return "fraud" if "骗" in content else "innocent"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Nine of ten texts of a large stratum are fraud, none of a small one, and one in forty below the threshold."""
    rows = [
        text_finding(number, "2026-10-01", f"{'真' if number % 10 == 0 else '骗'}{number}") for number in range(400)
    ]
    rows += [text_finding(1_000 + n, "2026-10-01", f"真{n}", fraud_type="other") for n in range(20)]
    findings = write_findings(tmp_path / "findings.parquet", rows)
    (tmp_path / "rest.csv").write_text(
        "text\n" + "".join(f"{'骗' if n % 40 == 0 else '真'}文{n}\n" for n in range(800)), "utf-8"
    )
    population = add_texts_below(read_population([findings]), str(tmp_path / "rest.csv"))
    draw_sample(population, tmp_path / "sample", 300, 7, MARKS)
    return tmp_path / "sample"


def test_without_differences_precision_and_recall_are_stated(folder: Path) -> None:
    for sheet in ("first.csv", "second.csv"):
        fill(folder / sheet, judge)
    result = review(folder, ("Alice", "Bob"))
    assert result.agreement.kappa == 1 and result.differing == 0 and not (folder / "third.csv").exists()
    assert result.share is not None and result.below is not None and result.recall is not None
    assert result.share.low < 360 / 420 < result.share.high and result.below.low < 1 / 40 < result.below.high
    assert result.recall_low is not None and result.recall_low < 360 / 380 < (result.recall_high or 0)
    assert result.share.population == 420 and result.below.population == 800
    assert sum(row.marked for row in result.strata) == 300


def test_differences_go_to_a_third_person_without_the_marks_and_then_count(folder: Path) -> None:
    fill(folder / "first.csv", judge)
    fill(folder / "second.csv", lambda content: "unclear" if content.endswith("1") else judge(content))
    waiting = review(folder, ("Alice", "Bob"))
    assert waiting.share is None and waiting.differing > 0 and (waiting.agreement.kappa or 1) < 1
    third = (folder / "third.csv").read_text("utf-8-sig").splitlines()
    assert len(third) == waiting.differing + 1 and not any("fraud" in line or "unclear" in line for line in third)
    with pytest.raises(UsageError, match="the mark is empty"):
        review(folder, ("Alice", "Bob"), "Carol")
    fill(folder / "third.csv", judge)
    settled = review(folder, ("Alice", "Bob"), "Carol")
    assert settled.share is not None and settled.markers == ["Alice", "Bob", "Carol"] and settled.unclear == 0


def test_one_person_cannot_mark_twice(folder: Path) -> None:
    for markers, third in (
        (("Alice", " alice"), ""),
        (("Alice", ""), ""),
        (("Alice", "Bob"), "BOB"),
        (("", "Bob"), "Carol"),
        (("王某", "王 某"), ""),
    ):
        with pytest.raises(UsageError, match="different people"):
            review(folder, markers, third)


def test_the_sheets_have_different_orders_and_the_plan_holds_no_text(folder: Path) -> None:
    first, second = ((folder / name).read_text("utf-8-sig").splitlines() for name in ("first.csv", "second.csv"))
    assert first != second and sorted(first) == sorted(second) and "fraud-text" not in "".join(first)
    assert "骗" not in (folder / "sample.json").read_text("utf-8")


def test_a_sample_is_never_overwritten_and_a_folder_without_one_is_refused(folder: Path, tmp_path: Path) -> None:
    population = read_population([tmp_path / "findings.parquet"])
    with pytest.raises(UsageError, match="holds a sample"):
        draw_sample(population, folder, 10, 1, MARKS)
    (folder / "sample.json").unlink()
    with pytest.raises(UsageError, match=r"first\.csv, second\.csv"):
        draw_sample(population, folder, 10, 1, MARKS)
    (folder / "third.csv").write_text("marked")
    assert len(draw_sample(population, folder, 10, 1, MARKS, force=True).items) == 10
    assert not (folder / "third.csv").exists()
    with pytest.raises(UsageError, match="at least two marks"):
        draw_sample(population, tmp_path / "new", 10, 1, ["fraud"])
    with pytest.raises(UsageError, match=r"holds no sample\.json"):
        review(tmp_path, ("Alice", "Bob"))
