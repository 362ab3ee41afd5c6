"""Read the live, unexpired findings of `fanzha analyze` as evidence, in batches."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.base.lazy_module import lazy_module
from fanzha.claims.evidence import FINDING, Evidence
from fanzha.claims.finding import Mode, SubjectRole, resolve_role
from fanzha.claims.verdict import Level, verdict_scope

pc = lazy_module("pyarrow.compute")  # untyped: the type stubs lose track in nested calls

_COLUMNS = (
    "subject_kind",
    "subject",
    "detector",
    "score",
    "found_at",
    "valid_until",
    "direction",
    "service",
    "ingress",
    "fraud_type",
    "holder_from",
    "simulated",
)
_REASONS = ("finding_id", "reasons_zh", "reasons_en")
_ROLE = "role"  # files of earlier versions lack it
_ROWS = 65_536


def list_finding_files(paths: Sequence[Path]) -> list[Path]:
    """Return the Parquet files in `paths`, and every findings.parquet below the folders in `paths`."""
    files = [file for path in paths for file in (sorted(path.rglob("findings.parquet")) if path.is_dir() else [path])]
    if missing := [path for path in paths if path.is_dir() and not list(path.rglob("findings.parquet"))]:
        raise UsageError(f"{missing[0]} holds no findings.parquet", fix="name a folder that fanzha analyze --out wrote")
    return files


def read_live_findings(path: Path, at: int, *, reasons: bool = False) -> Iterator[Evidence]:
    """Yield the live findings of a file that are valid at `at` (UTC ms), with their reasons if `reasons` is set.

    Findings on victims are left out: no verdict is for a victim.
    """
    import pyarrow.parquet as pq

    columns = [*_COLUMNS, *(_REASONS if reasons else ()), "mode"]
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        if missing := sorted({*columns} - {*file.schema_arrow.names}):
            raise UsageError(f"{path}: column {missing[0]} is missing", fix="run fanzha analyze again")
        columns += [name for name in (_ROLE,) if name in file.schema_arrow.names]
        for batch in file.iter_batches(_ROWS, columns=columns):
            is_live = pc.and_(pc.equal(batch["mode"], Mode.LIVE.value), pc.greater(batch["valid_until"], at))
            yield from (_to_evidence(row) for row in batch.filter(is_live).to_pylist() if not _is_victim(row))
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: findings cannot be read ({error})", fix="run fanzha analyze again") from None


def _is_victim(row: dict[str, Any]) -> bool:
    role = SubjectRole(row[_ROLE]) if row.get(_ROLE) else None
    return resolve_role(role, row["fraud_type"], row["subject_kind"]) is SubjectRole.VICTIM


def _to_evidence(row: dict[str, Any]) -> Evidence:
    return Evidence(
        row["subject_kind"],
        row["subject"],
        FINDING,
        row["detector"],
        Level.SUSPECTED,
        row["score"],
        row["found_at"],
        row["valid_until"],
        verdict_scope(row["direction"], row["service"], row["ingress"]),
        row["fraud_type"],
        None,
        row["holder_from"],
        row["simulated"],
        row.get("finding_id") or "",
        "；".join(row.get("reasons_zh") or ()),
        "; ".join(row.get("reasons_en") or ()),
    )
