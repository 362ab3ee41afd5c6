"""Calibrate the shipped brands on half of the benign lists and say what the other half flags.

    tools/calibrate_brands.py DATA

DATA is the folder that holds `benign_lists`. Writes src/fanzha/brands/data/allowance.tsv; run it after build_brands.
"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.brands import load_shipped_brands
from fanzha.brands.allowance import MIN_STRENGTH, format_allowances
from fanzha.brands.calibration import calibrate, is_calibrated_on
from fanzha.brands.match import Matcher

TARGET = Path(__file__).parent.parent / "src/fanzha/brands/data/allowance.tsv"
LISTS = {
    "global": ("tranco10k", "majestic_million", "cloudflare-top50k", "cisco_top20k", "alexa"),
    "china": ("dnsmasq_china",),
}


def hosts(data: Path, lists: tuple[str, ...]) -> list[str]:
    """Return the distinct hosts of some benign lists, in order."""
    table = pq.read_table(data / "benign_lists/benign_domains.parquet", filters=[("list", "in", lists)])
    return sorted({host for host in table.column("domain").to_pylist() if host.isascii() and "." in host})


def main() -> None:
    """Write the allowance and print false alarms."""
    benign = {name: hosts(Path(sys.argv[1]), lists) for name, lists in LISTS.items()}
    innocent = [host for listed in benign.values() for host in listed if is_calibrated_on(host)]
    allowed, hits = calibrate(load_shipped_brands(), pa.array(innocent))
    TARGET.write_text(format_allowances(load_shipped_brands().brands, allowed, hits), encoding="utf-8")
    matcher = Matcher(load_shipped_brands(), allowed)
    print(f"{int((allowed > 0).any(axis=1).sum())} brands restricted, {TARGET.stat().st_size:,} bytes")
    for name, listed in benign.items():
        other = [host for host in listed if not is_calibrated_on(host)]
        share = len(matcher.match(pa.array(other)).rows_above(MIN_STRENGTH)) / len(other)
        print(f"{name}: {share:.3%} of {len(other):,} innocent names flagged")


if __name__ == "__main__":
    main()
