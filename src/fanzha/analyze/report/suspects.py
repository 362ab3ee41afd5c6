"""Findings of one subject stand together: a person is judged once, not once a detector."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from fanzha.analyze.report.evidence import Counted, Show, counted, named
from fanzha.base.clock import iso
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES, TO_WARN
from fanzha.detect import all_detectors
from fanzha.kinds import all_kinds

MOST_REASONS = 4  # of a claim: its first, and its last, which says what would have had to differ


@dataclass
class Claim:
    """One finding as the report shows it."""

    detector: Words
    fraud_type: Words
    score: float
    found_at: str
    reasons: list[Words]
    more_reasons: int
    public: Words
    basis: str
    evidence: list[tuple[str, str]]
    counted: list[Counted]
    finding_id: str
    version: str
    simulated: bool


@dataclass
class Suspect:
    """One subject with what is claimed of it, the strongest claim first; `more` claims are not carried along."""

    kind: Words
    shown: str
    score: float
    claims: list[Claim] = field(default_factory=list)
    more: int = 0


def suspects(
    findings: Path,
    most: int,
    show: Show,
    *,
    claims: int = 3,
    detector: str | None = None,
    to_warn: bool = False,
) -> list[Suspect]:
    """Return the `most` strongest suspects of a findings file; `show(kind, value)` masks or unmasks one.

    With `detector`, only its claims count. `to_warn`: not suspects, but those who may be being defrauded.
    """
    found: dict[tuple[str, str], Suspect] = {}
    for row in _strongest(findings, most, claims, detector, to_warn):
        key = (row["subject_kind"], row["subject"])
        if key not in found:
            found[key] = Suspect(kind_words(key[0]), show(*key), row["score"], more=max(0, row["total"] - claims))
        found[key].claims.append(_claim(row, show))
    return list(found.values())


def masked(kind: str, value: str) -> str:
    """Return a subject as it may be shown to anybody who reads the report."""
    known = all_kinds().get(kind)
    return known.mask(value) if known else mask_numbers(value)


def detector_words(name: str) -> Words:
    """Return a detector's title, or its name where the detector is not installed here."""
    known = all_detectors().get(name)
    return known.title if known else Words(name, name)


def fraud_type_words(code: str) -> Words:
    """Return a fraud type's name."""
    return FRAUD_TYPES.get(code, Words(code or "未分类", code or "not classified"))


def kind_words(name: str) -> Words:
    """Return a kind's title."""
    known = all_kinds().get(name)
    return known.title if known else Words(name, name)


def _strongest(findings: Path, most: int, claims: int, detector: str | None, to_warn: bool) -> list[dict[str, Any]]:
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
            params=[str(findings), detector, sorted(TO_WARN), to_warn, most, claims],
        ).to_arrow_table()
    found: list[dict[str, Any]] = rows.to_pylist()
    return found


def _claim(row: dict[str, Any], show: Show) -> Claim:
    evidence = json.loads(row["evidence"])
    reasons = [Words(zh, en) for zh, en in zip(row["reasons_zh"], row["reasons_en"], strict=False)]
    over = max(0, len(reasons) - MOST_REASONS)
    return Claim(
        detector=detector_words(row["detector"]),
        fraud_type=fraud_type_words(row["fraud_type"]),
        score=row["score"],
        found_at=iso(row["found_at"]),
        reasons=reasons if not over else [*reasons[: MOST_REASONS - 1], reasons[-1]],
        more_reasons=over,
        public=Words(row["public_zh"], row["public_en"]),
        basis=row["basis"],
        evidence=named(evidence),
        counted=counted(evidence, show),
        finding_id=row["finding_id"],
        version=row["version"],
        simulated=row["simulated"],
    )
