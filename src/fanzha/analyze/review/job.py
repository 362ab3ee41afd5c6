"""Draw a sample to a folder, and read the marks back: agreement, shares by stratum, precision with its interval."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from fanzha import __version__
from fanzha.analyze.review.population import BELOW, Population
from fanzha.analyze.review.sheets import copy_rows, read_marks, write_sheet
from fanzha.base.errors import UsageError
from fanzha.base.ids import digest
from fanzha.base.people import name_key
from fanzha.learn.agreement import Stratum, cohen_kappa, draw_stratified, weighted_share
from fanzha.learn.intervals import Interval, wilson_interval
from fanzha.store.private_files import write_private_file

SAMPLE, FIRST, SECOND, THIRD = "sample.json", "first.csv", "second.csv", "third.csv"


class SampledItem(msgspec.Struct, frozen=True):
    """One drawn row; `item` tells a marker nothing about the row."""

    item: str
    reference: str
    stratum: int


class SampledStratum(msgspec.Struct, frozen=True):
    """A stratum: the values that define it, its size and the rows drawn."""

    values: dict[str, str]
    population: int
    drawn: int


class Sample(msgspec.Struct, frozen=True):
    """What was drawn, and how; without any text."""

    version: str
    seed: int
    marks: list[str]  # the first one is counted
    strata: list[SampledStratum]
    items: list[SampledItem]


class Agreement(msgspec.Struct, frozen=True):
    """How far two markers agree; `table` counts rows by mark of the first, then of the second."""

    rows: int
    agreed: int
    kappa: float | None
    low: float | None
    high: float | None
    table: dict[str, dict[str, int]]


class ShareEstimate(msgspec.Struct, frozen=True):
    """A share of the counted mark, weighted by strata, with its 95 % interval."""

    value: float
    low: float
    high: float
    marked: int
    population: int


class StratumShare(msgspec.Struct, frozen=True):
    """The share of the counted mark in one stratum, with its 95 % Wilson interval."""

    values: dict[str, str]
    population: int
    marked: int
    counted: int
    low: float
    high: float


class ReviewResult(msgspec.Struct, frozen=True):
    """The result of a review. The share is null while differences are not settled."""

    counted_mark: str
    markers: list[str]
    agreement: Agreement
    differing: int
    unclear: int
    share: ShareEstimate | None = None  # of findings: the precision
    below: ShareEstimate | None = None  # the same of texts below the threshold
    recall: float | None = None
    recall_low: float | None = None  # from the ends of both intervals, hence wider than 95 %
    recall_high: float | None = None
    strata: list[StratumShare] = []


def draw_sample(population: Population, out: Path, size: int, seed: int, marks: Sequence[str]) -> Sample:
    """Draw a sample and write it with two sheets to the folder. Raise UsageError if it holds a sample."""
    if (out / SAMPLE).exists():
        raise UsageError(f"{out} holds a sample", fix="name another folder")
    if len(set(marks)) < 2:
        raise UsageError("at least two marks are needed", fix="write --marks fraud,innocent")
    rows = draw_stratified(population.strata, size, seed)
    strata = population.strata[rows]
    items = [
        SampledItem(_item(seed, population.references[row]), population.references[row], int(stratum))
        for row, stratum in zip(rows.tolist(), strata.tolist(), strict=True)
    ]
    sizes = np.bincount(population.strata, minlength=len(population.names)).tolist()
    drawn = np.bincount(strata, minlength=len(population.names)).tolist()
    listed = [SampledStratum(*row) for row in zip(population.names, sizes, drawn, strict=True)]
    sample = Sample(__version__, seed, list(marks), listed, items)
    shown = population.shown.take(pa.array(rows.tolist(), pa.int64()))
    names = [item.item for item in items]
    for place, sheet in enumerate((FIRST, SECOND)):
        write_sheet(out / sheet, names, shown, seed + place)
    write_private_file(out / SAMPLE, msgspec.json.format(msgspec.json.encode(sample), indent=1))
    return sample


def _item(seed: int, reference: str) -> str:
    """Return the name of a drawn row; it begins with a letter, as spreadsheets read 12e34567 as a number."""
    return f"m{digest(seed, reference, size=6)}"


def review(folder: Path, markers: Sequence[str], third: str = "") -> ReviewResult:
    """Read both sheets; where they differ read the third, or write it for the `third` marker to fill in.

    Raise UsageError if two markers are one person or not named, or a sheet is not complete.
    """
    people = [*markers, third] if third else list(markers)
    names = {name_key(name) for name in people}
    if len(people) < 2 or len(names) < len(people) or "" in names:
        raise UsageError("the markers must be different people", fix="name each of them")
    sample = _read_sample(folder)
    items = [item.item for item in sample.items]
    first, second = (read_marks(folder / sheet, sample.marks, items) for sheet in (FIRST, SECOND))
    differing = [item for item in items if first[item] != second[item]]
    settled = {item: first[item] for item in items if first[item] == second[item]}
    if differing and third and (folder / THIRD).is_file():
        settled |= read_marks(folder / THIRD, sample.marks, differing)
    elif differing and not (folder / THIRD).is_file():
        copy_rows(folder / FIRST, folder / THIRD, set(differing))
    agreement = _agreement(first, second, items)
    if len(settled) < len(items):
        return ReviewResult(sample.marks[0], people, agreement, len(differing), 0)
    return _estimate(sample, settled, agreement, len(differing), people)


def _read_sample(folder: Path) -> Sample:
    try:
        return msgspec.json.decode((folder / SAMPLE).read_bytes(), type=Sample)
    except (OSError, msgspec.MsgspecError):
        raise UsageError(f"{folder} holds no {SAMPLE}", fix="name the folder of fanzha sample draw") from None


def _agreement(first: Mapping[str, str], second: Mapping[str, str], items: Sequence[str]) -> Agreement:
    kappa = cohen_kappa([first[item] for item in items], [second[item] for item in items])
    table: dict[str, dict[str, int]] = {}
    for item in items:
        row = table.setdefault(first[item], {})
        row[second[item]] = row.get(second[item], 0) + 1
    return Agreement(kappa.rows, kappa.agreed, kappa.value, kappa.low, kappa.high, table)


def _estimate(
    sample: Sample, settled: Mapping[str, str], agreement: Agreement, differing: int, markers: list[str]
) -> ReviewResult:
    """Return the shares; an unclear row is not counted, so that the share is rather too low."""
    counted = [0] * len(sample.strata)
    for item in sample.items:
        counted[item.stratum] += settled[item.item] == sample.marks[0]
    strata = [_stratum_share(stratum, count) for stratum, count in zip(sample.strata, counted, strict=True)]
    share = _share([stratum for stratum in strata if BELOW not in stratum.values])
    below = _share([stratum for stratum in strata if BELOW in stratum.values])
    recall = _recall(share, below)
    return ReviewResult(
        counted_mark=sample.marks[0],
        markers=markers,
        agreement=agreement,
        differing=differing,
        unclear=sum(mark not in sample.marks for mark in settled.values()),
        share=share,
        below=below,
        recall=recall[0] if recall else None,
        recall_low=recall[1] if recall else None,
        recall_high=recall[2] if recall else None,
        strata=strata,
    )


def _stratum_share(stratum: SampledStratum, counted: int) -> StratumShare:
    bounds = Interval(0.0, 1.0)
    if stratum.drawn:
        bounds = wilson_interval(counted / stratum.drawn, stratum.drawn)
    return StratumShare(stratum.values, stratum.population, stratum.drawn, counted, *bounds)


def _share(strata: Sequence[StratumShare]) -> ShareEstimate | None:
    estimate = weighted_share([Stratum(row.population, row.marked, row.counted) for row in strata])
    if estimate is None:
        return None
    marked, population = sum(row.marked for row in strata), sum(row.population for row in strata)
    return ShareEstimate(estimate.value, estimate.low, estimate.high, marked, population)


def _recall(share: ShareEstimate | None, below: ShareEstimate | None) -> tuple[float, float, float] | None:
    """Return the share of all frauds that was found, with bounds from the ends of both intervals."""
    if share is None or below is None:
        return None

    def found(above_share: float, below_share: float) -> float:
        above, missed = above_share * share.population, below_share * below.population
        return above / (above + missed) if above + missed else 0.0

    return found(share.value, below.value), found(share.low, below.high), found(share.high, below.low)
