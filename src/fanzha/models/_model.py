"""What every trained model is: sources, a fit that gives the same result twice, weights and a card in `data/`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.learn.card import Card, read_card
from fanzha.learn.split import near_duplicates

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Source:
    """One data set that a shipped model learns from; read by `fanzha train`, never at run time."""

    path: str  # below the data folder, e.g. "fbs_sms/data.parquet"
    label: str  # column
    positive: tuple[str, ...] = ()  # label values that count as 1; () = the label as it is
    text: str = "text"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column -> values kept
    without: str = ""  # rows whose text matches this (RE2) are not learned from: their labels mean something else
    licence: str = ""
    innocent: bool = False  # a list of innocents: every row is 0
    opening: int = 0  # conversations: so many characters of the beginning, without the marks of who speaks; 0 = whole


@dataclass(frozen=True)
class Examples:
    """Rows to learn from or to be judged on."""

    table: pa.Table  # for text models one string column `text`; else the model's own columns, missing ones null
    labels: NDArray[np.object_]  # str for classes; 0/1 int for a yes-or-no model
    groups: NDArray[np.object_] | None = None  # rows of one group never stand on both sides of a split
    sources: NDArray[np.object_] | None = None  # the file each row came from


class Fitted(ABC):
    """A model with weights."""

    classes: tuple[str, ...] = ()  # () = yes or no

    @abstractmethod
    def score(self, table: pa.Table) -> NDArray[np.float64]:
        """Return one score a row in 0–1 (yes or no), or rows × classes that sum to 1."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the weights as one small file."""


class Model(ABC):
    """A trainable judgement; one module of this folder defines `MODEL`."""

    name: ClassVar[str]  # as in `fanzha evaluate NAME`
    version: ClassVar[str] = "1"
    title: ClassVar[Words]
    reads: ClassVar[str]  # "text", or the event table whose columns it takes
    text_from: ClassVar[tuple[str, str]] = (
        "message",
        "text",
    )  # event column whose headers a text model's text may have
    answers: ClassVar[str] = "either"  # "yes_no", "classes", or "either" as the labels given ask for
    sources: ClassVar[tuple[Source, ...]]
    #: For the card: what the scores may be used for, and what is known to go wrong.
    use: ClassVar[Words] = Words(
        "供核查人员排查线索时参考；不得仅凭分数处置任何人或号码。",
        "Support for a person who checks leads; a score alone is never the ground of a measure against anybody.",
    )
    limits: ClassVar[tuple[Words, ...]] = ()

    @abstractmethod
    def fit(self, examples: Examples, *, seed: int = 0) -> Fitted:
        """Learn; the same examples and seed give the same weights."""

    @abstractmethod
    def load(self, path: Path | None = None) -> Fitted:
        """Return the shipped weights, or those of another file."""

    def groups(self, table: pa.Table) -> NDArray[np.object_] | None:
        """Return which rows must not be split apart: near-duplicate texts, unless the model knows better."""
        return near_duplicates(table["text"].to_pylist()).astype(object) if self.reads == "text" else None

    def variants(self) -> "tuple[tuple[Words, Model], ...]":
        """Return other fits of the same idea that the card reports beside this one, each with what differs."""
        return ()

    def slices(self, table: pa.Table) -> tuple[tuple[Words, NDArray[np.bool_]], ...]:
        """Return rows on which the card reports figures of their own, each with what they are."""
        return ()

    @property
    def weights(self) -> Path:
        """Where the shipped weights are; the card stands beside them."""
        return DATA / f"{self.name.replace('-', '_')}.npz"

    def card(self) -> Card:
        """Return the shipped card; FileNotFoundError when the model ships none."""
        return read_card(card_beside(self.weights))


def card_beside(weights: Path) -> Path:
    """Return where the card of a file of weights stands."""
    return weights.with_suffix(".card.json")
