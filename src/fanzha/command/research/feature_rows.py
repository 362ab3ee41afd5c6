"""Read findings and decisions of an organisation as columns, for partners' models and their comparison."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.claims.finding import SubjectRole
from fanzha.claims.verdict import Level
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.research.feature_columns import (
    FeatureRows,
    FindingColumns,
    compute_features,
    scored_types,
)
from fanzha.command.subjects.selectors import find_standing_findings, find_standing_opinions, parse_evidence
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.research.feature_columns import Integers

_UNSCOPED = unscoped("a partner's model runs on the findings of the organisation that approved it")
_DECIDED = (Level.SUSPECTED.value, Level.CLEAR.value)
_ABROAD = "international"
_WINDOWS = ("distinct(callee", "distinct(caller", "count(message")
_LARGEST = 1e9
_CHUNK = 2_000
#: Findings of one subject that count, at most.
_FINDINGS_A_SUBJECT = 50


class DecidedLabel(NamedTuple):
    """What people decided on a subject: fraud or not, and when this was first said (UTC ms)."""

    is_fraud: bool
    decided_at: int


def read_labels(owner: int) -> dict[int, DecidedLabel]:
    """Return the decided subjects (primary keys) of an organisation (primary key).

    The latest standing opinion or decision says which; what was appealed with success is clear.
    """
    rows = find_standing_opinions(_UNSCOPED).filter(owner=owner, level__in=_DECIDED)
    labels: dict[int, DecidedLabel] = {}
    latest = rows.order_by("-given_at", "-pk").values_list("subject", "level", "given_at")
    for subject, level, given_at in latest.iterator(_CHUNK):
        is_fraud = level == Level.SUSPECTED.value
        if subject not in labels or labels[subject].is_fraud is is_fraud:
            labels[subject] = DecidedLabel(is_fraud, to_ms(given_at))
    return labels


def read_features(
    owner: int, kind: str, labels: dict[int, DecidedLabel], now: datetime, days: int, most: int
) -> FeatureRows:
    """Return the features of the latest `most` subjects of a kind with findings of the last `days`.

    A decided subject is described as it was before the decision, any other as it is now.
    """
    found = _read_findings(owner, kind, now - timedelta(days=days), most)
    now_ms = to_ms(now)
    moments = [labels[subject].decided_at if subject in labels else now_ms for subject in found.subjects.tolist()]
    return compute_features(found, np.array(moments, np.int64))


def _read_findings(owner: int, kind: str, since: datetime, most: int) -> FindingColumns:
    """Return standing findings on others than victims, the latest subjects first."""
    rows = find_standing_findings(_UNSCOPED).filter(
        owner=owner, subject__kind=kind, found_at__gte=since, simulated=get_organization(owner).simulated
    )
    rows = rows.exclude(role=SubjectRole.VICTIM).order_by("-subject", "-found_at")
    types = {code: place for place, code in enumerate(scored_types())}
    detectors: dict[str, int] = {}
    plain: list[tuple[int, int, int, float, int, bool, bool]] = []
    windows: list[tuple[float, ...]] = []
    subject, subjects, findings = 0, 0, 0
    for row in rows.iterator(_CHUNK):
        if row.subject_id != subject:
            subject, subjects, findings = row.subject_id, subjects + 1, 0
            if subjects > most:
                break
        findings += 1
        if findings > _FINDINGS_A_SUBJECT:
            continue
        detector = detectors.setdefault(row.detector, len(detectors))
        is_live, is_abroad = row.mode == "live", row.ingress.startswith(_ABROAD)
        kind_code = types.get(row.fraud_type, -1)
        plain.append((subject, detector, kind_code, row.score, to_ms(row.found_at), is_live, is_abroad))
        windows.append(_read_windows(row.detail.evidence))
    numbers = np.array([row[:3] + row[4:] for row in plain], np.int64).reshape(-1, 6).T
    subject_pks, detector_codes, type_codes, found_at, live, abroad = numbers
    return FindingColumns(
        subject_pks,
        detector_codes,
        type_codes,
        np.array([row[3] for row in plain], np.float64),
        found_at,
        live.astype(np.bool_),
        abroad.astype(np.bool_),
        np.array(windows, np.float64).reshape(-1, 2 + len(_WINDOWS)),
    )


def _read_windows(evidence: str) -> tuple[float, ...]:
    """Return calls, callees, callers, texts and CNY of a finding's evidence, 0 where it has none."""
    try:
        facts = parse_evidence(evidence)
    except Malformed:
        return (0.0,) * (2 + len(_WINDOWS))
    most = dict.fromkeys(_WINDOWS, 0.0)
    for window in facts.windows:
        beginning = next((name for name in _WINDOWS if window.window.startswith(name)), None)
        value = window.value
        if beginning and isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LARGEST:
            most[beginning] = max(most[beginning], float(value))
    return (float(facts.call_count), *most.values(), min(facts.money_fen / 100, _LARGEST))


def label_arrays(subjects: Integers, labels: dict[int, DecidedLabel]) -> Integers:
    """Return 1 for fraud, 0 for clear and -1 for undecided, in the order of `subjects`."""
    return np.array([int(labels[pk].is_fraud) if pk in labels else -1 for pk in subjects.tolist()], np.int64)
