"""Read app samples: those of the viewer's organisation, who may, and what other samples share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from django.db.models import Count, Q, QuerySet

from fanzha.command.app_samples.models import (
    AppSample,
    SampleOrigin,
    SampleOriginKind,
    SampleState,
    SampleTrait,
    TraitKind,
)
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import Unscoped
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.read.android_package import PackageReport

#: Who reads samples of the own organisation, who takes them in and hands them on, and who takes files out.
READERS = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
TAKERS = (Role.ANALYST, Role.DUTY_OFFICER)
HOLDERS = (Role.ANALYST, Role.REVIEWER)
#: Kinds of organisation that may keep samples.
OWNERS = (Kind.REGULATOR, Kind.CENTRE, Kind.POLICE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM)
MOST_ORIGINS = 20
#: A host in more samples than this ties nothing: it belongs to a service that many use.
MOST_SHARING = 50
MOST_RELATED = 50
#: Bits of 256 by which two icons that people take for the same may differ.
ICON_DISTANCE = 20


def find_samples(state: str = "", text: str = "") -> QuerySet[AppSample]:
    """Return the samples that the current viewer may read, the latest first; only in a state, or matching a text.

    The text is part of a label or package name, or the beginning of a SHA-256 of a file or certificate.
    """
    rows = AppSample.objects.all().select_related("owner").defer("report")
    rows = rows.filter(state=state) if state in set(SampleState) else rows
    if state == "found":
        rows = rows.filter(score__isnull=False)
    if text := text.strip()[:100]:
        lower = text.lower().replace(":", "")
        signed = SampleTrait.objects.filter(kind=TraitKind.SIGNER, value__startswith=lower).values("sample")
        match = Q(label__icontains=text) | Q(package__icontains=text) | Q(sha256__startswith=lower)
        rows = rows.filter(match | Q(pk__in=signed))
    return rows


def may_read_samples(viewer: Viewer) -> bool:
    """Return whether a viewer may open the pages of samples."""
    return viewer.kind in OWNERS and viewer.has(*READERS)


def find_samples_from(kind: SampleOriginKind, about: str) -> list[AppSample]:
    """Return the samples that a look or report brought (a ref), which the viewer may read."""
    origins = SampleOrigin.objects.filter(kind=kind, about=about)
    return list(AppSample.objects.filter(pk__in=origins.values("sample")).defer("report"))


def find_origins(sample: AppSample) -> list[SampleOrigin]:
    """Return the latest looks and reports that brought a sample."""
    return list(SampleOrigin.objects.filter(sample=sample)[:MOST_ORIGINS])


def all_samples(access: Unscoped) -> QuerySet[AppSample]:
    """Return the samples of all organisations."""
    return access.rows(AppSample)


def find_proven_hashes(owner: int, values: Iterable[str], access: Unscoped) -> set[str]:
    """Return which values (`apk:` or `cert:` and a SHA-256) are of packages that were read for an organisation."""
    wanted = set(values)
    digests = [value.partition(":")[2] for value in wanted]
    read = access.rows(AppSample).filter(owner=owner, state=SampleState.READ)
    files = read.filter(sha256__in=digests).values_list("sha256", flat=True)
    signers = access.rows(SampleTrait).filter(sample__in=read.values("pk"), kind=TraitKind.SIGNER, value__in=digests)
    found = {f"apk:{digest}" for digest in files}
    return wanted & (found | {f"cert:{digest}" for digest in signers.values_list("value", flat=True)})


def count_states() -> dict[str, int]:
    """Return how many samples of the current viewer are in each state, and how many were found to be like fraud."""
    rows = AppSample.objects.all().order_by().values_list("state").annotate(count=Count("pk"))
    found = AppSample.objects.filter(score__isnull=False).count()
    return dict.fromkeys(SampleState.values, 0) | dict(rows) | {"found": found}


def load_report(sample: AppSample) -> PackageReport | None:
    """Return what was found in a sample, None if it was not read."""
    from fanzha.read.android_package import PackageReport  # loads duckdb, which pages do not need

    return msgspec.convert(sample.report, PackageReport) if sample.report else None


class RelatedSample(NamedTuple):
    """Another sample, and what it shares."""

    sample: AppSample
    kinds: list[str]  # of TraitKind


def find_related(sample: AppSample) -> list[RelatedSample]:
    """Return other readable samples that share a characteristic trait, those with most shared kinds first."""
    shared = _shared_traits(sample)
    if not shared:
        return []
    rows = {other.pk: other for other in AppSample.objects.filter(pk__in=shared).defer("report")}
    related = [RelatedSample(rows[pk], sorted(kinds)) for pk, kinds in shared.items() if pk in rows]
    return sorted(related, key=lambda item: (-len(item.kinds), -item.sample.pk))[:MOST_RELATED]


def _shared_traits(sample: AppSample) -> dict[int, set[str]]:
    own = list(SampleTrait.objects.filter(sample=sample).values_list("kind", "value"))
    shared: dict[int, set[str]] = defaultdict(set)
    for kind in TraitKind.values:
        values = [value for own_kind, value in own if own_kind == kind]
        rows = SampleTrait.objects.filter(kind=kind, value__in=values).exclude(sample=sample).order_by("-pk")
        by_value: dict[str, list[int]] = defaultdict(list)
        for value, other in rows.values_list("value", "sample_id")[: MOST_SHARING * max(1, len(values))]:
            by_value[value].append(other)
        for others in by_value.values():
            if len(others) <= MOST_SHARING:
                for other in others:
                    shared[other].add(kind)
    for other in _alike_icons(sample, [value for kind, value in own if kind == TraitKind.ICON]):
        shared[other].add(TraitKind.ICON.value)
    return shared


def _alike_icons(sample: AppSample, icons: list[str]) -> list[int]:
    """Return the samples whose icons people would take for one of these."""
    if not icons:
        return []
    own = [int(icon, 16) for icon in icons]
    rows = SampleTrait.objects.filter(kind=TraitKind.ICON).exclude(sample=sample).order_by("-pk")
    return [
        other
        for value, other in rows.values_list("value", "sample_id")[:5_000]
        if any((int(value, 16) ^ icon).bit_count() <= ICON_DISTANCE for icon in own)
    ]


class StoreFacts(NamedTuple):
    """The facts about an app in a notice to an app store."""

    package: str
    label: str
    version: str
    sha256: str
    certificates: tuple[str, ...]
    sentence_zh: str
    sentence_en: str
    hosts: tuple[str, ...]


def store_facts(sha256: str, access: Unscoped | None = None) -> StoreFacts | None:
    """Return the facts of a file for a notice to an app store, None if no readable sample has it."""
    rows = AppSample.objects.all() if access is None else access.rows(AppSample)
    sample = rows.filter(sha256=sha256, state=SampleState.READ).first()
    report = load_report(sample) if sample else None
    if sample is None or report is None:
        return None
    return StoreFacts(
        sample.package,
        sample.label,
        sample.version,
        sample.sha256,
        report.certificates,
        sample.sentence_zh,
        sample.sentence_en,
        report.hosts,
    )
