"""Certificates a CPU-second through the tailer, and names a CPU-second through the intake of new sites.

Usage: python -m benchmarks.certificate_logs [--entries 20000] [--names 200000] [--kills 20] [--seed 1]

The first two figures are of one process without a network: batches of 256 entries as a log answers them are decoded,
proven and read; names are counted, compared with all brands and stored (1 % are look-alikes of big brands, and each
name comes twice). Then `tests.killed_tailers` follows two logs on 127.0.0.1 that publish 1,000 certificates a second,
fail, withhold entries and fork at the end, while the tailer is killed at random.
"""

import argparse
import base64
import json
import random
import tempfile
import time
from pathlib import Path

from tests.collect.log_server import MadeLog
from tests.killed_tailers import kill_tailers

from fanzha.collect.name_intake import IntakeSettings, NameBatch, SiteIntake
from fanzha.collect.transparency.log_entry import read_leaf
from fanzha.collect.transparency.merkle import Frontier, hash_leaf, prove_inclusion
from fanzha.detect.lookalike_website import LookalikeWebsiteDetector
from fanzha.store.site_watch import DAY_MS, AlertBudget, open_site_watch

BATCH = 256
BRANDS = ("taobao", "icbc", "jd", "alipay", "10086", "sf-express", "ccb", "12306")


def prove_and_read(made: MadeLog) -> tuple[int, float]:
    """Return how many entries were decoded, proven and read, and the CPU-seconds."""
    size, root = len(made.leaves), made.tree_hash(0, len(made.leaves))
    answers = []
    for first in range(0, size - BATCH, BATCH):
        entries = [
            {"leaf_input": base64.b64encode(leaf).decode(), "extra_data": ""}
            for leaf in made.leaves[first : first + BATCH]
        ]
        answers.append((json.dumps({"entries": entries}).encode(), made.path(first + BATCH - 1, 0, size)))
    frontier, began = Frontier(), time.process_time()
    for body, path in answers:
        leaves = [base64.b64decode(entry["leaf_input"]) for entry in json.loads(body)["entries"]]
        hashes = [hash_leaf(leaf) for leaf in leaves]
        before = frontier.extend(hashes[:-1])
        if prove_inclusion(hashes[-1], before.size, size, path, root) != before:
            raise SystemExit("the entries are not proven")
        frontier = before.extend(hashes[-1:])
        for leaf in leaves:
            read_leaf(leaf)
    return len(answers) * BATCH, time.process_time() - began


def take_names(count: int, seed: int, folder: Path) -> tuple[int, int, float]:
    """Return how many names were taken, how many candidates there are, and the CPU-seconds."""
    draw = random.Random(seed)
    names = [_name(draw, number) for number in range(count // 2)]
    with open_site_watch(folder) as store:
        settings = IntakeSettings(30 * DAY_MS, AlertBudget(50, 1_000, 200))
        intake = SiteIntake(store, LookalikeWebsiteDetector(), settings)
        intake.add(NameBatch("warm", [b"warm.example"], [1], ["1"]), 1)
        began = time.process_time()
        for _ in range(2):
            for first in range(0, len(names), 2_000):
                part = names[first : first + 2_000]
                intake.add(NameBatch("log", part, [1] * len(part), ["1"] * len(part)), 1)
        return 2 * len(names), len(store.candidates(10_000)), time.process_time() - began


def _name(draw: random.Random, number: int) -> bytes:
    word = "".join(draw.choice("abdegiklmnoprstuv") for _ in range(draw.randrange(5, 14)))
    if number % 100 == 0:
        return f"{draw.choice(BRANDS)}-{word}{draw.choice(('kf', 'tuikuan', 'renzheng'))}.top".encode()
    return f"www.{word}.{draw.choice(('com', 'cn', 'net', 'example'))}".encode()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("entries", 20_000), ("names", 200_000), ("kills", 20), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    made = MadeLog(seed=options.seed)
    made.fill(options.entries)
    entries, seconds = prove_and_read(made)
    print(f"entries proven and read: {entries / seconds:,.0f} a CPU-second ({entries:,})")
    with tempfile.TemporaryDirectory() as home:
        names, candidates, seconds = take_names(options.names, options.seed, Path(home))
        print(f"names counted, compared and stored: {names / seconds:,.0f} a CPU-second ({candidates:,} candidates)")
        (Path(home) / "state").mkdir()
        found = kill_tailers(options.kills, options.entries, options.seed, Path(home) / "state")
    is_equal = found["gaps"] == found["withheld"] and found["sums"] == found["sizes"]
    is_once = found["names"] == found["names_given"] and found["new_names"] == found["different_names_given"]
    print(f"{found['kills']} kills, {sum(found['sizes']):,} entries in {found['seconds']:.0f} s, "
          f"{found['entries_a_cpu_second']:,} entries a CPU-second with starts")  # fmt: skip
    print(
        f"withheld {sum(map(len, found['withheld'])):,}, not seen {sum(map(len, found['gaps'])):,}, equal: {is_equal}"
    )
    print(f"names counted {found['names']:,} of {found['names_given']:,}, each once: {is_once}")
    print(f"planted {len(found['planted'])}, candidates {len(found['candidates'])}, forks found: {found['forks']}")


if __name__ == "__main__":
    main()
