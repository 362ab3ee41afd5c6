"""A made-up finding for tests that show, keep or put findings together: each says only what it is about."""

from typing import Any

import msgspec

from fanzha.claims import Finding

FINDING = Finding(
    detector="made-up",
    version="1",
    subject_kind="trunk",
    subject="IGW-FIC-07",
    fraud_type="other",
    score=0.4,
    found_at=1_772_323_200_000,
    valid_until=1_772_323_200_001,
    reasons_zh=("理由",),
    reasons_en=("reason",),
    public_zh="公开",
    public_en="public",
    evidence="{}",
    event_ids=("e1",),
    basis="ATF Art. 13",
    simulated=False,
)


def finding(**changes: Any) -> Finding:
    """Return a made-up finding that says this."""
    return msgspec.structs.replace(FINDING, **changes)
