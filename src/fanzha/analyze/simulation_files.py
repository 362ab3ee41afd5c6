"""Write a simulated province as files that `read` and `analyze` accept like an export."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.ingestion import ProgressListener
from fanzha.base.clock import from_ms
from fanzha.events import Column, EventTable, source_events
from fanzha.simulate import BASIS, SOURCE, Province, Settings, deliver_in_order, deliver_with_defects

CHINA_MS, DAY_MS = 8 * 3_600_000, 86_400_000

README = """SIMULATED 模拟数据

Nothing in this folder happened, and nobody in it exists: numbers are of ranges that nobody holds.
本文件夹中的一切均为模拟生成，号码来自未分配号段，不涉及任何真实的人或通信。

Made by: fanzha simulate {arguments}
Read it:  fanzha analyze FOLDER --out results
The answer sheet is truth/truth.parquet; it is never read as events. 答案见 truth/truth.parquet，不会作为事件读入。
"""


class SimulationSummary(msgspec.Struct):
    """The written files: events by table (with corrections and repeats), file count, planted subjects by role."""

    out: str
    seed: int
    subscribers: int
    days: int
    events: dict[str, int] = {}
    files: int = 0
    planted: dict[str, int] = {}  # role -> subjects


def write_simulation(
    settings: Settings, out: Path, listener: ProgressListener, *, orderly: bool = False
) -> SimulationSummary:
    """Simulate into a folder: a Parquet file per table and day of arrival, column maps, ground truth and a README.

    `orderly` omits the disorder that mediation adds. Memory holds one day and the late records.
    """
    out.mkdir(parents=True, exist_ok=True)
    listener.stage("规划 planning", None)
    province = Province(settings)
    summary = SimulationSummary(str(out), settings.seed, settings.subscribers, settings.days)
    listener.stage("模拟 simulating", settings.days)
    days = _report_days(province, listener)
    for delivery in deliver_in_order(days) if orderly else deliver_with_defects(days, settings):
        day = from_ms(settings.start_ms + delivery.day * DAY_MS + CHINA_MS).date().isoformat()
        pq.write_table(pa.Table.from_batches([delivery.records]), out / f"{delivery.table}-{day}.parquet")
        summary.events[delivery.table] = summary.events.get(delivery.table, 0) + delivery.records.num_rows
        summary.files += 1
    _write_truth(province.truth, out, summary)
    (out / "fanzha-map.toml").write_text(column_maps(), "utf-8")
    (out / "README.txt").write_text(README.format(arguments=command_arguments(settings)), "utf-8")
    return summary


def _report_days(province: Province, listener: ProgressListener) -> Iterator[Mapping[str, pa.RecordBatch]]:
    for day in province.days():
        yield day
        listener.advance()


def _write_truth(truth: pa.Table, out: Path, summary: SimulationSummary) -> None:
    (out / "truth").mkdir(exist_ok=True)
    pq.write_table(truth, out / "truth" / "truth.parquet")
    counts: Any = truth["role"].value_counts()
    summary.planted = {str(row["values"]): int(row["counts"]) for row in counts.to_pylist()}


def command_arguments(settings: Settings) -> str:
    """Return the command-line arguments that reproduce a simulation."""
    date = from_ms(settings.start_ms + CHINA_MS).date().isoformat()
    arguments = [f"--subscribers {settings.subscribers} --days {settings.days} --seed {settings.seed} --start {date}"]
    arguments += [f"--attackers {','.join(map(str, settings.attackers))}"]
    arguments += [f"--strength {key}={value:g}" for key, value in sorted(settings.parameters.items())]
    arguments += [f"--limits-share {settings.limits_share:g}"] if settings.limits_share != 1 else []
    arguments += [f"--scenario {name}" for name in settings.only]
    limits = [f"{name}.{key} = {value:g}" for name, table in settings.limits.items() for key, value in table.items()]
    return " ".join(arguments) + (f"\nLimits believed: {', '.join(sorted(limits))}" if limits else "")


def column_maps() -> str:
    """Return the column maps of the folder, one per event table; all data is marked as simulated."""
    return "".join(_column_map(table) for table in source_events().values())


def _column_map(table: EventTable) -> str:
    head = (
        f'[[map]]\nfiles = "{table.name}-*.parquet"\ntable = "{table.name}"\nformat = "parquet"\n'
        f'source = "{SOURCE}"\nsimulated = true\nbasis = "{BASIS}"\n[map.columns]\nevent_id = "event_id"\n'
        'occurred_at = { from = "occurred_at", format = "epoch_ms" }\n'
    )
    return head + "".join(_column_entry(column) for column in table.own if not pa.types.is_map(column.type)) + "\n"


def _column_entry(column: Column) -> str:
    options = ""
    if column.unit == "ms":
        options = ', format = "epoch_ms"' if column.name.endswith("_at") else ', unit = "ms"'
    return f'{column.name} = {{ from = "{column.name}"{options} }}\n'
