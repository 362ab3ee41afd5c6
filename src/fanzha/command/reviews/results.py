"""The figures of a marked sample and of all samples of a detector; each share has its interval and its n."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils import timezone

from fanzha import __version__
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.reviews.marking import COUNTED_MARKS, Place
from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.reviews.sampling import SCORE_BANDS
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.learn.agreement import Stratum, weighted_share
from fanzha.learn.review_sheets import FRAUD
from fanzha.learn.sample_review import ReviewResult, Sample, SampledItem, SampledStratum, summarize_review

_UNSCOPED = unscoped("samples of the viewer's own organisation")

#: With fewer marked findings no share is stated.
MIN_DECISIONS = 30
#: Older samples say nothing of the detector of today.
MAX_AGE = timedelta(days=366)


class MarkedShare(NamedTuple):
    """A share with its 95 % interval: `counted` of `marked` findings, weighted by strata.

    Value and interval are None where fewer than `MIN_DECISIONS` are marked.
    """

    marked: int
    counted: int
    value: float | None = None
    low: float | None = None
    high: float | None = None

    def invert(self) -> MarkedShare:
        """Return the share of the findings that were not counted."""
        counted = self.marked - self.counted
        if self.value is None or self.low is None or self.high is None:
            return MarkedShare(self.marked, counted)
        return MarkedShare(self.marked, counted, 1 - self.value, 1 - self.high, 1 - self.low)


class DetectorPrecision(NamedTuple):
    """The precision of a detector's findings in one score band ("" for all together)."""

    detector: str
    band: str
    population: int
    precision: MarkedShare


def band_name(number: int) -> str:
    """Return the ends of a score band."""
    high = SCORE_BANDS[number + 1] if number + 1 < len(SCORE_BANDS) else 1.0
    return f"{SCORE_BANDS[number]:.1f}–{high:.1f}"


def to_share(strata: Sequence[Stratum]) -> MarkedShare:
    """Return the share of the counted mark, each stratum weighted by its size."""
    marked, counted = sum(stratum.marked for stratum in strata), sum(stratum.counted for stratum in strata)
    share = weighted_share(strata) if marked >= MIN_DECISIONS else None
    return MarkedShare(marked, counted, *share[:3]) if share else MarkedShare(marked, counted)


def build_sample(sample: ReviewSample, items: Sequence[ReviewItem]) -> Sample:
    """Return a sample with these of its items, as `fanzha sample` keeps it."""
    drawn = Counter(item.stratum for item in items)
    return Sample(
        version=__version__,
        seed=sample.seed,
        marks=[*COUNTED_MARKS],
        strata=[
            SampledStratum(
                {"detector": stratum["detector"], "score": band_name(stratum["band"])},
                stratum["population"],
                drawn[number],
            )
            for number, stratum in enumerate(sample.strata)
        ],
        items=[SampledItem(item.item, item.finding_id, item.stratum) for item in items],
    )


def summarize_sample(sample: ReviewSample) -> ReviewResult | None:
    """Return agreement and shares, None until both markers are done."""
    items = list(ReviewItem.objects.filter(sample=sample, is_left_out=False, golden=""))
    if not sample.is_marked_twice or not items:
        return None
    first, second = ({item.item: getattr(item, place) for item in items} for place in (Place.FIRST, Place.SECOND))
    third = {item.item: item.third for item in items if item.third}
    markers = [str(person) for person in (sample.first, sample.second, sample.third) if person]
    return summarize_review(build_sample(sample, items), first, second, third, markers)


class GoldenAgreement(NamedTuple):
    """How many golden cases a marker judged as they had been settled, of how many."""

    person: str
    agreed: int
    cases: int


def golden_agreements(sample: ReviewSample) -> list[GoldenAgreement]:
    """Return how far each marker agrees with the golden cases; nothing until both are done, or without any."""
    items = list(ReviewItem.objects.filter(sample=sample, is_left_out=False).exclude(golden=""))
    if not sample.is_marked_twice or not items:
        return []
    return [
        GoldenAgreement(
            str(getattr(sample, place)), sum(getattr(item, place) == item.golden for item in items), len(items)
        )
        for place in (Place.FIRST, Place.SECOND)
    ]


def precision_by_band(result: ReviewResult) -> list[DetectorPrecision]:
    """Return the precision of each detector, and below it of each of its score bands."""
    by_detector: dict[str, list[DetectorPrecision]] = {}
    strata: dict[str, list[Stratum]] = {}
    for row in result.strata:
        detector, stratum = row.values["detector"], Stratum(row.population, row.marked, row.counted)
        band = DetectorPrecision(detector, row.values["score"], row.population, to_share([stratum]))
        by_detector.setdefault(detector, []).append(band)
        strata.setdefault(detector, []).append(stratum)
    return [
        figure
        for detector, bands in by_detector.items()
        for figure in (_whole(detector, strata[detector]), *(bands if len(bands) > 1 else ()))
    ]


def _whole(detector: str, strata: Sequence[Stratum]) -> DetectorPrecision:
    return DetectorPrecision(detector, "", sum(stratum.population for stratum in strata), to_share(strata))


def detector_precisions(viewer: Viewer) -> list[DetectorPrecision]:
    """Return the precision of each detector from the settled samples of the viewer's organisation of one year."""
    strata = _settled_strata(viewer, Q())
    return [_whole(detector, strata[detector]) for detector in sorted(strata)]


def estimate_false_share(detectors: Collection[str], viewer: Viewer) -> MarkedShare:
    """Return the share of false findings of these detectors together, as far as drawn samples tell.

    Only settled blind marks count: neither decisions without a review, nor samples that the viewer helped to mark.
    """
    strata = _settled_strata(viewer, _marked_by(viewer))
    names = {name for detector in detectors for name in (detector, detector.replace("_", "-"))}
    return to_share([stratum for name in sorted(names) for stratum in strata.get(name, ())]).invert()


def estimate_false_shares(viewer: Viewer) -> dict[str, MarkedShare]:
    """Return the shares of `estimate_false_share` of each detector that has any mark, by name."""
    strata = _settled_strata(viewer, _marked_by(viewer))
    return {detector: to_share(found).invert() for detector, found in strata.items()}


def _marked_by(viewer: Viewer) -> Q:
    """Return the condition for samples that a viewer helped to mark."""
    if viewer.person is None:
        return Q()
    return Q(first=viewer.person) | Q(second=viewer.person) | Q(third=viewer.person)


def _settled_strata(viewer: Viewer, without: Q) -> dict[str, list[Stratum]]:
    """Return the strata of all settled samples by detector."""
    samples = _UNSCOPED.rows(ReviewSample).filter(
        owner=viewer.organization,
        simulated=get_organization(viewer.organization).simulated,
        settled_at__gt=timezone.now() - MAX_AGE,
    )
    if without:
        samples = samples.exclude(without)
    if not (settled := list(samples)):
        return {}
    is_right = Q(first=FRAUD, second=FRAUD) | Q(third=FRAUD)
    items = _UNSCOPED.rows(ReviewItem).filter(sample__in=settled, is_left_out=False, golden="").order_by()
    counts = {
        (row["sample"], row["stratum"]): (row["marked"], row["right"])
        for row in items.values("sample", "stratum").annotate(marked=Count("pk"), right=Count("pk", filter=is_right))
    }
    strata: dict[str, list[Stratum]] = {}
    for sample in settled:
        for number, stratum in enumerate(sample.strata):
            marked, right = counts.get((sample.pk, number), (0, 0))
            strata.setdefault(stratum["detector"], []).append(Stratum(stratum["population"], marked, right))
    return strata
