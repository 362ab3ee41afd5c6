"""Model cards, shipped beside the weights: training data, measured figures, thresholds and limitations."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

#: Figures with the keys of `metrics.flat`: KEY, KEY_ci95, KEY_reason.
Figures = dict[str, float | list[float] | str | None]


class Bilingual(msgspec.Struct, frozen=True):
    """One text in both languages."""

    zh: str
    en: str


class TrainingData(msgspec.Struct, frozen=True, kw_only=True):
    """One training data set."""

    path: str  # below the data folder
    licence: str
    rows: int
    positives: int | None = None  # None for classes


class MeasuredFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures and how they were measured."""

    how: Bilingual
    rows: int
    figures: Figures


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A model card (after Mitchell et al. 2019, Model Cards)."""

    name: str
    version: str
    title: Bilingual
    made_on: str  # ISO date
    learned_from: list[TrainingData]
    intended_use: Bilingual
    limits: list[Bilingual]
    measured: list[MeasuredFigures]  # the first is the main one
    #: Lowest scores that at most this share of negatives reached when measured: "1pct", "0.1pct".
    thresholds: dict[str, float] = {}
    weights: str  # file name, beside the card
    weights_sha256: str


def read_card(path: Path) -> Card:
    """Read a card; msgspec.ValidationError if the file is none."""
    return msgspec.json.decode(path.read_bytes(), type=Card)


def write_card(card: Card, path: Path) -> None:
    """Write a card as indented JSON, with figures rounded to four digits."""
    plain = _rounded(msgspec.to_builtins(card))
    path.write_bytes(msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differences(actual: Card, committed: Card, tolerance: float = 0.0005) -> list[str]:
    """Describe each figure and threshold in which two cards differ by more than the tolerance."""
    first, second = _numbers(actual), _numbers(committed)
    return [
        f"{name}: {_format(first.get(name))}, the committed card says {_format(second.get(name))}"
        for name in sorted(first.keys() | second.keys())
        if not _is_close(first.get(name), second.get(name), tolerance)
    ]


def _numbers(card: Card) -> Mapping[str, float | None]:
    numbers: dict[str, float | None] = {f"threshold {name}": value for name, value in card.thresholds.items()}
    for measured in card.measured:
        for name, value in measured.figures.items():
            if isinstance(value, int | float) or value is None:
                numbers[f"{name} ({measured.how.en})"] = value
    return numbers


def _is_close(first: float | None, second: float | None, tolerance: float) -> bool:
    return first == second if first is None or second is None else abs(first - second) <= tolerance


def _format(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.4f}"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: item if key == "thresholds" else _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
