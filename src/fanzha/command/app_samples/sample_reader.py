"""Read samples in the background: facts, what they share, and what the detector of fraud apps finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.app_samples.models import AppSample, SampleState, SampleTrait, TraitKind
from fanzha.command.app_samples.quarantine import unmasked_copy
from fanzha.command.audit.services import recorded
from fanzha.command.subjects.services import submit_findings
from fanzha.command.web.scoping import unscoped
from fanzha.detect.fraud_app import FraudAppDetector
from fanzha.events import all_events
from fanzha.processes.log.entry import Draft
from fanzha.read import ReadContext, UnreadableSource
from fanzha.read.android_package import PackageReport, event_columns, report_package
from fanzha.store.brands import load_brand_table
from fanzha.store.lists import load_lists

if TYPE_CHECKING:
    from fanzha.claims import Finding

_UNSCOPED = unscoped("a worker reads the samples of all organisations")
#: Samples that one run reads.
MOST_SAMPLES = 200
MOST_HOSTS = 100
#: Icons that tools give every new project; they tie nothing.
STOCK_ICONS = frozenset(
    {
        "000000062aab2aab2aab292b2e0b2e0b3b23380322ab2aab28ab2aab00060000",
        "000000062aab2aab2aab292b2e0b2e0b3b23380322ab2aab2aab2aab00060000",
        "0000180408ec0038000c08661866000300030003000300030003000300070000",
        "0000000612461406200320032003202320532013214f21072007200701060006",
    }
)
FILE_GONE = Words("安装包已清除", "the file was erased")


def read_samples(owner: int) -> int:
    """Read the waiting samples of an organisation (primary key); return how many."""
    rows = _UNSCOPED.rows(AppSample).filter(owner=owner, state=SampleState.WAITING).select_related("owner")
    samples = list(rows.order_by("pk")[:MOST_SAMPLES])
    detector = load_detector() if samples else None
    for sample in samples:
        assert detector is not None
        read_sample(sample, detector)
    return len(samples)


def load_detector() -> FraudAppDetector:
    """Return the detector with the operator's brands and list of bad signers."""
    lists = {name: own_list.values for name, own_list in load_lists().items()}
    return FraudAppDetector().with_brands(load_brand_table()).with_lists(lists)


def read_sample(sample: AppSample, detector: FraudAppDetector) -> None:
    """Read one sample and store what was found, or why it cannot be read.

    Findings are submitted first: if the worker ends before the sample is stored, the same ones again count once.
    """
    try:
        with unmasked_copy(sample.sha256) as path:
            if path is None:
                raise UnreadableSource(FILE_GONE)
            report = report_package(path)
    except UnreadableSource as error:
        _store_problem(sample, error.words)
        return
    findings = _detect(sample, report, detector)
    if findings:
        submit_findings(b"\n".join(map(msgspec.json.encode, findings)), sample.owner)
    _store_report(sample, report, findings)


def _detect(sample: AppSample, report: PackageReport, detector: FraudAppDetector) -> list[Finding]:
    table = all_events()["app_seen"]
    columns = event_columns(report, ReadContext(observed_at=to_ms(sample.received_at)), f"sample {sample.ref}")
    columns["simulated"] = sample.owner.simulated
    batch = pa.RecordBatch.from_pylist([columns], schema=table.schema)
    found = detector.detect(table.name, batch)
    return [msgspec.structs.replace(finding, owner_organisation=sample.owner.ref) for finding in found]


def _store_report(sample: AppSample, report: PackageReport, findings: list[Finding]) -> None:
    sample.state, sample.read_at = SampleState.READ, timezone.now()
    sample.package, sample.label, sample.version = report.package, report.label, report.version_name
    sample.report = msgspec.to_builtins(report)
    sample.problem_zh = sample.problem_en = ""
    best = max(findings, key=lambda finding: finding.score, default=None)
    sample.score = best.score if best else None
    sample.fraud_type = best.fraud_type if best else ""
    sample.sentence_zh, sample.sentence_en = (best.sentence_zh, best.sentence_en) if best else ("", "")
    with recorded() as log:
        sample.save()
        _UNSCOPED.rows(SampleTrait).filter(sample=sample).delete()
        _UNSCOPED.rows(SampleTrait).bulk_create(
            [SampleTrait(owner=sample.owner, sample=sample, kind=kind, value=value) for kind, value in traits(report)]
        )
        facts = {"parser": report.parser, "score": sample.score}
        log.add(_draft("app_sample_read", sample, facts))


def _store_problem(sample: AppSample, words: Words) -> None:
    sample.state, sample.read_at = SampleState.UNREADABLE, timezone.now()
    sample.problem_zh, sample.problem_en = words.zh[:300], words.en[:300]
    with recorded() as log:
        sample.save(update_fields=["state", "read_at", "problem_zh", "problem_en"])
        log.add(_draft("app_sample_read", sample, {"problem": words.en[:300]}))


def _draft(kind: str, sample: AppSample, facts: dict[str, Any]) -> Draft:
    assert sample.read_at is not None
    return Draft(kind, to_ms(sample.read_at), "", sample.owner.ref, about=sample.ref, facts=facts)


def traits(report: PackageReport) -> list[tuple[str, str]]:
    """Return what a package may share with others. Debug and test keys and stock icons belong to everybody."""
    found = list[tuple[str, str]]()
    if not {"key.debug", "key.test"} & {*report.signs}:
        found += [(TraitKind.SIGNER.value, value) for value in report.certificates]
    if report.icon.hash and report.icon.hash not in STOCK_ICONS:
        found.append((TraitKind.ICON.value, report.icon.hash))
    found += [(TraitKind.HOST.value, host[:255]) for host in report.hosts[:MOST_HOSTS]]
    found += [(TraitKind.CODE.value, item.sha256) for item in report.dex]
    found.append((TraitKind.PACKAGE.value, report.package))
    return list(dict.fromkeys(found))
