"""`make demo`: analyse bundled and simulated input, and check the results."""

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.simulation_files import write_simulation
from fanzha.analyze.summary import Summary
from fanzha.analyze.terminal import Progress, print_summary
from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.claims.finding import FINDING_SCHEMA
from fanzha.claims.treatment import TREATMENT_WORDS
from fanzha.detect import all_detectors
from fanzha.run.demo_screening import ScreenAnswer
from fanzha.screen.reasons import describe_reason
from fanzha.simulate import Settings

BEIJING = ZoneInfo("Asia/Shanghai")
#: A small simulation: every fraud once, by attackers of level 0, and every innocent look-alike.
SIMULATION = Settings(
    subscribers=300,
    days=2,
    seed=5,
    start_ms=1_772_380_800_000,  # 2026-03-02 00:00 in Beijing; `latest_start` replaces it
    attackers=(0,),
    parameters={"gangs": 1},
)


class DemoFailed(FanzhaError):
    """The demo ran, but its results are incomplete or wrong (exit 1: a defect, not a usage error)."""

    exit_code = 1


def latest_start(now: int) -> int:
    """Return the latest midnight in Beijing (UTC ms) from which the simulated days end before `now`.

    If that is a Saturday, return the day before: landlines hardly call on weekends.
    """
    midnight = datetime.combine(from_ms(now).astimezone(BEIJING).date(), time(0), BEIJING)
    start = midnight - timedelta(days=SIMULATION.days)
    return to_ms(start - timedelta(days=1) if start.weekday() == 5 else start)


def run_demo(out: Path, console: Console) -> Summary:
    """Analyse the samples and a small simulation into `out`, and print the summary."""
    with (
        as_file(files("fanzha.run").joinpath("samples")) as bundled,
        tempfile.TemporaryDirectory(prefix="fanzha-demo-") as temporary,
        Progress(Console(stderr=True)) as progress,
    ):
        samples, village = Path(temporary) / "samples", Path(temporary) / "simulated"
        shutil.copytree(bundled, samples)
        simulation = replace(SIMULATION, start_ms=latest_start(to_ms(datetime.now(UTC))))
        write_simulation(simulation, village, progress, orderly=True)
        summary = analyze(Options(paths=(samples, village), out=out), progress)
    print_summary(console, summary)
    return summary


def show_screening(console: Console, answers: list[ScreenAnswer] | None) -> None:
    """Print the answers of the screen; None says that the extra `screen` is not installed."""
    if answers is None:
        console.print("未演示来电筛查：需 fanzha\\[screen] · screening is not shown: it needs fanzha\\[screen]")
        return
    table = Table("模拟来电 made-up call", "主叫 caller", "处置 treatment", "理由 reason")
    for answer in answers:
        words = {str(name): words for name, words in TREATMENT_WORDS.items()}.get(answer.treatment, Words("", ""))
        first = answer.reasons.partition(",")[0]
        why = describe_reason(first).words if first else Words("", "")
        table.add_row(
            f"{answer.call.words.zh}\n{answer.call.words.en}",
            answer.call.caller,
            f"{words.zh} {words.en}",
            f"{why.zh}\n{why.en}",
        )
    console.print(table)


def check_screening(answers: list[ScreenAnswer] | None) -> list[str]:
    """Return one line per checked answer. Raise DemoFailed if the screen chose another treatment."""
    unexpected = [
        f"{answer.call.words.en}: {answer.treatment}"
        for answer in answers or ()
        if answer.treatment != answer.call.expected
    ]
    if unexpected:
        raise DemoFailed("the screen answered otherwise: " + "; ".join(unexpected))
    return [f"{answer.call.words.en}: {answer.treatment}" for answer in answers or ()]


def check_results(summary: Summary) -> list[str]:
    """Check findings and report; return one line per check. Raise DemoFailed."""
    out = Path(summary.out)
    findings = pq.read_table(out / "findings.parquet")
    report = (out / "report.html").read_text("utf-8")
    probes = {
        "findings.parquet has the schema of findings": findings.schema.equals(FINDING_SCHEMA),
        "findings.parquet holds every finding once": findings.num_rows == summary.findings > 0,
        "every finding has reasons in both languages": count_unexplained(findings) == 0,
        "no row of the samples was rejected": summary.rejects == 0,
        "report.html is one self-contained file": "<svg" in report and "src=" not in report and "@import" not in report,
    }
    failed = [words for words, passed in probes.items() if not passed]
    if failed:
        raise DemoFailed("the demo is not whole: " + "; ".join(failed))
    return list(probes)


def silent_detectors(summary: Summary) -> list[str]:
    """Return the names of the detectors that found nothing; a new or installed one may find nothing in the samples."""
    findings = pq.read_table(Path(summary.out) / "findings.parquet", columns=["detector"])
    return sorted(set(all_detectors()) - set(findings.column("detector").to_pylist()))


def count_unexplained(findings: pa.Table) -> int:
    """Count the findings that lack a reason in either language."""
    pairs = zip(findings.column("reasons_zh").to_pylist(), findings.column("reasons_en").to_pylist(), strict=True)
    return sum(not zh or len(zh) != len(en or ()) for zh, en in pairs)
