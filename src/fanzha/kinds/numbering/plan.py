"""The shipped numbering plan, loaded once from one file in a few milliseconds."""

import csv
import json
from functools import cache
from importlib.resources import files

import numpy as np

from fanzha.base.words import Words
from fanzha.kinds.numbering.plan_rules import Tables

_DATA = files("fanzha.kinds") / "data"


class NumberingPlan:
    """The rule tables, and the names for their codes."""

    def __init__(self) -> None:
        """Read the shipped table."""
        with (_DATA / "numbering.npz").open("rb") as file, np.load(file) as stored:
            arrays = {name: stored[name] for name in stored.files}
        texts = json.loads(arrays["texts"].tobytes())
        arrays["prefix_region"] = np.repeat(arrays["run_region"], arrays["run_length"])
        self.tables = Tables(**{name: arrays[name] for name in Tables._fields})
        #: Region code -> province, city, area code, province in English, city in English; 0 is unknown.
        self.regions: list[tuple[str, str, str, str, str]] = [tuple(row) for row in texts["regions"]]
        self.countries: dict[str, Words] = {code: Words(*names) for code, names in texts["countries"].items()}

    @property
    def provinces(self) -> dict[str, Words]:
        """Both names by Chinese name."""
        return {row[0]: Words(row[0], row[3]) for row in self.regions}

    @property
    def cities(self) -> dict[tuple[str, str], Words]:
        """Both names by Chinese province and city; cities that share an area code are joined by `/`."""
        return {(row[0], row[1]): Words(row[1], row[4]) for row in self.regions}


@cache
def plan() -> NumberingPlan:
    """Return the shipped plan, cached."""
    return NumberingPlan()


@cache
def service_names() -> dict[str, Words]:
    """Return the owners of known service and emergency numbers, by number."""
    with (_DATA / "service_numbers.csv").open(encoding="utf-8") as file:
        return {row["number"]: Words(row["zh"], row["en"]) for row in csv.DictReader(file)}
