"""A carrier's export with calls that an analysis finds something in."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

HEAD = "话单号,主叫号码,被叫号码,开始时间,通话时长(秒),入口,中继群号"


def write_calls(path: Path, count: int) -> Path:
    """Write calls; every third brings a bank's number over an international trunk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (
        f"ZJ{n:06},{'95588' if n % 3 == 0 else f'+44 20 7946 0{n % 1000:03}'},1990000{n % 10_000:04},"
        f"{datetime(2026, 3, 1) + timedelta(seconds=n):%Y%m%d%H%M%S},{n % 50},国际关口局,IGW-FIC-{n % 3}"
        for n in range(count)
    )
    path.write_text("\n".join((HEAD, *rows)) + "\n", "utf-8")
    return path


def findings(out: Path) -> list[dict[str, object]]:
    """Return the findings of an analysis."""
    rows: list[dict[str, object]] = pq.read_table(out / "findings.parquet").to_pylist()
    return rows
