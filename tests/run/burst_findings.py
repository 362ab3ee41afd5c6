"""Made-up findings as of now: a burst of calls from one number range, and one look-alike website."""

import time
from pathlib import Path

import msgspec
from tests.findings import finding

DAY_MS = 86_400_000
NUMBERS = tuple(f"+861700000{place:04}" for place in range(6))


def write_burst(path: Path) -> Path:
    """Write the findings as JSON Lines."""
    now = time.time_ns() // 1_000_000
    subjects = [("phone_number", number) for number in NUMBERS] + [("website", "icbc-verify.example")]
    findings = [
        finding(
            detector="call-centre-burst",
            subject_kind=kind,
            subject=value,
            fraud_type="subscriber_fraud",
            score=0.9,
            found_at=now - 3_600_000 + index,
            valid_until=now + 7 * DAY_MS,
            simulated=True,
        )
        for index, (kind, value) in enumerate(subjects)
    ]
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in findings))
    return path
