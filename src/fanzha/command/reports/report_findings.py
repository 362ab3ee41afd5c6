"""Findings of public reports: one thing is reported from several networks, or with a text that is like fraud.

They are in shadow: shown on the subject and its campaign, and nothing acts on them. A number that called is only
claimed by its digits, and reporters may be wrong or mean harm: people decide.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.claims import Finding, Mode
from fanzha.command.subjects.services import submit_findings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.models import Report

DETECTOR = "public-reports"
VERSION = "1"
LAW = "ATF Art. 30"
VALID_MS = 90 * 86_400_000
#: Evidence in a finding: it never says who reported.
_SENTENCE = Words(
    "来自{n}个不同网络或来电的公众举报此对象{text}。", "Reported from {n} different networks or callers{text}."
)
_ONE = Words("一名公众举报此对象{text}。", "Reported by one person{text}.")
_LIKE = Words("，举报文本与诈骗文本相似（{score:.2f}）", "; the text resembles fraud ({score:.2f})")
_PUBLIC = Words(
    "公众举报了此号码、网站或账号，正在核查。如有异议，可以申诉。",
    "The public reported this number, site or account; it is being checked. You can appeal.",
)


class ReportedCount(NamedTuple):
    """The last new report of a thing, and how many independent reporters the thing has now and had before."""

    report: Report
    reporters: int
    before: int = 0


def is_news(counted: ReportedCount, like_fraud: float) -> bool:
    """Return whether a report is worth a finding: 2, 4, 8, … reporters were reached, or a first text is like fraud."""
    count = counted.reporters
    reached = count >= 2 and count.bit_length() > counted.before.bit_length()
    is_first = count < 2 and counted.before == 0
    return bool(counted.report.value) and (reached or (is_first and (counted.report.score or 0.0) >= like_fraud))


def build_finding(counted: ReportedCount) -> Finding:
    """Return the finding of a report."""
    report, count, at = counted.report, counted.reporters, to_ms(counted.report.received_at)
    like = _LIKE.format(score=report.score) if report.score is not None and report.score >= 0.5 else Words("", "")
    pattern = _SENTENCE if count > 1 else _ONE
    people = Words(f"{count}", f"{count}")
    sentence = Words(pattern.zh.format(n=people.zh, text=like.zh), pattern.en.format(n=people.en, text=like.en))
    return Finding(
        detector=DETECTOR,
        version=VERSION,
        subject_kind=report.subject_kind,
        subject=report.value,
        fraud_type=report.fraud_type,
        score=round(min(0.9, 0.3 + 0.1 * count + 0.2 * (report.score or 0.0)), 2),
        found_at=at,
        valid_until=at + VALID_MS,
        reasons_zh=(sentence.zh,),
        reasons_en=(sentence.en,),
        public_zh=_PUBLIC.zh,
        public_en=_PUBLIC.en,
        evidence=msgspec.json.encode({"reporters": count, "category": report.category}).decode(),
        event_ids=(report.ref,),
        basis=LAW,
        simulated=report.simulated,
        mode=Mode.SHADOW,
        owner_organisation=report.owner.ref,
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
    )


def submit_report_findings(owner: Organization, counted: Iterable[ReportedCount], like_fraud: float) -> int:
    """Hand the findings of reports to the importer; return how many. What was handed in before is not repeated."""
    findings = [build_finding(one) for one in counted if is_news(one, like_fraud)]
    if findings:
        submit_findings(b"\n".join(map(msgspec.json.encode, findings)), owner)
    return len(findings)
