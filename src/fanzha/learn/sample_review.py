"""The review of a drawn sample: what was drawn, how far two markers agree, and the shares that follow.

`fanzha sample` keeps samples and marks in files, the site keeps them in its database; both state the same figures.
"""

from collections.abc import Mapping, Sequence

import msgspec

from fanzha.base.ids import digest
from fanzha.learn.agreement import Stratum, cohen_kappa, weighted_share
from fanzha.learn.intervals import Interval, wilson_interval

BELOW = "below_threshold"  # name of the stratum of texts that were not found


class SampledItem(msgspec.Struct, frozen=True):
    """One drawn row; `item` is an id that does not reveal the row to a marker."""

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


def name_item(seed: int, reference: str) -> str:
    """Return the name of a drawn row; it begins with a letter, as spreadsheets read 12e34567 as a number."""
    return f"m{digest(seed, reference, size=6)}"


def summarize_review(
    sample: Sample, first: Mapping[str, str], second: Mapping[str, str], third: Mapping[str, str], markers: list[str]
) -> ReviewResult:
    """Return agreement and shares. `first` and `second` mark every item, `third` those where they differ, or nothing.

    The shares are missing until every difference is settled.
    """
    items = [item.item for item in sample.items]
    settled = {item: first[item] for item in items if first[item] == second[item]}
    differing = [item for item in items if first[item] != second[item]]
    settled |= {item: third[item] for item in differing if item in third}
    agreement = _agreement(first, second, items)
    if len(settled) < len(items):
        return ReviewResult(sample.marks[0], markers, agreement, len(differing), 0)
    return _estimate(sample, settled, agreement, len(differing), markers)


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

    def recall(above_share: float, below_share: float) -> float:
        above, missed = above_share * share.population, below_share * below.population
        return above / (above + missed) if above + missed else 0.0

    return recall(share.value, below.value), recall(share.low, below.high), recall(share.high, below.low)
