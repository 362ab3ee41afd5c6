"""Statements as a CSV table: what spreadsheets and small feeds exchange. One row is one subject."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator

from fanzha.base.clock import iso, moment_ms
from fanzha.base.csv_cells import plain_cell
from fanzha.base.errors import Malformed
from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.kinds import all_kinds
from fanzha.share.items import FeedContent, ReceivedVerdict, RejectReason, SharedVerdict

COLUMNS = (
    "kind",
    "value",
    "level",
    "confidence",
    "fraud_type",
    "valid_from",
    "valid_until",
    "marking",
    "withdrawn",
    "reason",
    "licence",
)
_MAX_TEXT = 500
_MAX_LICENCE = 300
_YES = frozenset({"1", "true", "yes", "是"})


def write_table(verdicts: Iterable[SharedVerdict]) -> Iterator[str]:
    """Yield the lines of a table, the header first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    yield buffer.getvalue()
    for verdict in verdicts:
        buffer.seek(0)
        buffer.truncate()
        reason = " / ".join(dict.fromkeys(part for part in verdict.reason if part))
        until = "" if verdict.valid_until is None else iso(verdict.valid_until)
        score, withdrawn = round(100 * verdict.score), "yes" if verdict.is_withdrawn else ""
        times = (iso(verdict.valid_from), until)
        row = (verdict.subject_kind, verdict.subject, verdict.level.value, score, verdict.fraud_type, *times)
        writer.writerow(
            [plain_cell(str(cell)) for cell in (*row, verdict.marking.value, withdrawn, reason, verdict.licence)]
        )
        yield buffer.getvalue()


def read_table(text: str, now: int, *, only_column: str = "") -> FeedContent:
    """Read a table with a header, or, with the kind `only_column`, the first column of one without (UTC ms).

    Lines that begin with # are comments. The columns beside `value` may be missing; `kind` is recognised if it is.
    """
    rejected: Counter[RejectReason] = Counter()
    verdicts: list[ReceivedVerdict] = []
    lines = (line for line in text.lstrip("\ufeff").splitlines() if line.strip() and not line.lstrip().startswith("#"))
    rows: Iterator[dict[str, str]]
    if only_column:
        rows = ({"kind": only_column, "value": row[0]} for row in csv.reader(lines) if row)
    else:
        rows = ({str(k).strip().lower(): v or "" for k, v in row.items()} for row in csv.DictReader(lines))
    try:
        for row in rows:
            try:
                verdicts.append(_read_row(row, now))
            except Malformed:
                rejected[RejectReason.VALUE] += 1
            except LookupError as error:
                rejected[error.args[0] if isinstance(error.args[0], RejectReason) else RejectReason.UNREADABLE] += 1
            except (ValueError, TypeError, AttributeError):
                rejected[RejectReason.UNREADABLE] += 1
    except csv.Error:
        rejected[RejectReason.UNREADABLE] += 1
    return FeedContent(verdicts, [], dict(rejected))


def _read_row(row: dict[str, str], now: int) -> ReceivedVerdict:
    kind, value = _subject(row.get("kind", "").strip(), row["value"].strip().removeprefix("'"))
    marking = Marking(row["marking"].strip().upper()) if row.get("marking", "").strip() else None
    if marking is Marking.RED:
        raise LookupError(RejectReason.MARKING)
    confidence = row.get("confidence", "").strip()
    level = row.get("level", "").strip().lower()
    valid_from = moment_ms(row["valid_from"]) if row.get("valid_from") else now
    fraud_type = row.get("fraud_type", "").strip()
    return ReceivedVerdict(
        object_id=f"row--{digest(kind, value)}",
        subject_kind=kind,
        subject=value,
        level=Level(level) if level else Level.SUSPECTED,
        score=min(max(int(confidence), 0), 100) / 100 if confidence else None,
        created_at=valid_from,
        modified_at=now,
        valid_from=valid_from,
        valid_until=moment_ms(row["valid_until"]) if row.get("valid_until") else None,
        marking=marking,
        fraud_type=fraud_type if fraud_type in FRAUD_TYPES else "",
        reason=row.get("reason", "").replace("\0", "")[:_MAX_TEXT],
        licence=row.get("licence", "").replace("\0", "")[:_MAX_LICENCE],
        is_withdrawn=row.get("withdrawn", "").strip().lower() in _YES,
    )


def _subject(kind: str, value: str) -> tuple[str, str]:
    if kind:
        if kind not in all_kinds():
            raise LookupError(RejectReason.UNUSED_TYPE)
        return kind, all_kinds()[kind].normalise(value)
    best = max(all_kinds().values(), key=lambda one: (one.resembles(value), one.name))
    if best.resembles(value) < 0.5:
        raise Malformed("no kind is recognised")
    return best.name, best.normalise(value)
