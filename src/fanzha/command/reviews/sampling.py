"""Draw a sample of an organisation's findings, stratified by detector and score band; the seed is logged."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.db.models import Case, Count, F, IntegerField, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import get_organization, get_organization_ref, get_person
from fanzha.command.reviews.marking import DRAWERS
from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.web.scoping import unscoped
from fanzha.learn.agreement import draw_ranks
from fanzha.learn.review_sheets import UNCLEAR
from fanzha.learn.sample_review import name_item
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("findings and samples of the viewer's own organisation, whatever their marking")

#: Lower ends of the score bands; a band reaches to the next one, the last to 1 inclusive.
SCORE_BANDS = (0.0, 0.5, 0.7, 0.9)
MAX_SIZE = 1_000


class SampleRequest(NamedTuple):
    """The findings to draw from: "" for all detectors or kinds, found in [since, until), score in [from, to].

    `golden` is the number of golden cases to mix in, as far as there are any.
    """

    size: int
    since: datetime
    until: datetime
    detector: str = ""
    kind: str = ""
    score_from: float = 0.0
    score_to: float = 1.0
    golden: int = 0


def draw_sample(wanted: SampleRequest, viewer: Viewer, seed: int | None = None) -> ReviewSample:
    """Draw a sample and record seed, filter and strata. Without `seed` the site makes one. Raise Refusal."""
    if viewer.person is None or not viewer.has(*DRAWERS):
        raise Refusal(Reason.ROLE, Words("须由审核员登录后抽样", "A reviewer must sign in to draw a sample"))
    organization = get_organization(viewer.organization)
    findings = _select_findings(wanted, viewer, is_simulated=organization.simulated)
    strata = list(findings.values("detector", "band").annotate(count=Count("pk")).order_by("detector", "band"))
    if not strata:
        raise Refusal(Reason.EVIDENCE, Words("没有符合条件的线索", "no finding matches"))
    seed = secrets.randbelow(2**31) if seed is None else seed
    rng = np.random.default_rng(seed)
    try:
        ranks = draw_ranks([stratum["count"] for stratum in strata], wanted.size, rng)
    except UsageError:
        words = Words(
            f"检测器与分数段共 {len(strata)} 层，样本量不能小于层数",
            f"there are {len(strata)} strata of detector and score band: draw at least as many findings",
        )
        raise Refusal(Reason.EVIDENCE, words, fields={"size": words}) from None
    drawn = [
        (number, finding_id)
        for number, (stratum, of_stratum) in enumerate(zip(strata, ranks, strict=True))
        for finding_id in _find_by_rank(findings, stratum, of_stratum.tolist())
    ]
    person, now = get_person(viewer), timezone.now()
    with recorded() as log:
        sample = _UNSCOPED.rows(ReviewSample).create(
            owner=organization,
            seed=seed,
            detector=wanted.detector,
            kind=wanted.kind,
            since=wanted.since,
            until=wanted.until,
            score_from=wanted.score_from,
            score_to=wanted.score_to,
            strata=[
                {
                    "detector": stratum["detector"],
                    "band": stratum["band"],
                    "population": stratum["count"],
                    "drawn": len(of_stratum),
                }
                for stratum, of_stratum in zip(strata, ranks, strict=True)
            ],
            simulated=organization.simulated,
            drawn_by=person,
            drawn_at=now,
        )
        rows = [drawn[number] for number in rng.permutation(len(drawn)).tolist()]
        items = [
            ReviewItem(sample=sample, item=name_item(seed, finding_id), finding_id=finding_id, stratum=number)
            for number, finding_id in rows
        ]
        golden = _draw_golden_cases(sample, wanted.golden, {finding_id for _stratum, finding_id in rows}, rng)
        mixed = [*items, *golden]
        _UNSCOPED.rows(ReviewItem).bulk_create(mixed[place] for place in rng.permutation(len(mixed)).tolist())
        facts: dict[str, Any] = {
            "seed": seed,
            "detector": wanted.detector,
            "kind": wanted.kind,
            "since": to_ms(wanted.since),
            "until": to_ms(wanted.until),
            "scores": [wanted.score_from, wanted.score_to],
            "population": sum(stratum["count"] for stratum in strata),
            "drawn": len(rows),
            "golden": len(golden),
        }
        log.add(
            Draft(
                "sample_drawn",
                to_ms(now),
                person.ref,
                get_organization_ref(viewer.organization),
                about=sample.ref,
                facts=facts,
            )
        )
    return sample


def _draw_golden_cases(sample: ReviewSample, count: int, drawn: set[str], rng: np.random.Generator) -> list[ReviewItem]:
    """Return items of settled samples on which both markers agreed, by chance, without findings drawn anyway."""
    agreed = _UNSCOPED.rows(ReviewItem).filter(
        sample__owner=sample.owner, sample__settled_at__isnull=False, is_left_out=False, golden="", first=F("second")
    )
    known = dict(agreed.exclude(first=UNCLEAR).order_by("finding_id").values_list("finding_id", "first"))
    names = [name for name in known if name not in drawn]
    chosen = rng.choice(len(names), min(count, len(names)), replace=False).tolist() if names else []
    return [
        ReviewItem(
            sample=sample,
            item=name_item(sample.seed, names[place]),
            finding_id=names[place],
            stratum=0,
            golden=known[names[place]],
        )
        for place in chosen
    ]


def _select_findings(wanted: SampleRequest, viewer: Viewer, *, is_simulated: bool) -> Any:
    """Return the findings to draw from, a queryset annotated with `band`. Real organisations draw no simulated ones."""
    findings = find_standing_findings(_UNSCOPED).filter(
        owner=viewer.organization,
        found_at__gte=wanted.since,
        found_at__lt=wanted.until,
        score__gte=wanted.score_from,
        score__lte=wanted.score_to,
    )
    if wanted.detector:
        findings = findings.filter(detector=wanted.detector)
    if wanted.kind:
        findings = findings.filter(subject__kind=wanted.kind)
    if not is_simulated:
        findings = findings.filter(simulated=False)
    bands = [When(score__gte=low, then=Value(number)) for number, low in reversed(list(enumerate(SCORE_BANDS)))]
    return findings.annotate(band=Case(*bands, default=Value(0), output_field=IntegerField()))


def _find_by_rank(findings: Any, stratum: dict[str, Any], ranks: list[int]) -> list[str]:
    """Return the ids of the findings of a stratum at these ranks in the order of ids."""
    rows = findings.filter(detector=stratum["detector"], band=stratum["band"]).order_by()
    ranked = rows.annotate(rank=Window(RowNumber(), order_by=F("finding_id").asc()))
    found = ranked.filter(rank__in=[rank + 1 for rank in ranks]).values_list("finding_id", flat=True)
    return sorted(found)
