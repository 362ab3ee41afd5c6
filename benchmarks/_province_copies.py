"""The copies of a made-up province: which tables, and what of their columns must differ."""

from collections.abc import Iterator

from benchmarks._copies import Copier, unchecked
from django.db import connection, models

from fanzha.base.ids import digest
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.processes.models import Leg, Notification, OutboxItem, Participation, ProcessInstance, Step, Timer
from fanzha.command.subjects.models import FindingRow, Presence, Subject, VerdictRow

#: Copied in this order. Subjects come first, with numbers of their own.
TABLES: tuple[type[models.Model], ...] = (
    Campaign,
    Placement,
    Tie,
    TieLink,
    Presence,
    VerdictRow,
    FindingRow,
    ProcessInstance,
    Participation,
    Leg,
    Step,
    Timer,
    OutboxItem,
    Notification,
)
#: Numbers of two subjects differ by so much, see `_made_up_findings`.
_APART = 7
_DIGITS = 7
_COLUMNS = ("id", "ref", "kind", "value", "holder_from", "shown", "thing", "identity", "created_at")
_FIRST = "+861700"


def copy_province(copies: int) -> Iterator[str]:
    """Copy all rows so often; yield what was done."""
    copier = Copier((Subject, *TABLES), copies)
    yield f"{_copy_subjects(copier, copies):,} subjects copied"
    for table in TABLES:
        unchecked(lambda table=table: copier.copy(table))  # type: ignore[misc]
        yield f"{table._meta.db_table} copied"
    copier.finish()
    yield "counted and analysed"


def _copy_subjects(copier: Copier, copies: int) -> int:
    """Copy the subjects by COPY: what they are found by is a digest that the server cannot make."""
    from benchmarks._copies import ref_of

    rows = list(Subject.objects.values_list(*_COLUMNS))
    stride, wide = copier.stride(Subject), (max(int(row[3][-_DIGITS:]) for row in rows) // _APART + 1) * _APART
    statement = f"COPY subjects_subject ({', '.join(_COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for k in range(1, copies + 1):
            for key, ref, kind, value, holder, shown, _thing, _identity, at in rows:
                number = f"{_FIRST}{int(value[-_DIGITS:]) + k * wide:0{_DIGITS}}"
                thing, identity = digest(kind, number), digest(kind, number, "")
                copy.write_row((key + k * stride, ref_of(ref, k), kind, number, holder, shown, thing, identity, at))
    return len(rows) * copies
