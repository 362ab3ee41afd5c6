"""Measure `fanzha replay` on operators' days: `python -m tests.field.operators.replayed --seed 1 2 --dialect exchange`.

Each victim of the truth becomes a reported case: her number, the numbers that called her, and the moment of her call to
the bank as that of the first loss. The real command reads the records with the map made by hand for the dialect.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from tests.field.operators.dialects import DIALECTS, write_days
from tests.field.operators.generate import SUBSCRIBERS, generate
from tests.field.operators.score import FIRST_BLIND_SEED, map_of
from tests.field.operators.truth import Truth


def write_cases(calls: pa.Table, truth: Truth, path: Path) -> None:
    """Write the cases of all victims as a table of reported cases with Chinese headers."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["案件编号", "受害人号码", "涉案号码", "首次损失时间", "案件类型"])
        for number, victim in enumerate(truth.victims, 1):
            from_first = pc.greater_equal(calls["start"], pa.scalar(victim.first_call))
            before = pc.and_(from_first, pc.less(calls["start"], pa.scalar(victim.bank_call)))
            to_her = calls.filter(pc.and_(before, pc.equal(calls["callee"], pa.scalar(victim.number))))
            planted = {n for actor in truth.actors if actor.name == victim.actor for n in actor.numbers}
            suspects = sorted({str(caller) for caller in to_her["caller"].to_pylist()} & planted)
            loss = datetime.fromtimestamp(victim.bank_call / 1000, UTC).isoformat()
            table.writerow([f"{victim.kind}-{number}", victim.number, "、".join(suspects), loss, "其他"])


def replay_run(seed: int, dialect: str, days: int, folder: Path, subscribers: int = SUBSCRIBERS) -> dict[str, Any]:
    """Generate the days of one seed, replay its victims as cases, return the result as the command prints it."""
    calls, truth = generate(seed, days, subscribers)
    records = folder / "records"
    records.mkdir(parents=True)
    write_days(calls, truth, DIALECTS[dialect], records)
    write_cases(calls, truth, folder / "cases.csv")
    command = [sys.executable, "-m", "fanzha", "replay", str(folder / "cases.csv"), str(records)]
    command += ["--out", str(folder / "replay"), "--map", str(map_of(dialect)), "--lines", str(truth.lines), "--json"]
    home = {**os.environ, "FANZHA_HOME": str(folder / "home")}
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}\n{done.stderr[-2_000:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Replay the seeds asked for and print the outcomes of each kind of case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, nargs="+", required=True)
    parser.add_argument("--dialect", choices=sorted(DIALECTS), required=True)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="keep files and results in this folder")
    options = parser.parse_args()
    if max(options.seed) >= FIRST_BLIND_SEED:
        parser.error(f"seeds from {FIRST_BLIND_SEED} on are kept for blind runs")
    for seed in options.seed:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (options.keep or Path(temporary)) / f"{options.dialect}-{seed}"
            print(seed, json.dumps(replay_run(seed, options.dialect, options.days, folder), ensure_ascii=False))


if __name__ == "__main__":
    main()
