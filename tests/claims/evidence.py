"""Made-up evidence on one subject for tests, and pieces of it drawn by hypothesis."""

from typing import Any

from hypothesis import strategies as st
from tests.claims.snapshots import AT

from fanzha.claims.evidence import DECISION, FINDING, OPINION, Evidence
from fanzha.claims.treatment import TREATMENTS
from fanzha.claims.verdict import FOREVER, LEVELS, Level, VerdictScope

__all__ = ["AT", "DAY", "NUMBER", "decision", "piece", "pieces"]

DAY = 86_400_000
NUMBER = "+8617000000001"

PIECE = Evidence(
    "phone_number", NUMBER, FINDING, "made-up-detector", Level.SUSPECTED, 0.7, AT - DAY, AT + DAY, fraud_type="brushing"
)

_finding = st.builds(
    Evidence,
    subject_kind=st.just("phone_number"),
    subject=st.sampled_from([NUMBER, "95588"]),
    source=st.just(FINDING),
    by=st.sampled_from(["a", "b", "c"]),
    level=st.just(Level.SUSPECTED),
    confidence=st.sampled_from([0.1, 0.5, 0.7, 0.9, 1.0]),
    at=st.integers(AT - 3, AT),
    until=st.integers(AT - 2, AT + 6),
    scope=st.builds(VerdictScope, st.just(""), st.sampled_from(["", "voice"]), st.sampled_from(["", "voip"])),
    fraud_type=st.sampled_from(["", "brushing", "fake_bank"]),
    treatment=st.none(),
    holder_from=st.sampled_from([None, AT - 2, AT - 3]),
    simulated=st.booleans(),
    id=st.sampled_from(["1", "2"]),
    zh=st.just(""),
    en=st.just(""),
)


def _as_opinion(evidence: Evidence, source: str, level: Level, treatment: Any) -> Evidence:
    return evidence._replace(source=source, level=level, treatment=treatment if source == DECISION else None)


_opinion = st.builds(
    _as_opinion,
    _finding,
    st.sampled_from([OPINION, DECISION]),
    st.sampled_from(LEVELS),
    st.none() | st.sampled_from(TREATMENTS),
)
pieces = st.lists(_finding | _opinion, max_size=7)


def piece(**changes: Any) -> Evidence:
    """Return a finding of today on a made-up number that says this."""
    return PIECE._replace(**changes)


def decision(level: Level, **changes: Any) -> Evidence:
    """Return a decision of an hour ago."""
    fields = {"source": DECISION, "by": "a made-up authority", "level": level, "confidence": 0.9, "until": FOREVER}
    return piece(**{**fields, "at": AT - 3_600_000, **changes})
