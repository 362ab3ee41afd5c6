"""Group the findings of each subject, so that it appears once and not once per detector."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from fanzha.analyze.report.evidence import DisplaySubject, WindowEvidence, other_evidence, window_evidence
from fanzha.analyze.report.titles import detector_words, fraud_type_words, kind_words
from fanzha.base.clock import iso
from fanzha.base.words import Words
from fanzha.claims.finding import MATURITY_WORDS, ROLE_WORDS, Maturity, SubjectRole
from fanzha.claims.finding_summary import summarize_finding

MAX_REASONS = 4  # per finding: the first ones and the last, which says what would have had to differ


@dataclass
class FindingView:
    """A finding for display; `sentence` says what was seen, `reasons` how it was decided."""

    sentence: Words
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
    maturity: Words
    role: Words

    @property
    def details(self) -> list[Words]:
        """The reasons without the sentence, with which those of a rule begin."""
        return self.reasons[1:] if self.reasons and self.reasons[0] == self.sentence else self.reasons


@dataclass
class Suspect:
    """A subject with its strongest findings first; `hidden_findings` counts the others."""

    kind: Words
    display: str
    score: float
    findings: list[FindingView] = field(default_factory=list)
    hidden_findings: int = 0


def strongest_suspects(
    findings: Path,
    limit: int,
    display_subject: DisplaySubject,
    *,
    findings_per_subject: int = 3,
    detector: str | None = None,
    victims: bool = False,
    maturity: Maturity | None = None,
) -> list[Suspect]:
    """Return the `limit` strongest suspects of a findings file; `display_subject(kind, value)` may mask a subject.

    `detector` selects the findings of one detector. With `victims`, return the possible victims instead of the
    suspects. `maturity` selects the subjects whose most mature finding of any detector is of it; that finding stands
    first.
    """
    suspects_by_subject: dict[tuple[str, str], Suspect] = {}
    for row in _query_findings(findings, limit, findings_per_subject, detector, victims, maturity):
        key = (row["subject_kind"], row["subject"])
        if key not in suspects_by_subject:
            suspects_by_subject[key] = Suspect(
                kind_words(key[0]),
                display_subject(*key),
                row["top"],
                hidden_findings=max(0, row["total"] - findings_per_subject),
            )
        suspects_by_subject[key].findings.append(_finding_view(row, display_subject))
    return list(suspects_by_subject.values())


def _query_findings(
    findings: Path,
    limit: int,
    findings_per_subject: int,
    detector: str | None,
    victims: bool,
    maturity: Maturity | None,
) -> list[dict[str, Any]]:
    wanted = list(Maturity).index(maturity) + 1 if maturity else None
    with duckdb.connect() as database:
        rows = database.sql(
            f"""WITH selected AS (
                SELECT *, list_position({[maturity.value for maturity in Maturity]}, maturity) AS maturity_rank
                FROM read_parquet($findings)
                WHERE (role = 'victim') = $victims
            ), compared AS (
                SELECT *, min(maturity_rank) OVER (PARTITION BY subject_kind, subject) AS best FROM selected
            ), narrowed AS (
                SELECT * FROM compared
                WHERE $detector IS NULL
                    OR (detector = $detector AND ($wanted IS NULL OR maturity_rank = best))
            ), ranked AS (
                SELECT *, row_number() OVER (subject ORDER BY maturity_rank, score DESC, found_at, finding_id)
                           AS rank_in_subject,
                       count(*) OVER subject AS total, max(score) OVER subject AS top,
                       max(found_at) OVER subject AS latest
                FROM narrowed WINDOW subject AS (PARTITION BY subject_kind, subject)
            ), chosen AS (
                SELECT *, dense_rank() OVER (ORDER BY top DESC, latest DESC, subject_kind, subject) AS rank
                FROM ranked WHERE best = coalesce($wanted, best)
            )
            SELECT * FROM chosen WHERE rank <= $limit AND rank_in_subject <= $per_subject
            ORDER BY rank, rank_in_subject""",
            params={
                "findings": str(findings),
                "detector": detector,
                "victims": victims,
                "wanted": wanted,
                "limit": limit,
                "per_subject": findings_per_subject,
            },
        ).to_arrow_table()
    finding_rows: list[dict[str, Any]] = rows.to_pylist()
    return finding_rows


def _finding_view(row: dict[str, Any], display_subject: DisplaySubject) -> FindingView:
    evidence = json.loads(row["evidence"])
    reasons = [Words(zh, en) for zh, en in zip(row["reasons_zh"], row["reasons_en"], strict=False)]
    hidden = max(0, len(reasons) - MAX_REASONS)
    stored = Words(row.get("sentence_zh") or "", row.get("sentence_en") or "")
    return FindingView(
        sentence=summarize_finding(stored, row["reasons_zh"], row["reasons_en"]),
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
        maturity=MATURITY_WORDS[Maturity(row["maturity"])],
        role=ROLE_WORDS[SubjectRole(row["role"])],
    )
