"""How many facts per CPU-second go the whole path: Parquet in, put in order, judged by all call rules, findings out.

Usage: python -m benchmarks.whole_path [--subscribers 150000] [--seed 1] [--runs 3] [--detectors NAME,NAME]
       [--rules FOLDER]

One day of a simulated province (`fanzha simulate`), its files as mediation leaves them: late, repeated, corrected, a
part at a time; a call is up to three facts. All shipped rule detectors that read calls are on, or those of a folder of
rule texts (*.rules), so that states of the code are compared with the same rules. Counted are the events of the files
and the CPU time of this process, all threads, by stage: repeats and corrections settled and tables sorted; rules run,
findings told with reasons and evidence and written. Memory is that of the first run. Reading the same files as a
stranger's (a column map, numbers to E.164, event ids) comes beside it: what arrives as events needs none of it.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from fanzha.analyze.event_order import slices, sort_table
from fanzha.analyze.journal import Journal
from fanzha.analyze.pipeline import merge_findings, tune_allocator
from fanzha.analyze.sessions import detect
from fanzha.analyze.simulation_files import write_simulation
from fanzha.base.words import Words
from fanzha.detect import Detector, RuleDetector, all_detectors
from fanzha.events import CALL_FACTS, all_events
from fanzha.read import ReadContext, find_sources, read_batches
from fanzha.simulate import Settings

START_MS = 1_772_380_800_000  # 2 March 2026 in Beijing


class Silent:
    """A watcher that watches nothing."""

    def stage(self, words: str, total: int | None) -> None:
        """Say nothing."""

    def advance(self, steps: int = 1) -> None:
        """Say nothing."""


class Took(NamedTuple):
    """CPU-seconds of one run, the most memory up to the end of each stage (MB), and how many findings came of it."""

    ordering: float
    detecting: float
    ordering_mb: float
    detecting_mb: float
    findings: Counter[str]


def most_memory() -> float:
    """Return the most resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def simulate(settings: Settings, folder: Path) -> None:
    """Write the day's files in a process of its own, whose memory does not count."""
    process = multiprocessing.get_context("spawn").Process(target=write_simulation, args=(settings, folder, Silent()))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit("the simulation failed")


def call_rules() -> dict[str, Detector]:
    """Return the shipped rule detectors that read calls."""
    found = {name: one for name, one in all_detectors().items() if isinstance(one, RuleDetector)}
    return {name: one for name, one in found.items() if set(one.reads) & set(CALL_FACTS)}


def folder_rules(folder: Path) -> dict[str, Detector]:
    """Return a detector for each rule text of a folder that reads calls."""
    found: dict[str, Detector] = {}
    for path in sorted(folder.glob("*.rules")):
        words = Words(path.stem, path.stem)
        namespace = {"text": path.read_text(), "tells": words, "examples": (), "__module__": path.stem}
        detector: RuleDetector = type("RuleText", (RuleDetector,), namespace)()
        if set(detector.reads) & set(CALL_FACTS):
            found[detector.name] = detector
    return found


def run(parts: dict[str, list[Path]], detectors: dict[str, Detector]) -> Took:
    """Go the whole path once."""
    with tempfile.TemporaryDirectory() as name:
        folder, journal = Path(name), Journal(Path(name) / "run", "benchmark")
        began = time.process_time()
        tables = {table: folder / f"{table}.parquet" for table in parts}
        for table, files in parts.items():
            sort_table(files, tables[table])
        sorted_at, sorted_mb = time.process_time(), most_memory()
        schemas = {table: all_events()[table].schema for table in tables}
        detect(slices(tables, schemas, dictionaries=True), detectors, journal)
        merge_findings(sorted(journal.subfolder("findings").glob("*.parquet")), folder / "findings.parquet")
        done, done_mb = time.process_time(), most_memory()
        found = pq.read_table(folder / "findings.parquet", columns=["detector"])["detector"].to_pylist()
    return Took(sorted_at - began, done - sorted_at, sorted_mb, done_mb, Counter(found))


def read(files: list[Path]) -> float:
    """Return the CPU-seconds of reading files as a stranger's."""
    began = time.process_time()
    for source in find_sources(files):
        for _ in read_batches(source, ReadContext(observed_at=1_780_000_000_000, basis="benchmark")):
            pass
    return time.process_time() - began


def main() -> None:
    """Simulate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("subscribers", 150_000), ("seed", 1), ("runs", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--detectors", default="")
    parser.add_argument("--rules", type=Path)
    given = parser.parse_args()
    tune_allocator()  # as `fanzha analyze` does
    known = folder_rules(given.rules) if given.rules else call_rules()
    chosen = {name: known[name] for name in given.detectors.split(",") if name} or known
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(Settings(given.subscribers, 1, given.seed, START_MS), folder)
        parts = {table: sorted(folder.glob(f"{table}-*.parquet")) for table in CALL_FACTS}
        facts = sum(pq.read_metadata(file).num_rows for files in parts.values() for file in files)
        small = {table: files[-1:] for table, files in parts.items()}
        run(small, chosen)  # compiles
        runs = [run(parts, chosen) for _ in range(given.runs)]
        reading = read([file for files in parts.values() for file in files])
    table = Table(title=f"{facts:,} simulated facts of calls, {len(chosen)} detectors")
    for head in ("stage", "CPU-s", "facts per CPU-s", "memory up to then, MB"):
        table.add_column(head, justify="left" if head == "stage" else "right")
    ordering, detecting = median(one.ordering for one in runs), median(one.detecting for one in runs)
    total = median(one.ordering + one.detecting for one in runs)
    stages = {
        "ordering": (ordering, runs[0].ordering_mb),
        "detecting, telling, writing": (detecting, runs[0].detecting_mb),
        "Parquet in to findings out": (total, runs[0].detecting_mb),
        "(reading them as a stranger's)": (reading, most_memory()),
    }
    for stage, (seconds, memory) in stages.items():
        table.add_row(stage, f"{seconds:.2f}", f"{facts / seconds:,.0f}", f"{memory:,.0f}")
    console = Console()
    console.print(table)
    console.print("findings:", ", ".join(f"{name} {count:,}" for name, count in sorted(runs[-1].findings.items())))


if __name__ == "__main__":
    main()
