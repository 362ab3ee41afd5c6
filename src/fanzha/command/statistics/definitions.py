"""Definitions of figures and of the numbers that come from outside, as versioned data files.

`figures/*.yaml` holds the figures by name, `outside_numbers.yaml` the numbers without rows in the platform. Each
figure has SQL that computes it from the exported raw rows; DuckDB runs it as an independent check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from fanzha.base.words import Words

_PACKAGE = "fanzha.command.statistics"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class FigureUnit(StrEnum):
    """Unit of a figure; part of its definition, so that per million is not mistaken for per ten million."""

    PERCENT = "percent"
    PERMILLE = "permille"
    PER_HUNDRED = "per_hundred"
    PER_TEN_THOUSAND = "per_ten_thousand"
    PER_MILLION = "per_million"
    PER_MILLION_TEXTS = "per_million_texts"
    COUNT = "count"
    CNY = "cny"
    HOURS = "hours"
    SECONDS = "seconds"


#: What a ratio is multiplied by to be in its unit.
SCALES: Mapping[FigureUnit, float] = {
    FigureUnit.PERCENT: 100.0,
    FigureUnit.PERMILLE: 1_000.0,
    FigureUnit.PER_HUNDRED: 100.0,
    FigureUnit.PER_TEN_THOUSAND: 10_000.0,
    FigureUnit.PER_MILLION: 1_000_000.0,
    FigureUnit.PER_MILLION_TEXTS: 1_000_000.0,
}
UNIT_WORDS: Mapping[FigureUnit, Words] = {
    FigureUnit.PERCENT: Words("%", "%"),
    FigureUnit.PERMILLE: Words("‰", "‰"),
    FigureUnit.PER_HUNDRED: Words("件/百个", "per 100"),
    FigureUnit.PER_TEN_THOUSAND: Words("件/万", "per 10,000"),
    FigureUnit.PER_MILLION: Words("件/百万用户", "per million subscribers"),
    FigureUnit.PER_MILLION_TEXTS: Words("件/百万条", "per million texts"),
    FigureUnit.COUNT: Words("", ""),
    FigureUnit.CNY: Words("元", "CNY"),
    FigureUnit.HOURS: Words("小时", "hours"),
    FigureUnit.SECONDS: Words("秒", "seconds"),
}


_DECIMALS = {FigureUnit.COUNT: 0, FigureUnit.CNY: 0, FigureUnit.HOURS: 1, FigureUnit.SECONDS: 1}


def write_number(value: float, unit: FigureUnit) -> Words:
    """Return a number with its unit."""
    text, word = f"{value:,.{_DECIMALS.get(unit, 2)}f}", UNIT_WORDS[unit]
    gap = "" if unit in (FigureUnit.PERCENT, FigureUnit.PERMILLE) or not word.en else " "
    return Words(f"{text}{gap}{word.zh}", f"{text}{gap}{word.en}")


class FigureMeasure(StrEnum):
    """How a figure is computed.

    `share`: the numerator's rows are some of the denominator's. `ratio`: numerator and denominator are counted apart.
    `count` and `sum` are of the numerator's rows. `quantile` is of the durations of the denominator's rows.
    """

    SHARE = "share"
    RATIO = "ratio"
    COUNT = "count"
    SUM = "sum"
    QUANTILE = "quantile"


class Related(NamedTuple):
    """A condition that rows of another table exist.

    `steps` by event, `timers` that fired by deadline, or `false_disposals` of the process, which have no names.
    """

    table: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class RowSource:
    """Rows of a table: whose (`by`), in which period (`at`), and with which columns.

    `where` maps columns to a value or a list of values. `sum` is the column to add up. A duration runs from the column
    `since` to `until`, a column or the first step with one of the events.
    """

    table: str
    by: str
    at: str
    where: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    has: tuple[Related, ...] = ()
    lacks: tuple[Related, ...] = ()
    sum: str = ""
    since: str = ""
    until: str | Related = ""

    def narrowed(self, more: RowSource) -> RowSource:
        """Return these rows under the conditions of `more` too."""
        where = {**self.where, **more.where}
        return RowSource(
            self.table, self.by, self.at, where, self.has + more.has, self.lacks + more.lacks, more.sum,
            self.since, self.until,
        )  # fmt: skip


@dataclass(frozen=True)
class OutsideSource:
    """A number that an organisation enters or imports for a period."""

    number: str


Source = RowSource | OutsideSource


@dataclass(frozen=True)
class FigureDefinition:
    """One figure. `pair` is the figure always shown next to it; `target` is the source of its target.

    `direction` is `up` if more is better, `down` if less is, "" if neither. Below `minimum` observations there is not
    enough to show a value. `is_kpi` is False for figures that only fill forms.
    """

    name: str
    version: int
    title: Words
    formula: Words
    unit: FigureUnit
    measure: FigureMeasure
    numerator: Source
    denominator: Source | None
    sql: str
    interval: str = ""
    quantile: float = 0.5
    pair: str = ""
    direction: str = ""
    target: Words = Words("", "")
    minimum: int = 30
    is_kpi: bool = True

    @property
    def outside_numbers(self) -> tuple[str, ...]:
        """Return the names of the outside numbers that it needs."""
        sources = (self.numerator, self.denominator)
        return tuple(dict.fromkeys(source.number for source in sources if isinstance(source, OutsideSource)))


class OutsideNumber(NamedTuple):
    """A number from outside. `is_stock`: it is a level at the end of a month, so that months are not added up.

    `kinds` are the kinds of organisations that have such a number; empty if all do.
    """

    name: str
    title: Words
    about: Words
    is_stock: bool
    kinds: frozenset[str] = frozenset()


class DefinitionError(ValueError):
    """Raised for a malformed definition; the text names the file, the definition and the key."""


@cache
def load_figures() -> Mapping[str, FigureDefinition]:
    """Return all figures by name, in the order of the files. Raise DefinitionError."""
    figures: dict[str, FigureDefinition] = {}
    folder = files(_PACKAGE) / "figures"
    for path in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda at: at.name):
        for name, raw in yaml.safe_load(path.read_text("utf-8")).items():
            if name in figures:
                raise DefinitionError(f"{path.name}, {name}: another file defines it too")
            figures[name] = parse_figure(name, raw, path.name)
    for figure in figures.values():
        if figure.pair and figure.pair not in figures:
            raise DefinitionError(f"{figure.name}: there is no figure {figure.pair!r} to stand beside it")
    return MappingProxyType(figures)


@cache
def load_outside_numbers() -> Mapping[str, OutsideNumber]:
    """Return the numbers from outside by name."""
    text = (files(_PACKAGE) / "outside_numbers.yaml").read_text("utf-8")
    return {
        name: OutsideNumber(
            name, Words(*raw["title"]), Words(*raw["about"]), bool(raw["stock"]), frozenset(raw.get("of", ()))
        )
        for name, raw in yaml.safe_load(text).items()
    }


def list_key_figures() -> list[FigureDefinition]:
    """Return the key figures in the order of the page: the share of wrongful actions first."""
    return [figure for figure in load_figures().values() if figure.is_kpi]


def parse_figure(name: str, raw: Mapping[str, Any], where: str) -> FigureDefinition:
    """Return the figure of a definition. Raise DefinitionError."""
    reader = DefinitionReader(raw, f"{where}, {name}")
    measure = FigureMeasure(reader.choice("measure", FigureMeasure))
    denominator = reader.source("denominator") if "denominator" in raw else None
    numerator = (
        reader.source("numerator", denominator if measure is FigureMeasure.SHARE else None)
        if "numerator" in raw
        else denominator
    )
    if numerator is None:
        raise DefinitionError(f"{where}, {name}: it counts no rows")
    if measure in (FigureMeasure.SHARE, FigureMeasure.RATIO) and denominator is None:
        raise DefinitionError(f"{where}, {name}: a {measure} needs a denominator")
    figure = FigureDefinition(
        name=name,
        version=reader.take("version", int),
        title=reader.words("title"),
        formula=reader.words("formula"),
        unit=FigureUnit(reader.choice("unit", FigureUnit)),
        measure=measure,
        numerator=numerator,
        denominator=denominator,
        sql=reader.take("sql", str),
        interval=reader.take("interval", str, ""),
        quantile=float(reader.take("quantile", float, 0.5)),
        pair=reader.take("pair", str, ""),
        direction=reader.take("direction", str, ""),
        target=reader.words("target") if "target" in raw else Words("", ""),
        minimum=reader.take("minimum", int, 30),
        is_kpi=reader.take("kpi", bool, True),
    )  # fmt: skip
    reader.finish()
    return figure


class DefinitionReader:
    """Reads the keys of one definition, and refuses unknown keys."""

    def __init__(self, raw: Mapping[str, Any], where: str) -> None:
        self._raw, self._where, self._read = raw, where, {"numerator", "denominator"}

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        self._read.add(key)
        value = self._raw.get(key, default)
        if value is None or not isinstance(value, (int, float) if kind is float else kind):
            raise DefinitionError(f"{self._where}: {key} is missing or no {kind.__name__}")
        return value

    def choice(self, key: str, values: type[StrEnum]) -> str:
        value: str = self.take(key, str)
        if value not in set(values):
            raise DefinitionError(f"{self._where}: {key} is none of {', '.join(values)}")
        return value

    def words(self, key: str) -> Words:
        value = self.take(key, list)
        if len(value) != 2 or not all(isinstance(text, str) and text.strip() for text in value):
            raise DefinitionError(f"{self._where}: {key} is no pair of a Chinese and an English text")
        return Words(*value)

    def source(self, key: str, base: Source | None = None) -> Source:
        raw = dict(self._raw[key])
        if "number" in raw:
            return OutsideSource(str(raw["number"]))
        more = RowSource(
            raw.pop("rows", ""), raw.pop("by", ""), raw.pop("at", ""), raw.pop("where", {}),
            self._related(raw.pop("has", {})), self._related(raw.pop("lacks", {})), raw.pop("sum", ""),
            raw.pop("since", ""), self._until(raw.pop("until", "")),
        )  # fmt: skip
        if raw:
            raise DefinitionError(f"{self._where}: {key} has unknown keys {', '.join(raw)}")
        if isinstance(base, RowSource):
            return base.narrowed(more)
        if not (more.table and more.by and more.at):
            raise DefinitionError(f"{self._where}: {key} names no rows, by and at")
        return more

    def _related(self, raw: Mapping[str, list[str]]) -> tuple[Related, ...]:
        return tuple(Related(table, tuple(names)) for table, names in raw.items())

    def _until(self, raw: Any) -> str | Related:
        return raw if isinstance(raw, str) else self._related(raw)[0]

    def finish(self) -> None:
        if unknown := set(self._raw) - self._read:
            raise DefinitionError(f"{self._where}: unknown keys {', '.join(sorted(unknown))}")
