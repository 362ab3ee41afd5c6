"""Write a simulated province as files that `read` and `analyze` take like any export, and that say what they are."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.gather import Watcher
from fanzha.base.clock import from_ms
from fanzha.events import Column, EventTable, all_events
from fanzha.simulate import BASIS, SOURCE, Province, Settings, messy, tidy

CHINA_MS, DAY_MS = 8 * 3_600_000, 86_400_000

README = """SIMULATED 模拟数据

Nothing in this folder happened, and nobody in it exists: numbers are of ranges that nobody holds.
本文件夹中的一切均为模拟生成，号码来自未分配号段，不涉及任何真实的人或通信。

Made by: fanzha simulate {arguments}
Read it:  fanzha analyze FOLDER --out results
The answer sheet is truth/truth.parquet; it is never read as events. 答案见 truth/truth.parquet，不会作为事件读入。
"""


class Written(msgspec.Struct):
    """What was written: events by table (second versions and repeats included), files, and who was planted."""

    out: str
    seed: int
    subscribers: int
    days: int
    events: dict[str, int] = {}
    files: int = 0
    planted: dict[str, int] = {}  # role -> subjects


def write_province(settings: Settings, out: Path, watcher: Watcher, *, orderly: bool = False) -> Written:
    """Simulate into a folder: a Parquet file a table and day of arrival, their map, the answer sheet, and a README.

    `orderly` leaves out what mediation does to records. Memory holds one day and what is late.
    """
    out.mkdir(parents=True, exist_ok=True)
    watcher.stage("规划 planning", None)
    province = Province(settings)
    written = Written(str(out), settings.seed, settings.subscribers, settings.days)
    watcher.stage("模拟 simulating", settings.days)
    days = _watched(province, watcher)
    for delivery in tidy(days) if orderly else messy(days, settings):
        day = from_ms(settings.start_ms + delivery.day * DAY_MS + CHINA_MS).date().isoformat()
        pq.write_table(pa.Table.from_batches([delivery.records]), out / f"{delivery.table}-{day}.parquet")
        written.events[delivery.table] = written.events.get(delivery.table, 0) + delivery.records.num_rows
        written.files += 1
    _write_truth(province.truth, out, written)
    (out / "fanzha-map.toml").write_text(maps(), "utf-8")
    (out / "README.txt").write_text(README.format(arguments=arguments(settings)), "utf-8")
    return written


def _watched(province: Province, watcher: Watcher) -> Iterator[Mapping[str, pa.RecordBatch]]:
    for day in province.days():
        yield day
        watcher.advance()


def _write_truth(truth: pa.Table, out: Path, written: Written) -> None:
    (out / "truth").mkdir(exist_ok=True)
    pq.write_table(truth, out / "truth" / "truth.parquet")
    counts: Any = truth["role"].value_counts()
    written.planted = {str(one["values"]): int(one["counts"]) for one in counts.to_pylist()}


def arguments(settings: Settings) -> str:
    """Return the arguments that make the same again."""
    date = from_ms(settings.start_ms + CHINA_MS).date().isoformat()
    said = [f"--subscribers {settings.subscribers} --days {settings.days} --seed {settings.seed} --start {date}"]
    said += [f"--attackers {','.join(map(str, settings.attackers))}"]
    said += [f"--strength {key}={value:g}" for key, value in sorted(settings.strengths.items())]
    said += [f"--scenario {name}" for name in settings.only]
    limits = [f"{name}.{key} = {value:g}" for name, given in settings.limits.items() for key, value in given.items()]
    return " ".join(said) + (f"\nLimits believed: {', '.join(sorted(limits))}" if limits else "")


def maps() -> str:
    """Return the column maps of the folder, one an event table: columns are our own, and everything is simulated."""
    return "".join(_map(table) for table in all_events().values())


def _map(table: EventTable) -> str:
    head = (
        f'[[map]]\nfiles = "{table.name}-*.parquet"\ntable = "{table.name}"\nformat = "parquet"\n'
        f'source = "{SOURCE}"\nsimulated = true\nbasis = "{BASIS}"\n[map.columns]\nevent_id = "event_id"\n'
        'occurred_at = { from = "occurred_at", format = "epoch_ms" }\n'
    )
    return head + "".join(_take(column) for column in table.own if not pa.types.is_map(column.type)) + "\n"


def _take(column: Column) -> str:
    how = ""
    if column.unit == "ms":
        how = ', format = "epoch_ms"' if column.name.endswith("_at") else ', unit = "ms"'
    return f'{column.name} = {{ from = "{column.name}"{how} }}\n'
