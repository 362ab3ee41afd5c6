"""Measure a day in the zoo: 2,000 names, 40 planted; what becomes a candidate, and what a look at its page finds.

    python -m benchmarks.zoo_day [--second] [--names] [--at-once 2] [--look-alikes] [--results FILE]

All names come in the course of a day and are compared with the shipped brands within the default budget; the pages of
candidates, and of names that mention a brand as far as looks are left, are seen by the sandboxed browser, with made-up
logos of the 12 brands loaded. `--names` ends before the looks. `--look-alikes` also looks at the honest sites whose
names resemble a brand and that nobody would look at. `--results` keeps each look as a line of JSON, and goes on where
an earlier run stopped. Names and pages were written before the matcher was read; those of `--second`, of 12 other
brands, were drawn after the search for mentions was written.
"""

import argparse
import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import django
import msgspec
from tests.field.zoo.day import LOOKS, make_brand_pictures, make_honest_sites, make_planted_sites, to_ascii
from tests.field.zoo.day_names import LOOK_ALIKES, OWN_SITES, PLANTED, make_honest_names, make_passing_names
from tests.field.zoo.second_day import LOOKS as SECOND_LOOKS
from tests.field.zoo.second_day import draw_honest, draw_planted, make_second_pictures, make_second_sites
from tests.field.zoo.server import open_zoo
from tests.field.zoo.sites import Site

from fanzha.collect.name_intake import IntakeSettings, NameBatch, SiteIntake
from fanzha.collect.pages.look import look_briefly
from fanzha.detect.lookalike_website import LookalikeWebsiteDetector
from fanzha.store.brands import load_brand_table
from fanzha.store.look_settings import LookSettings
from fanzha.store.site_watch import DAY_MS, AlertBudget, SiteCandidate, open_site_watch
from fanzha.store.site_watch_settings import SiteWatchSettings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


class LookResult(NamedTuple):
    """What one look found: the highest score (None without a finding), parts that tie it, and its time."""

    host: str
    score: float | None
    parts: frozenset[str]
    seconds: float


class Zoo(NamedTuple):
    """The names and sites of a day: planted names with their numbers, honest ones, all, and pictures by domain."""

    planted: dict[str, int]
    honest: set[str]
    names: list[str]
    look_alikes: list[str]
    sites: list[Site]
    pictures: dict[str, dict[str, bytes]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--second", action="store_true")
    parser.add_argument("--names", action="store_true")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--look-alikes", action="store_true")
    parser.add_argument("--results", type=Path, default=Path(os.devnull))
    arguments = parser.parse_args()
    zoo = build_second() if arguments.second else build_first()
    with tempfile.TemporaryDirectory() as home:
        os.environ["FANZHA_HOME"] = home
        _write_pictures(Path(home), zoo.pictures)
        begun = time.perf_counter()
        candidates = play_day(zoo.names)
        print(f"{len(zoo.names):,} names compared in {time.perf_counter() - begun:.1f} s")
        _print_candidates(candidates, set(zoo.planted), zoo.honest)
        hosts = [row.host for row in candidates if row.is_within]
        if arguments.look_alikes:
            hosts += [host for host in zoo.look_alikes if host not in hosts]
        if arguments.names:
            return
        begun = time.perf_counter()
        results = look_at_all(hosts, zoo.sites, arguments.at_once, arguments.results)
        print(
            f"{len(results)} looks, the last ones in {time.perf_counter() - begun:.0f} s, {arguments.at_once} at once"
        )
        _print_results(results, zoo.planted, zoo.honest)


def build_first() -> Zoo:
    """Return the day whose names were written by hand."""
    planted = {to_ascii(name): number for number, (name, _) in enumerate(PLANTED)}
    honest = make_honest_names()
    return Zoo(
        planted,
        set(honest),
        [*planted, *honest, *make_passing_names()],
        list(LOOK_ALIKES),
        [*make_honest_sites(), *make_planted_sites(enumerate(PLANTED))],
        {OWN_SITES[brand][0]: make_brand_pictures(brand) for brand in LOOKS},
    )


def build_second() -> Zoo:
    """Return the day whose names are drawn by a grammar."""
    planted = {name: number for number, (name, _) in enumerate(draw_planted())}
    honest = draw_honest()
    return Zoo(
        planted,
        {host for host, _, _ in honest},
        [*planted, *(host for host, _, _ in honest), *make_passing_names()],
        [host for host, kind, _ in honest if kind not in ("own", "plain")],
        make_second_sites(),
        {domain: make_second_pictures(brand) for brand, (domain, _, _) in SECOND_LOOKS.items()},
    )


def play_day(names: Iterable[str]) -> list[SiteCandidate]:
    """Return the candidates and the released mentions of a day by the default settings; names come hour by hour."""
    settings, rows = SiteWatchSettings(), list(names)
    random.Random(0).shuffle(rows)
    budget = AlertBudget(settings.candidates_per_brand, settings.candidates, settings.listed_beyond)
    midnight = time.time_ns() // 1_000_000 // DAY_MS * DAY_MS
    with open_site_watch() as store:
        detector = LookalikeWebsiteDetector(load_brand_table())
        intake = SiteIntake(store, detector, IntakeSettings(settings.horizon_days * DAY_MS, budget))
        for hour in range(24):
            now, encoded = midnight + hour * DAY_MS // 24, [name.encode() for name in rows[hour::24]]
            numbers = [str(row) for row in range(len(encoded))]
            intake.add(NameBatch(f"zoo {hour}", encoded, [now] * len(encoded), numbers), now)
            store.release_mentions(budget, now)
        store.release_mentions(budget, midnight + DAY_MS - 1)
        return [*store.candidates(len(rows)), *store.mentions(len(rows))]


def look_at_all(hosts: list[str], sites: list[Site], at_once: int, file: Path) -> list[LookResult]:
    """Look at the sites of hosts that the file has no result of; those of which nobody says anything have none."""
    known = (
        [msgspec.json.decode(line, type=LookResult) for line in file.read_text().splitlines()] if file.exists() else []
    )
    hosts = [host for host in hosts if host not in {result.host for result in known}]
    with open_zoo(sites) as zoo, ProcessPoolExecutor(at_once) as pool, file.open("ab") as out:
        for result in pool.map(partial(look_at_host, port=zoo.server_port), hosts):
            out.write(msgspec.json.encode(result) + b"\n")
            out.flush()
            known.append(result)
    return known


def look_at_host(host: str, port: int) -> LookResult:
    """Look at the start page of a host."""
    django.setup()
    from fanzha.command.captures.page_findings import find_page_findings
    from fanzha.command.captures.services import list_assets

    begun = time.perf_counter()
    record = look_briefly(f"http://{host}/", LookSettings(hosts={"*": f"127.0.0.1:{port}"}))
    findings = find_page_findings(record, "zoo", (), simulated=False)
    visit = record.telling_visit
    parts = frozenset(f"{kind}:{value}" for kind, value in list_assets(record, visit)) if visit else frozenset()
    score = max((finding.score for finding in findings), default=None)
    return LookResult(host, score, parts, time.perf_counter() - begun)


def _write_pictures(home: Path, pictures: dict[str, dict[str, bytes]]) -> None:
    for domain, files in pictures.items():
        folder = home / "brand-pictures" / domain
        folder.mkdir(parents=True)
        for name, picture in files.items():
            (folder / name).write_bytes(picture)


def _print_candidates(candidates: list[SiteCandidate], planted: set[str], honest: set[str]) -> None:
    others = {row.host for row in candidates} - planted - honest
    for title, wanted in (("planted", planted), ("honest", honest), ("passing", others)):
        counts = Counter((row.is_mention, row.is_within) for row in candidates if row.host in wanted)
        within, beyond = counts[False, True], counts[False, False]
        print(f"{title}: {within + beyond} candidates, {within} within the budget; {counts[True, True]} mentions")
    unseen = sorted(planted - {row.host for row in candidates})
    print(f"planted names of which nothing is looked at: {', '.join(unseen)}")


def _print_results(results: list[LookResult], planted: dict[str, int], honest: set[str]) -> None:
    suspect = {result.host for result in results if result.score is not None}
    print(f"planted and suspect after the look: {len(suspect & planted.keys())} of {len(planted)}")
    print(f"honest and suspect: {len(suspect & honest)} {sorted(suspect & honest)}")
    print(f"other and suspect: {len(suspect - honest - planted.keys())}")
    shared: dict[str, set[int]] = defaultdict(set)
    for result in results:
        for part in result.parts:
            if result.host in planted and part.startswith("script:"):
                shared[part].add(planted[result.host] % 4)
    print(f"kits seen by their script: {len(shared)}; sites of two kits with one script: ", end="")
    print(sum(len(kits) > 1 for kits in shared.values()))
    print(f"seconds a look: {sorted(result.seconds for result in results)[len(results) // 2]:.1f} in the middle")
    print(f"sites by kit: {dict(Counter(number % 4 for host, number in planted.items() if host in suspect))}")


if __name__ == "__main__":
    main()
