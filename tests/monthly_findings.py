"""Findings files of made-up texts and names over months, for tests of monitoring and of samples."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pyarrow.parquet as pq

from fanzha.base.clock import moment_ms
from fanzha.claims import Finding
from fanzha.claims.finding import to_table

DAY_MS = 86_400_000


def text_finding(number: int, day: str, text: str, *, score: float = 0.8, fraud_type: str = "fake_cs") -> Finding:
    """Return a finding of fraud-text; each number is a text of its own."""
    return Finding(
        detector="fraud-text", version="1", subject_kind="message", subject=f"msg:{number:024x}",
        fraud_type=fraud_type, score=score, found_at=moment_ms(f"{day}T12:00:00+08:00"),
        valid_until=moment_ms(f"{day}T12:00:00+08:00") + 30 * DAY_MS, reasons_zh=("甲",), reasons_en=("a",),
        public_zh="甲", public_en="a", evidence=msgspec.json.encode({"text": text}).decode(),
        event_ids=(str(number),), basis="ATF Art. 25", simulated=False,
    )  # fmt: skip


def site_finding(number: int, day: str, host: str, brand: str) -> Finding:
    """Return a finding of lookalike-website."""
    evidence = msgspec.json.encode({"host": host, "brand": {"domain": brand}}).decode()
    return msgspec.structs.replace(
        text_finding(number, day, ""), detector="lookalike-website", subject_kind="website", subject=host,
        fraud_type="brand_imitation", evidence=evidence,
    )  # fmt: skip


def write_findings(path: Path, findings: Iterable[Finding]) -> Path:
    """Write the findings as Parquet and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(to_table(findings), path)
    return path


def write_quarter(folder: Path) -> Path:
    """Write findings of three months: in the last one fraud texts are of a new trick, more, and score lower."""
    for month, count, words, score in (
        ("2026-08", 130, "您的快递丢失，请办理理赔", 0.9),
        ("2026-09", 130, "您的快递丢失，请办理理赔", 0.9),
        ("2026-10", 390, "您的百万保障今晚扣费，请联系专员退订", 0.7),
    ):
        base = int(month.replace("-", "")) * 1_000
        findings = [
            text_finding(
                base + number, f"{month}-{number % 20 + 1:02d}", f"{words}，致电1700000{number:04d}",
                score=score + number % 10 / 100, fraud_type="fake_cs" if number % 4 else "other",
            )
            for number in range(count)
        ]  # fmt: skip
        findings += [
            site_finding(
                base + 500 + number, f"{month}-0{number + 1}", f"etc-{month[-2:]}{number}.example", "etc.example"
            )
            for number in range(3)
        ]
        write_findings(folder / month / "findings.parquet", findings)
    return folder
