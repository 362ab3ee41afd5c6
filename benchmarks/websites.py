"""How many websites are matched against all brands in a second of one core, beside rapidfuzz and a keyword scorer.

Usage: python -m benchmarks.websites [--data ../shared/data] [--rows 200000] [--seed 1]

The corpus is made of the benign lists with one look-alike of a brand in twenty names. CPU-seconds are of this process,
the best of three runs (the slow peers run once, on as many names as say). rapidfuzz compares each label with each brand
by edit distance alone; the keyword scorer adds points for brands and words in a name, its suffix and entropy, as
phishing_catcher does. Then comes what each flags of innocent names that calibration has not seen, and what Fanzha names
of look-alikes that this benchmark makes (names under registries that check who registers are left out).
"""

import argparse
import math
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks._lookalikes import TRICKS
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from fanzha.brands import Brand, load_shipped_brands
from fanzha.brands.allowance import MIN_STRENGTH
from fanzha.brands.calibration import is_calibrated_on
from fanzha.brands.match import Matcher
from fanzha.kinds.website import KIND, registrable, split_host
from fanzha.models.domain import MODEL, FittedDomain

CHECKED = frozenset({"gov", "gob", "gouv", "mil", "edu", "int"})
SUSPECT_WORDS = ("login", "verify", "secure", "account", "update", "support", "service", "kefu", "vip", "bank")
SUSPECT_SUFFIXES = (".top", ".xyz", ".vip", ".cc", ".icu", ".club", ".online", ".tk", ".ml")
KEYWORD_ALERT = 65


def innocent(data: Path) -> list[str]:
    """Return the benign names in order."""
    table = pq.read_table(data / "benign_lists/benign_domains.parquet", filters=[("list", "not in", ["tlds"])])
    names = {str(name) for name in table.column("domain").to_pylist()}
    return sorted(name for name in names if name.isascii() and "." in name.strip("."))


def imitations(brands: tuple[Brand, ...], count: int, draw: random.Random) -> list[tuple[str, str, str]]:
    """Draw look-alikes as (trick, host, brand's domain); names that somebody protected owns are left out."""
    owned = {domain for brand in brands for domain in brand.domains}
    found: list[tuple[str, str, str]] = []
    while len(found) < count:
        brand, trick = draw.choice(brands), draw.choice(list(TRICKS))
        cut = split_host(brand.domain)
        label = cut.registrable.removesuffix(f".{cut.suffix}")
        made = TRICKS[trick](label, cut.suffix, draw) if label else ""
        if not made or not KIND.resembles(made):
            continue
        host = KIND.normalise(made)
        end = split_host(host).suffix.split(".")
        if registrable(host) not in owned and not CHECKED & {end[0], end[-1]}:
            found.append((trick, host, brand.domain))
    return found


def by_rapidfuzz(hosts: list[str], labels: list[str]) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Flag hosts whose label is one edit from a brand's."""
    near = []
    for first in range(0, len(hosts), 2_000):
        given = [registrable(host).split(".")[0] for host in hosts[first : first + 2_000]]
        distance = cdist(given, labels, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8, workers=1)
        near.append((distance == 1).any(axis=1))
    return np.concatenate(near)


def by_keywords(hosts: list[str], labels: list[str]) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Flag hosts by points for brands, words, suffix, entropy, hyphens and dots."""
    return np.array([points(host, labels) >= KEYWORD_ALERT for host in hosts])


def points(host: str, labels: list[str]) -> float:
    """Return phishing_catcher's kind of score."""
    total = 20.0 if host.endswith(SUSPECT_SUFFIXES) else 0.0
    total += sum(25 for word in SUSPECT_WORDS if word in host)
    total += sum(40 for label in labels if label in host)
    counts, size = Counter(host).values(), len(host)
    total += 10 * -sum(count / size * math.log2(count / size) for count in counts) / 4
    total += 3 * max(0, host.count("-") - 2) + 3 * max(0, host.count(".") - 2)
    return total


def cpu_seconds(run: Callable[[], object], times: int = 3) -> float:
    """Return the CPU-seconds of the fastest run."""
    best = math.inf
    for _ in range(times):
        begin = time.process_time()
        run()
        best = min(best, time.process_time() - begin)
    return best


def main() -> None:
    """Print speed, false alarms and catch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder that holds benign_lists")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--slow-rows", type=int, default=10_000, help="names given to the slow peers")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    draw, brands = random.Random(asked.seed), load_shipped_brands().brands
    benign = innocent(asked.data)
    made = imitations(brands, max(asked.rows // 20, 2_000), draw)
    corpus = [draw.choice(benign) for _ in range(asked.rows - asked.rows // 20)]
    corpus += [host for _, host, _ in made[: asked.rows // 20]]
    draw.shuffle(corpus)
    print_speed(corpus, brands, asked.slow_rows)
    print_alarms([host for host in benign if not is_calibrated_on(host)], brands, asked.slow_rows, draw)
    print_catch(made)


def print_speed(corpus: list[str], brands: tuple[Brand, ...], slow_rows: int) -> None:
    """Print names a CPU-second of each."""
    column, matcher = pa.array(corpus), Matcher()
    model, labels = MODEL.load(), [brand.domain.split(".")[0] for brand in brands]
    assert isinstance(model, FittedDomain)
    matcher.match(column[:100])
    model.score_matches(matcher.match(column[:100]))
    print(f"{len(corpus):,} names against {len(brands):,} brands, names a CPU-second of one core:")
    rows = {
        "Fanzha, all tricks": (len(corpus), cpu_seconds(lambda: matcher.match(column))),
        "Fanzha with the domain score": (
            len(corpus),
            cpu_seconds(lambda: model.score_matches(matcher.match(column))),
        ),
        "rapidfuzz cdist, OSA <= 1": (slow_rows, cpu_seconds(lambda: by_rapidfuzz(corpus[:slow_rows], labels), 1)),
        "keyword scorer": (slow_rows, cpu_seconds(lambda: by_keywords(corpus[:slow_rows], labels), 1)),
    }
    for name, (count, seconds) in rows.items():
        print(f"  {name:32} {count / seconds:>12,.0f}")


def print_alarms(benign: list[str], brands: tuple[Brand, ...], slow_rows: int, draw: random.Random) -> None:
    """Print what is flagged of innocent names."""
    labels = [brand.domain.split(".")[0] for brand in brands]
    own = {domain for brand in brands for domain in brand.domains}
    few = [host for host in draw.sample(benign, min(slow_rows, len(benign))) if registrable(host) not in own]
    found = len(Matcher().match(pa.array(benign)).rows_above(MIN_STRENGTH)) / len(benign)
    print(f"innocent names flagged, of {len(benign):,} that calibration has not seen ({len(few):,} for the peers):")
    print(f"  {'Fanzha':32} {found:>12.2%}")
    print(f"  {'rapidfuzz cdist, OSA <= 1':32} {by_rapidfuzz(few, labels).mean():>12.2%}")
    print(f"  {'keyword scorer':32} {by_keywords(few, labels).mean():>12.2%}")


def print_catch(made: list[tuple[str, str, str]]) -> None:
    """Print what share of made look-alikes is flagged, and with the right brand, by trick."""
    matches = Matcher().match(pa.array([host for _, host, _ in made]))
    flagged = matches.answers.score >= MIN_STRENGTH
    named = np.array([matches.brands[number].domain for number in matches.answers.brand])
    right = flagged & (named == np.array([domain for _, _, domain in made]))
    tricks = np.array([trick for trick, _, _ in made])
    long = np.array([len(domain.split(".")[0]) >= 5 for _, _, domain in made])
    print(f"of {len(made):,} made look-alikes: flagged, with the right brand, flagged if 5 letters or more:")
    for trick in [*TRICKS, ""]:
        mine = (tricks == trick) if trick else np.ones(len(made), np.bool_)
        shares = (flagged[mine].mean(), right[mine].mean(), flagged[mine & long].mean())
        print(f"  {trick or 'all':32} {shares[0]:>12.1%} {shares[1]:>8.1%} {shares[2]:>8.1%}")


if __name__ == "__main__":
    main()
