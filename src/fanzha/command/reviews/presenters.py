"""Present samples, their progress, agreement and precision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.command.reviews.marking import Place
from fanzha.command.reviews.results import MIN_DECISIONS, DetectorPrecision, GoldenAgreement, MarkedShare
from fanzha.command.subjects.selectors import detector_title, kind_title
from fanzha.command.web.components import Badge, DataTable, FactItem, ListRow, Tone
from fanzha.learn.intervals import wilson_interval
from fanzha.learn.review_sheets import FRAUD, INNOCENT, UNCLEAR

if TYPE_CHECKING:
    from fanzha.command.reviews.models import ReviewSample
    from fanzha.command.reviews.selectors import SampleProgress
    from fanzha.command.web.viewer import Viewer
    from fanzha.learn.sample_review import Agreement, ReviewResult, ShareEstimate


def mark_title(mark: str) -> str:
    """Return the word of a mark."""
    return {FRAUD: _("Fraud"), INNOCENT: _("Innocent"), UNCLEAR: _("Unclear")}.get(mark, mark)


def sample_title(sample: ReviewSample) -> str:
    """Return what was drawn from: kind and days, and once both markers are done the detector."""
    kind = [kind_title(sample.kind)] if sample.kind else []
    if not sample.is_marked_twice:
        return _(", ").join([*(kind or [_("Sample")]), _period(sample)])
    detector = detector_title(sample.detector) if sample.detector else _("all detectors")
    return _(", ").join([detector, *kind, _period(sample)])


def _period(sample: ReviewSample) -> str:
    last = localtime(sample.until) - timedelta(seconds=1)
    return f"{date_format(localtime(sample.since), 'SHORT_DATE_FORMAT')}–{date_format(last, 'SHORT_DATE_FORMAT')}"


def state_badge(sample: ReviewSample) -> Badge:
    """Return the badge of the state."""
    if sample.settled_at:
        return Badge(_("complete"), "check", Tone.ACCENT)
    if sample.is_marked_twice:
        return Badge(_("disagreements wait for a third person"), "users", Tone.WARN)
    return Badge(_("being marked"), "clock")


def present_sample(sample: ReviewSample) -> ListRow:
    """Present a sample as a list row."""
    drawn = sum(stratum["drawn"] for stratum in sample.strata)
    words = ngettext("%(count)s finding", "%(count)s findings", drawn) % {"count": f"{drawn:,}"}
    return ListRow(
        title=sample_title(sample),
        href=reverse("review_sample", args=[sample.ref]),
        summary=words,
        badges=(state_badge(sample),),
        at=sample.drawn_at,
        meta=(str(sample.drawn_by),),
    )


def sample_facts(sample: ReviewSample, progress: SampleProgress) -> list[FactItem]:
    """Return filter, seed, who drew it and how far it is marked; never whether two marks agree."""
    population = sum(stratum["population"] for stratum in sample.strata)
    facts = [
        FactItem(_("Found"), _period(sample)),
        FactItem(_("Drawn"), _("%(drawn)s of %(all)s") % {"drawn": f"{progress.drawn:,}", "all": f"{population:,}"}),
        FactItem(_("Seed"), str(sample.seed)),
        FactItem(_("Drawn by"), str(sample.drawn_by)),
        FactItem(_("Drawn at"), sample.drawn_at),
        FactItem(_("First marker"), _marker(sample, progress, Place.FIRST)),
        FactItem(_("Second marker"), _marker(sample, progress, Place.SECOND)),
    ]
    if sample.is_marked_twice:
        facts.append(FactItem(_("Score"), f"{sample.score_from:g}–{sample.score_to:g}"))
    if sample.third:
        facts.append(FactItem(_("Third person"), _marker(sample, progress, Place.THIRD)))
    if progress.left_out:
        facts.append(FactItem(_("Left out, because a marker had already decided on them"), f"{progress.left_out:,}"))
    return facts


def _marker(sample: ReviewSample, progress: SampleProgress, place: Place) -> str:
    person = getattr(sample, place)
    if person is None:
        return _("open")
    return _("%(person)s: %(count)s marked") % {"person": person, "count": f"{progress.marked[place]:,}"}


def release_label(sample: ReviewSample, place: Place, viewer: Viewer) -> str:
    """Return the words of the button that releases a place."""
    if getattr(sample, f"{place}_id") == viewer.person:
        return _("Give up my place")
    return _("Release the place of %(person)s") % {"person": getattr(sample, place)}


def agreement_facts(result: ReviewResult) -> list[FactItem]:
    """Return agreement, differences and the precision of the whole sample."""
    facts = [
        FactItem(_("Agreed"), f"{result.agreement.agreed:,} / {result.agreement.rows:,}"),
        FactItem(_("Cohen's kappa (95% interval)"), _kappa(result.agreement)),
        FactItem(_("Disagreed"), f"{result.differing:,}"),
    ]
    if result.share:
        facts += [
            FactItem(_("Unclear"), f"{result.unclear:,}"),
            FactItem(_("Precision (95% interval)"), share_words(_to_marked_share(result.share))),
        ]
    return facts


def golden_facts(agreements: Iterable[GoldenAgreement]) -> list[FactItem]:
    """Return how far each marker agrees with the golden cases, with the interval of the share."""
    return [
        FactItem(
            _("Golden cases, %(person)s") % {"person": row.person},
            _("%(agreed)s of %(cases)s marked as before (%(low)s–%(high)s)")
            % {
                "agreed": row.agreed,
                "cases": row.cases,
                **{
                    name: f"{bound:.0%}"
                    for name, bound in wilson_interval(row.agreed / row.cases, row.cases)._asdict().items()
                },
            },
        )
        for row in agreements
    ]


def _kappa(agreement: Agreement) -> str:
    if agreement.kappa is None:
        return _("none, because both gave every finding the same mark")
    return f"{agreement.kappa:.2f} ({agreement.low:.2f}–{agreement.high:.2f})"


def _to_marked_share(share: ShareEstimate) -> MarkedShare:
    if share.marked < MIN_DECISIONS:
        return MarkedShare(share.marked, 0)
    return MarkedShare(share.marked, round(share.value * share.marked), share.value, share.low, share.high)


def share_words(share: MarkedShare) -> str:
    """Return a share with its interval and n, or that there are not enough decisions."""
    if share.value is None or share.low is None or share.high is None:
        return _("not enough decisions (n = %(count)s)") % {"count": f"{share.marked:,}"}
    return _("%(share)s (%(low)s–%(high)s), n = %(count)s") % {
        "share": f"{share.value:.0%}",
        "low": f"{share.low:.0%}",
        "high": f"{share.high:.0%}",
        "count": f"{share.marked:,}",
    }


def precision_table(figures: Iterable[DetectorPrecision], caption: str) -> DataTable:
    """Return the precision by detector, and by score band where there are several."""
    head = (_("Detector or rule"), _("Score"), _("Findings"), _("Marked"), _("Precision (95% interval)"))
    rows = tuple(
        (
            detector_title(figure.detector),
            figure.band or _("all"),
            f"{figure.population:,}",
            f"{figure.precision.marked:,}",
            share_words(figure.precision),
        )
        for figure in figures
    )
    return DataTable(caption, head, rows, frozenset((2, 3)))


def marks_table(marks: Sequence[str], agreement: Agreement) -> DataTable:
    """Return how often each pair of marks was given."""
    head = (_("First marker"), *(_("second: %(mark)s") % {"mark": mark_title(mark)} for mark in marks))
    rows = tuple(
        (mark_title(first), *(f"{agreement.table.get(first, {}).get(second, 0):,}" for second in marks))
        for first in marks
    )
    return DataTable(_("Marks of both people"), head, rows, frozenset(range(1, len(marks) + 1)))
