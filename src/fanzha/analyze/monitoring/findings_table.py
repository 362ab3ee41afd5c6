"""Read findings of many runs as one table with the period of each finding; a finding in several files counts once."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from fanzha.analyze.alarm_rate import CHINA_MS
from fanzha.base.errors import UsageError
from fanzha.store.findings import list_finding_files

#: How a moment is written as a period; both sort in the order of time.
PERIODS = {"month": "%Y-%m", "week": "%G-W%V"}

_COLUMNS = {"finding_id", "detector", "fraud_type", "subject_kind", "subject", "score", "found_at", "evidence"}
_FIX = "name findings of fanzha analyze 请给出 fanzha analyze 的线索"


def read_findings(paths: Sequence[Path], *, by: str = "month", detectors: Sequence[str] = ()) -> pa.Table:
    """Return the findings in files and folders, in the order of time. Days and periods are those of China.

    Columns: finding_id, detector, fraud_type, brand (of an imitated website, else empty), subject_kind, subject,
    score, period, day (since 1970), simulated, text (flagged text or name of a website; null for other subjects).
    Raise UsageError if a file is none of `fanzha analyze`.
    """
    files = [str(path) for path in list_finding_files(paths)]
    try:
        with duckdb.connect() as database:
            names = {row[0] for row in database.execute("DESCRIBE SELECT * FROM read_parquet(?)", [files]).fetchall()}
            if missing := sorted(_COLUMNS - names):
                raise UsageError(f"{files[0]}: column {missing[0]} is missing 缺少该列", fix=_FIX)
            table: pa.Table = database.sql(
                _QUERY,
                params={"zone": CHINA_MS, "period": PERIODS[by], "files": files, "detectors": list(detectors)},
            ).to_arrow_table()
            return table
    except duckdb.Error as error:
        first_line = str(error).splitlines()[0]
        raise UsageError(f"findings cannot be read ({first_line}) 线索无法读取", fix=_FIX) from None


_QUERY = """
    WITH found AS (
        SELECT DISTINCT ON (finding_id) *, epoch_ms((found_at + $zone)::BIGINT) AS moment
        FROM read_parquet($files, union_by_name = true)
        WHERE len($detectors) = 0 OR list_contains($detectors, detector)
    )
    SELECT finding_id, detector, fraud_type,
           CASE WHEN subject_kind IN ('website', 'host')
                THEN coalesce(json_extract_string(evidence, '$.brand.domain'), '') ELSE '' END AS brand,
           subject_kind, subject, score, strftime(moment, $period) AS period,
           date_diff('day', DATE '1970-01-01', moment::DATE) AS day, coalesce(simulated, false) AS simulated,
           CASE WHEN subject_kind IN ('website', 'host') THEN subject
                ELSE json_extract_string(evidence, '$.text') END AS text
    FROM found ORDER BY found_at, finding_id
"""
