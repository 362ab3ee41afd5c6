"""Group the findings of each subject, so that it appears once and not once per detector."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from fanzha.analyze.report.evidence import DisplaySubject, WindowEvidence, other_evidence, window_evidence
from fanzha.base.clock import iso
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES, TO_WARN
from fanzha.detect import all_detectors
from fanzha.kinds import all_kinds

MAX_REASONS = 4  # per claim: the first ones and the last, which says what would have had to differ


@dataclass
class SuspectClaim:
    """A finding for display."""

    detector: Words
    fraud_type: Words
    score: float
    found_at: str
    reasons: list[Words]
    hidden_reasons: int
    public: Words
    basis: str
    evidence: list[tuple[str, str]]
    windows: list[WindowEvidence]
    finding_id: str
    version: str
    simulated: bool


@dataclass
class Suspect:
    """A subject with its strongest claims first; `hidden_claims` counts the others."""

    kind: Words
    display: str
    score: float
    claims: list[SuspectClaim] = field(default_factory=list)
    hidden_claims: int = 0


def strongest_suspects(
    findings: Path,
    limit: int,
    display_subject: DisplaySubject,
    *,
    claims: int = 3,
    detector: str | None = None,
    to_warn: bool = False,
) -> list[Suspect]:
    """Return the `limit` strongest suspects of a findings file; `display_subject(kind, value)` may mask a subject.

    `detector` selects the findings of one detector. `to_warn` returns possible victims instead of suspects.
    """
    suspects_by_subject: dict[tuple[str, str], Suspect] = {}
    for row in _query_claims(findings, limit, claims, detector, to_warn):
        key = (row["subject_kind"], row["subject"])
        if key not in suspects_by_subject:
            suspects_by_subject[key] = Suspect(
                kind_words(key[0]), display_subject(*key), row["score"], hidden_claims=max(0, row["total"] - claims)
            )
        suspects_by_subject[key].claims.append(_claim(row, display_subject))
    return list(suspects_by_subject.values())


def mask_subject(kind: str, value: str) -> str:
    """Return a masked subject, for any reader of the report."""
    subject_kind = all_kinds().get(kind)
    return subject_kind.mask(value) if subject_kind else mask_numbers(value)


def detector_words(name: str) -> Words:
    """Return a detector's title, or its name if the detector is not installed."""
    detector = all_detectors().get(name)
    return detector.title if detector else Words(name, name)


def fraud_type_words(code: str) -> Words:
    """Return a fraud type's name."""
    return FRAUD_TYPES.get(code, Words(code or "未分类", code or "not classified"))


def kind_words(name: str) -> Words:
    """Return a kind's title."""
    kind = all_kinds().get(name)
    return kind.title if kind else Words(name, name)


def _query_claims(findings: Path, limit: int, claims: int, detector: str | None, to_warn: bool) -> list[dict[str, Any]]:
    with duckdb.connect() as database:
        rows = database.sql(
            """WITH ranked AS (
                SELECT *, row_number() OVER (subject ORDER BY score DESC, found_at, finding_id) AS place,
                       count(*) OVER subject AS total, max(score) OVER subject AS top,
                       max(found_at) OVER subject AS latest
                FROM read_parquet(?) WHERE detector = coalesce(?, detector) AND list_contains(?, fraud_type) = ?
                WINDOW subject AS (PARTITION BY subject_kind, subject)
            ), chosen AS (
                SELECT *, dense_rank() OVER (ORDER BY top DESC, latest DESC, subject_kind, subject) AS rank FROM ranked
            )
            SELECT * FROM chosen WHERE rank <= ? AND place <= ? ORDER BY rank, place""",
            params=[str(findings), detector, sorted(TO_WARN), to_warn, limit, claims],
        ).to_arrow_table()
    suspects_by_subject: list[dict[str, Any]] = rows.to_pylist()
    return suspects_by_subject


def _claim(row: dict[str, Any], display_subject: DisplaySubject) -> SuspectClaim:
    evidence = json.loads(row["evidence"])
    reasons = [Words(zh, en) for zh, en in zip(row["reasons_zh"], row["reasons_en"], strict=False)]
    hidden = max(0, len(reasons) - MAX_REASONS)
    return SuspectClaim(
        detector=detector_words(row["detector"]),
        fraud_type=fraud_type_words(row["fraud_type"]),
        score=row["score"],
        found_at=iso(row["found_at"]),
        reasons=reasons if not hidden else [*reasons[: MAX_REASONS - 1], reasons[-1]],
        hidden_reasons=hidden,
        public=Words(row["public_zh"], row["public_en"]),
        basis=row["basis"],
        evidence=other_evidence(evidence),
        windows=window_evidence(evidence, display_subject),
        finding_id=row["finding_id"],
        version=row["version"],
        simulated=row["simulated"],
    )
