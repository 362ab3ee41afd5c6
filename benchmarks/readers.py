"""How many rows a second of one core become events, by format, from files as carriers export them.

Usage: python -m benchmarks.readers [--rows 400000]

The call export has nine columns, Chinese headers, and gives two to three events a row; the same rows are written as CSV
in GB 18030 and UTF-8, Parquet, JSON Lines and an Excel workbook. Reading includes recognition, the proposed map, E.164
and event ids. `csv.DictReader` beside it only splits the cells. CPU-seconds are of this process and of the child that
parses the workbook; the second of two runs, so that nothing is compiled in it.
"""

import argparse
import csv
import json
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.workbooks import inline_rows, xlsx

from fanzha.read import ReadContext, find_sources, read_batches

HEAD = ("话单号", "主叫号码", "被叫号码", "开始时间", "通话时长(秒)", "入口", "中继群号", "漫游状态", "释放原因")
TERMS = ReadContext(observed_at=1_772_323_815_000, basis="benchmark")


def calls(rows: int) -> Iterator[tuple[str, ...]]:
    """Draw calls of a gateway."""
    draw = random.Random(1)
    for number in range(rows):
        talk = draw.choice((0, 0, draw.randrange(300)))
        moment = f"202603{1 + number % 9:02}{draw.randrange(24):02}{number % 60:02}{draw.randrange(60):02}"
        yield (
            f"ZJ{number:08}", f"+861910000{draw.randrange(10_000):04}", f"1990000{draw.randrange(10_000):04}", moment,
            str(talk), "国际关口局", f"IGW-{number % 50}", "已证实", str(draw.choice((16, 17, 19, 31))),
        )  # fmt: skip


def write(folder: Path, rows: int) -> None:
    """Write every file of the comparison."""
    drawn = list(calls(rows))
    text = "\n".join(",".join(row) for row in [HEAD, *drawn]) + "\n"
    (folder / "calls-gb18030.csv").write_bytes(text.encode("gb18030"))
    (folder / "calls-utf8.csv").write_bytes(text.encode())
    columns = [list(column) for column in zip(*drawn, strict=True)]
    pq.write_table(pa.table(dict(zip(HEAD, columns, strict=True))), folder / "calls.parquet")
    (folder / "calls.xlsx").write_bytes(xlsx({"话单": inline_rows([HEAD, *drawn])}))
    with (folder / "calls.jsonl").open("w", encoding="utf-8") as file:
        for row in drawn:
            file.write(json.dumps(dict(zip(HEAD, row, strict=True)), ensure_ascii=False) + "\n")
    words = "您好，您的快递已到驿站，请凭取件码领取，营业时间至晚上九点"
    texts = (f"2026-03-01 08:{n // 60 % 60:02}:{n % 60:02},【虚构驿站{n}】{words}\n" for n in range(rows))
    (folder / "texts.csv").write_text("接收时间,短信内容\n" + "".join(texts), "utf-8")
    (folder / "hosts.txt").write_text("".join(f"host-{n}.example\n" for n in range(rows)))
    leg = '"","19100000001","19900000002","in","x","SIP/a-00000001","","Dial","","2026-03-01 08:30:15","",'
    leg += '"2026-03-01 08:30:25"'
    records = "".join(f'{leg},10,0,"NO ANSWER","DOCUMENTATION","1772325015.{n}",""\n' for n in range(rows // 4))
    (folder / "Master.csv").write_text(records)


def read(path: Path) -> tuple[int, int]:
    """Return rows used and events told."""
    used = events = 0
    for source in find_sources([path]):
        for batch in read_batches(source, TERMS):
            used += batch.used
            events += sum(table.num_rows for table in batch.tables.values())
    return used, events


def cpu_seconds() -> float:
    """Return the CPU time of this process and its ended children."""
    return sum(os.times()[:4])


def main() -> None:
    """Measure every file and print rows a CPU-second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=400_000)
    given = parser.parse_args()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, given.rows)
        for path in sorted(folder.iterdir()):
            read(path)
            start = cpu_seconds()
            used, events = read(path)
            seconds = cpu_seconds() - start
            print(f"{path.name:<18} {used:>9,} rows {events:>10,} events {used / seconds:>10,.0f} rows a CPU-second")
        start = cpu_seconds()
        with (folder / "calls-utf8.csv").open(encoding="utf-8") as file:
            count = sum(1 for _ in csv.DictReader(file))
        speed = count / (cpu_seconds() - start)
        print(f"{'csv.DictReader':<18} {count:>9,} rows {'':>17} {speed:>10,.0f} rows a CPU-second")


if __name__ == "__main__":
    main()
