"""Definitions of the statutory forms, as versioned data files in `statutory_forms/`.

A field is filled from a part of a figure (`figure: NAME.numerator`), from a number from outside, as a percentage of two
other fields, or by a person. Two decimals are kept, as the forms ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from fanzha.base.words import Words
from fanzha.command.statistics.definitions import DefinitionError, load_figures, load_outside_numbers

_PARTS = ("numerator", "denominator", "value")
_PERIODS = ("week", "month", "quarter", "year")
_KEYS = {"heading", "title", "unit", "figure", "outside", "percent_of", "months_back", "sums"}
_NONE = Words("", "")


@dataclass(frozen=True)
class FormField:
    """A field of a form. `figure` with `part`, `outside` or `percent_of` say how the machine fills it, else a person.

    `months_back` is how many months before the period it is about. `sums`: it adds up over organisations.
    """

    name: str
    title: Words
    unit: Words
    heading: Words = _NONE
    figure: str = ""
    part: str = ""
    outside: str = ""
    percent_of: tuple[str, str] | None = None
    months_back: int = 0
    sums: bool = True

    @property
    def is_entered(self) -> bool:
        """Return whether a person fills it."""
        return not (self.figure or self.outside or self.percent_of)


@dataclass(frozen=True)
class FormDefinition:
    """A statutory form: its version, the sorts of period that it is for, and its fields by name."""

    name: str
    version: int
    title: Words
    periods: tuple[str, ...]
    fields: Mapping[str, FormField]


@cache
def load_forms() -> Mapping[str, FormDefinition]:
    """Return all forms by name. Raise DefinitionError."""
    folder = files("fanzha.command.statistics") / "statutory_forms"
    paths = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda at: at.name)
    parsed = (parse_form(path.name.removesuffix(".yaml"), yaml.safe_load(path.read_text("utf-8"))) for path in paths)
    return MappingProxyType({form.name: form for form in parsed})


def parse_form(name: str, raw: Mapping[str, Any]) -> FormDefinition:
    """Return the form of a definition. Raise DefinitionError."""
    fields = {key: _parse_field(f"{name}, {key}", key, value) for key, value in raw["fields"].items()}
    for field in fields.values():
        if field.percent_of and not {*field.percent_of} <= fields.keys():
            raise DefinitionError(f"{name}, {field.name}: a percentage of fields that are not there")
    if not {*raw["period"]} <= {*_PERIODS}:
        raise DefinitionError(f"{name}: period is none of {', '.join(_PERIODS)}")
    return FormDefinition(
        name, int(raw["version"]), Words(*raw["title"]), tuple(raw["period"]), MappingProxyType(fields)
    )


def _parse_field(where: str, name: str, raw: Mapping[str, Any]) -> FormField:
    if unknown := raw.keys() - _KEYS:
        raise DefinitionError(f"{where}: unknown keys {', '.join(sorted(unknown))}")
    if len({"figure", "outside", "percent_of"} & raw.keys()) > 1:
        raise DefinitionError(f"{where}: it is filled in one way")
    figure, _, part = str(raw.get("figure", "")).partition(".")
    if figure and (figure not in load_figures() or part not in _PARTS):
        raise DefinitionError(f"{where}: there is no figure {raw['figure']!r}")
    outside = str(raw.get("outside", ""))
    if outside and outside not in load_outside_numbers():
        raise DefinitionError(f"{where}: there is no number {outside!r} from outside")
    percent_of = tuple(raw["percent_of"]) if "percent_of" in raw else None
    return FormField(
        name=name,
        title=Words(*raw["title"]),
        unit=Words(*raw["unit"]),
        heading=Words(*raw["heading"]) if "heading" in raw else _NONE,
        figure=figure,
        part=part,
        outside=outside,
        percent_of=percent_of,
        months_back=int(raw.get("months_back", 0)),
        sums=bool(raw.get("sums", True)) and percent_of is None,
    )
