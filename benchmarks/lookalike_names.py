"""What share of given look-alike names is flagged, trick by trick and family by family.

Usage: python -m benchmarks.lookalike_names [--dnstwist names.csv] [--data ../shared/data]

`chinese_lookalikes.tsv` holds names made up by hand after public reports; half of them were set aside while the rules
were written. `--dnstwist` takes the CSV files that dnstwist prints (`dnstwist --format csv DOMAIN`, columns fuzzer and
domain, the row of the fuzzer `*original` first), one after another. Then come the innocent names that calibration has
not seen, and the brands' own domains.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from benchmarks.websites import CHECKED, innocent

from fanzha.brands import Matcher, load_shipped_brands
from fanzha.brands.allowance import MIN_STRENGTH
from fanzha.brands.calibration import is_calibrated_on
from fanzha.kinds.website import KIND, registrable, split_host

SHORT_LABEL = 4


def chinese_names() -> Iterator[tuple[str, str]]:
    """Yield (group, host) of the names made up by hand."""
    with (Path(__file__).parent / "chinese_lookalikes.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield f"{row['family']}, {row['part']}", row["host"]
            yield f"all, {row['part']}", row["host"]


def dnstwist_names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (group, host) of dnstwist's names; labels of four letters or fewer are a group apart."""
    owned = {domain for brand in load_shipped_brands().brands for domain in brand.domains}
    length = 0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["fuzzer"].startswith("*"):
                length = len(split_host(row["domain"]).registrable.split(".")[0])
            elif KIND.resembles(row["domain"]) and not _is_left_out(KIND.normalise(row["domain"]), owned):
                size = "4 letters or fewer" if length <= SHORT_LABEL else "5 letters or more"
                yield f"{row['fuzzer']}, {size}", row["domain"]
                yield f"all, {size}", row["domain"]


def _is_left_out(host: str, owned: set[str]) -> bool:
    """Return whether a name is somebody's own or under a registry that checks who registers."""
    suffix = split_host(host).suffix.split(".")
    return registrable(host) in owned or bool(CHECKED & {suffix[0], suffix[-1]})


def print_shares(title: str, names: list[tuple[str, str]], matcher: Matcher) -> None:
    """Print the share of each group that is flagged."""
    flagged = matcher.match(pa.array([host for _, host in names])).answers.score >= MIN_STRENGTH
    hits: dict[str, list[bool]] = defaultdict(list)
    for (group, _), hit in zip(names, flagged.tolist(), strict=True):
        hits[group].append(hit)
    print(title)
    for group, found in sorted(hits.items()):
        print(f"  {group:40} {np.mean(found):>8.1%} of {len(found):,}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder that holds benign_lists")
    parser.add_argument("--dnstwist", type=Path, help="CSV files of dnstwist, one after another")
    asked = parser.parse_args()
    matcher = Matcher()
    print_shares("made-up names of the sorts met in China:", [*chinese_names()], matcher)
    if asked.dnstwist:
        print_shares("names made by dnstwist:", [*dnstwist_names(asked.dnstwist)], matcher)
    benign = [host for host in innocent(asked.data) if not is_calibrated_on(host)]
    print_shares("innocent names outside the calibration:", [("all", host) for host in benign], matcher)
    own = [domain for brand in matcher.brands for domain in brand.domains]
    print_shares("the brands' own domains:", [("all", host) for host in own], matcher)


if __name__ == "__main__":
    main()
