"""The structure of event tables: named, typed columns with units. Each table is a module that defines `EVENT`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from fanzha.base.words import Words


@dataclass(frozen=True)
class Column:
    """One column of an event table."""

    name: str
    type: pa.DataType
    title: Words
    kind: str = ""  # the kind of thing the value is (fanzha.kinds), or ""
    unit: str = ""  # as in the name: ms, s, count, share 0-1, CNY
    required: bool = False
    content: bool = False  # words people wrote or spoke: needs a legal basis (Telecom Regulations Art. 65)
    low: float | None = None  # smallest value that can be true
    high: float | None = None  # largest
    values: tuple[str, ...] = ()  # the closed list of values, if there is one
    aliases: tuple[str, ...] = ()  # header names seen in the field, Chinese and English, lower case
    words: tuple[tuple[str, str], ...] = ()  # words of exports -> one of `values`


#: The columns of every event: id, times, source, legal basis.
ENVELOPE: tuple[Column, ...] = (
    Column("event_id", pa.string(), Words("事件编号", "event id"), required=True),
    Column(
        "occurred_at",
        pa.int64(),
        Words("发生时间", "occurred at"),
        unit="ms",
        required=True,
        aliases=(
            "time",
            "timestamp",
            "datetime",
            "date",
            "start",
            "start_time",
            "start_stamp",
            "calldate",
            "call_time",
            "sent_at",
            "received_at",
            "send_time",
            "event_time",
            "seen_at",
            "submit_time",
            "seizure_time",
            "time_for_start_of_call",
            "date_for_start_of_charge",
            "initiation_time",
            "starting_date",
            "date_time_start",
            "begin_time",
            "begin_date",
            "start_date",
            "stime",
            "setup_time",
            "call_start_time",
            "call_begin_time",
            "call_start",
            "time_start",
            "date_time_origination",
            "h323_setup_time",
            "时间",
            "日期",
            "日期时间",
            "发生时间",
            "开始时间",
            "起始时间",
            "通话开始时间",
            "通话时间",
            "通话起始时间",
            "通话起始时刻",
            "呼叫起始时间",
            "起呼时间",
            "占用时间",
            "起始时刻",
            "呼叫时间",
            "呼叫开始时间",
            "呼叫发起时间",
            "主叫时间",
            "通话日期",
            "发送时间",
            "接收时间",
            "短信时间",
            "收发时间",
            "提交时间",
            "下发时间",
            "访问时间",
            "发现时间",
            "采集时间",
            "记录时间",
            "创建时间",
            "入库时间",
            "举报时间",
            "操作时间",
        ),
    ),
    Column("observed_at", pa.int64(), Words("获知时间", "observed at"), unit="ms", required=True),
    Column("source", pa.string(), Words("来源", "source"), required=True),
    Column("basis", pa.string(), Words("法律依据", "legal basis")),
    Column("simulated", pa.bool_(), Words("模拟数据", "simulated"), required=True),
)


@dataclass(frozen=True)
class EventTable:
    """A table of one type of event. `own` are its own columns, which follow the envelope."""

    name: str
    title: Words
    own: tuple[Column, ...]
    #: Own columns that identify the event, for a deterministic event_id if the source has no ids.
    identity: tuple[str, ...] = field(default=())
    #: Whether the analysis makes these events itself; no source holds them.
    derived: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, envelope first."""
        return ENVELOPE + self.own

    def column(self, name: str) -> Column:
        """Return a column by name; KeyError when there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with units and titles as metadata of its fields."""
        return pa.schema([_field(column) for column in self.columns])

    def empty(self) -> pa.Table:
        """Return a table of this schema without rows."""
        return self.schema.empty_table()

    def conform(self, columns: "dict[str, Sequence[object] | pa.Array[Any]]", rows: int) -> pa.RecordBatch:
        """Build a batch of this schema. Missing columns are null."""
        arrays = [
            pa.array(columns[f.name], type=f.type) if f.name in columns else pa.nulls(rows, f.type) for f in self.schema
        ]
        return pa.record_batch(arrays, schema=self.schema)


def _field(column: Column) -> "pa.Field[Any]":
    meta = {"title_zh": column.title.zh, "title_en": column.title.en, "unit": column.unit, "kind": column.kind}
    metadata = {key: value for key, value in meta.items() if value}
    return pa.field(column.name, column.type, nullable=not column.required, metadata=metadata)
