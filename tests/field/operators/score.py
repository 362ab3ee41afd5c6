"""Score `fanzha analyze` on operators' days: `python -m tests.field.operators.score --seed 1 --dialect mediation`.

Each seed and dialect is generated into a temporary folder and read by the real command, without a map unless
`--map FILE` or `--own-maps` is given; the counts of all runs are added up. Seeds from 1053 on are kept
for blind runs (`--blind`).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
from tests.field.operators.dialects import DIALECTS, write_days
from tests.field.operators.drawn import draw_dialect, draw_map
from tests.field.operators.generate import SUBSCRIBERS, generate
from tests.field.operators.tally import Tally, decode_tally, encode_tally, tally_findings, wilson
from tests.field.operators.truth import PLANTED, Truth, save_truth

HERE = Path(__file__).resolve().parent
FIRST_BLIND_SEED = 1_053
#: The dialect that the seed draws.
DRAWN = "drawn"


def map_of(dialect: str) -> Path:
    """Return the map made by hand for a dialect."""
    return HERE / f"{dialect}.toml"


def _map_for(dialect: str, seed: int, folder: Path, options: argparse.Namespace) -> Path | None:
    """Return the map that the options ask for; that of a drawn dialect is written into the folder."""
    if not options.own_maps or dialect != DRAWN:
        return map_of(dialect) if options.own_maps else options.map
    folder.mkdir(parents=True)
    drawn = folder / "map.toml"
    drawn.write_text(draw_map(seed), "utf-8")
    return drawn


def score_run(
    seed: int, dialect: str, days: int, column_map: Path | None, folder: Path, subscribers: int = SUBSCRIBERS
) -> Tally:
    """Generate the days of one seed in a dialect, analyse them and compare; everything is written below `folder`."""
    calls, truth = generate(seed, days, subscribers)
    records = folder / "records"
    records.mkdir(parents=True)
    chosen = draw_dialect(seed) if dialect == DRAWN else DIALECTS[dialect]
    written = write_days(calls, truth, chosen, records)
    save_truth(truth, folder / "truth.json")
    return analyse(truth, column_map, folder, written)


def analyse(truth: Truth, column_map: Path | None, folder: Path, written: Mapping[str, int]) -> Tally:
    """Analyse the files of `folder`/records, of which `written` has the rows by name, and compare with the truth."""
    records, out = folder / "records", folder / "results"
    mapped = ["--map", str(column_map)] if column_map else []
    command = [
        sys.executable,
        "-m",
        "fanzha",
        "analyze",
        str(records),
        "--out",
        str(out),
        "--json",
        "--accept",
        *mapped,
    ]
    home = {**os.environ, "FANZHA_HOME": str(folder / "home")}
    done = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"{command} ended with {done.returncode}\n{done.stderr[-2_000:]}")
    found = out / "findings.parquet"
    tally = tally_findings(pq.read_table(found), truth) if found.exists() else Tally()
    summary = json.loads(done.stdout or "{}")
    tally.rows["written"] += sum(written.values())
    tally.rows["repeats"] += summary.get("repeats", 0)
    for source in summary.get("sources", []):
        if source["used"] or source["waiting"]:
            tally.rows.update({name: source[name] for name in ("read", "used", "rejected", "waiting", "outside")})
        else:  # one reject says why the whole file was refused
            tally.rows.update(refused=written[Path(source["path"]).name])
    return tally


def share(found: int, of: int) -> str:
    """Return a share with its interval: `12/20 0.60 (0.39–0.78)`."""
    low, high = wilson(found, of)
    return f"{found}/{of} {found / of if of else 0:.2f} ({low:.2f}–{high:.2f})"


def _detectors(tally: Tally, kind: str) -> str:
    counts = sorted(((n, name) for (k, name), n in tally.by_detector.items() if k == kind), reverse=True)
    return ", ".join(f"{name} {n} ({tally.by_live_detector[kind, name]} live)" for n, name in counts) or "–"


def report(tally: Tally) -> str:
    """Return the tables of a tally as Markdown."""
    lines = ["| planted | found live | in shadow alone | found by (actors) |", "| --- | --- | --- | --- |"]
    for kind in PLANTED:
        of = tally.of[kind]
        lines.append(
            f"| {kind} | {share(tally.live[kind], of)} | {share(tally.shadow[kind], of)} | {_detectors(tally, kind)} |"
        )
    lines += ["", "| identifiers | live | either |", "| --- | --- | --- |"]
    for kind in PLANTED:
        for part in ("number", "device", "trunk"):
            if of := tally.parts[kind, f"{part} of"]:
                live, found = tally.parts[kind, f"{part} live"], tally.parts[kind, f"{part} found"]
                lines.append(f"| {kind} {part}s | {share(live, of)} | {share(found, of)} |")
    lines += [
        "",
        "| innocent, unit-days | accused live | in shadow alone | by (unit-days) |",
        "| --- | --- | --- | --- |",
    ]
    for kind in sorted(set(tally.of) - set(PLANTED)):
        of = tally.of[kind]
        lines.append(
            f"| {kind} | {share(tally.live[kind], of)} | {share(tally.shadow[kind], of)} | {_detectors(tally, kind)} |"
        )
    lines += ["", "| victims of | warned live before the bank call | in shadow | late |", "| --- | --- | --- | --- |"]
    for kind in sorted({kind for kind, _ in tally.victims}):
        of = tally.victims[kind, "of"]
        cells = (share(tally.victims[kind, column], of) for column in ("live", "shadow", "late"))
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_totals(tally)])


def _totals(tally: Tally) -> list[str]:
    innocent = [kind for kind in tally.of if kind not in PLANTED]
    million = tally.line_days / 1e6 or 1
    live, shadow = (sum(counts[kind] for kind in innocent) for counts in (tally.live, tally.shadow))
    accounted = sum(tally.rows[name] for name in ("used", "rejected", "waiting", "outside", "refused"))
    return [
        f"false alarms per million lines a day: live {live / million:.0f}, in shadow {shadow / million:.0f}"
        f" ({tally.line_days} line-days)",
        f"people warned who are no victims, person-days: {dict(tally.warned_others)}",
        f"subjects in no family (detector, kind): {dict(tally.unknown)}",
        f"rows: {dict(tally.rows)}, unaccounted {max(0, tally.rows['written'] - accounted)}",
    ]


def main() -> None:
    """Score all seeds and dialects asked for, print the tables of each dialect and of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, nargs="+", required=True)
    parser.add_argument("--dialect", choices=[*sorted(DIALECTS), DRAWN], nargs="+", required=True)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--map", type=Path, help="column map for every run")
    parser.add_argument("--own-maps", action="store_true", help="the map made by hand for each dialect")
    parser.add_argument("--blind", action="store_true", help=f"allow seeds from {FIRST_BLIND_SEED} on")
    parser.add_argument("--tallies", type=Path, help="keep the counts of each run in this folder, to go on from there")
    parser.add_argument("--keep", type=Path, help="keep files and results in this folder")
    options = parser.parse_args()
    if max(options.seed) >= FIRST_BLIND_SEED and not options.blind:
        parser.error(f"seeds from {FIRST_BLIND_SEED} on are kept for blind runs: say --blind")
    runs = [(dialect, seed) for dialect in options.dialect for seed in options.seed]
    tallies = {run: _score_and_keep(*run, options) for run in runs}
    for dialect in options.dialect:
        print(f"\n## {dialect}\n\n{report(_sum(tallies[dialect, seed] for seed in options.seed))}")
    if len(options.dialect) > 1:
        print(f"\n## all\n\n{report(_sum(tallies.values()))}")


def _score_and_keep(dialect: str, seed: int, options: argparse.Namespace) -> Tally:
    """Return the tally of a run: of the folder `--tallies` if it is there, else of a run now."""
    stored = options.tallies / f"{dialect}-{seed}.json" if options.tallies else None
    if stored and stored.exists():
        return decode_tally(stored.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.keep or temporary) / f"{dialect}-{seed}"
        tally = score_run(seed, dialect, options.days, _map_for(dialect, seed, folder, options), folder)
    if stored:
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(encode_tally(tally))
    print(f"{dialect} seed {seed} done", file=sys.stderr, flush=True)
    return tally


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


if __name__ == "__main__":
    main()
