"""Base classes of models: training sources, reproducible fit, weights and model card in `data/`."""

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
from fanzha.learn.metrics import threshold_at
from fanzha.learn.split import near_duplicates

DATA = Path(__file__).parent / "data"
#: Beginning of the path of a source that ships in `data/`.
PACKAGE_DATA = "package:"
#: False alarm rates for which a card gives a threshold.
ALARM_RATES = {"1pct": 0.01, "0.1pct": 0.001}


@dataclass(frozen=True)
class Source:
    """One training data set of a shipped model; read by `fanzha train`, never at run time."""

    path: str  # below the data folder, e.g. "fbs_sms/data.parquet", or PACKAGE_DATA and a file name
    label: str  # column
    positive: tuple[str, ...] = ()  # label values that count as 1; () = use the label unchanged
    classes: Mapping[str, str] = field(default_factory=dict)  # label value -> class; other values are left out
    text: str = "text"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column -> values to include
    without: str = ""  # rows whose text matches this pattern (RE2) are excluded: their labels mean something else
    licence: str = ""
    innocent: bool = False  # whether every row is a negative
    opening: int = 0  # conversations: use the first characters only, without speaker labels; 0 = all


@dataclass(frozen=True)
class Examples:
    """Labelled rows for training or evaluation."""

    table: pa.Table  # one string column `text` for text models; else the model's columns, missing ones null
    labels: NDArray[np.object_]  # str for classes; 0/1 int for a binary model
    groups: NDArray[np.object_] | None = None  # rows of one group are never split between training and test
    sources: NDArray[np.object_] | None = None  # file of each row


class Fitted(ABC):
    """A fitted model."""

    classes: tuple[str, ...] = ()  # () = binary

    @abstractmethod
    def score(self, table: pa.Table) -> NDArray[np.float64]:
        """Return one score a row in 0–1 (binary), or rows × classes that sum to 1."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the weights to one small file."""


class Model(ABC):
    """A trainable classifier; each module of this package defines one as `MODEL`."""

    name: ClassVar[str]  # as in `fanzha evaluate NAME`
    version: ClassVar[str] = "1"
    title: ClassVar[Words]
    reads: ClassVar[str]  # "text", or the event table whose columns it reads
    #: Event table and column whose headers are accepted for the text of a text model.
    text_from: ClassVar[tuple[str, str]] = ("message", "text")
    answers: ClassVar[str] = "either"  # "yes_no", "classes", or "either", depending on the labels
    #: Whether the card reports how a fit without one source judges that source, instead of folds, which within a source
    #: may prove nothing; such scores give its thresholds too.
    across_sources: ClassVar[bool] = False
    sources: ClassVar[tuple[Source, ...]]
    #: For the model card: intended use, and known limitations.
    use: ClassVar[Words] = Words(
        "供核查人员排查线索时参考；不得仅凭分数处置任何人或号码。",
        "Support for a person who checks leads; a score alone is never the ground of a measure against anybody.",
    )
    limits: ClassVar[tuple[Words, ...]] = ()

    @abstractmethod
    def fit(self, examples: Examples, *, seed: int = 0) -> Fitted:
        """Fit the model; the same examples and seed give the same weights."""

    @abstractmethod
    def load(self, path: Path | None = None) -> Fitted:
        """Load the shipped weights, or those of another file."""

    def groups(self, table: pa.Table) -> NDArray[np.object_] | None:
        """Return the group of each row, by default of near-duplicate texts; a split keeps groups together."""
        return near_duplicates(table["text"].to_pylist()).astype(object) if self.reads == "text" else None

    def excerpts(self, table: pa.Table) -> "tuple[tuple[Words, pa.Table], ...]":
        """Return the forms of the rows on which a fit is judged across sources, by default the rows themselves."""
        return ((Words("", ""), table),)

    def variants(self) -> "tuple[tuple[Words, Model], ...]":
        """Return variants whose figures the card also reports, each with what differs."""
        return ()

    def slices(self, table: pa.Table) -> tuple[tuple[Words, NDArray[np.bool_]], ...]:
        """Return subsets of rows whose figures the card also reports, each with its description."""
        return ()

    def select_figure_rows(self, table: pa.Table) -> NDArray[np.bool_]:
        """Return the rows to which the figures of this variant are limited, by default all."""
        return np.ones(table.num_rows, np.bool_)

    def thresholds(self, examples: Examples, scores: NDArray[np.float64]) -> dict[str, float]:
        """Return the thresholds of the card from out-of-fold scores, by default for each of `ALARM_RATES`.

        A rate that not one negative would reach is left out.
        """
        innocents = scores[examples.labels == 0]
        rates = {name: rate for name, rate in ALARM_RATES.items() if len(innocents) * rate >= 1}
        return {name: threshold_at(innocents, rate) for name, rate in rates.items()}

    @property
    def weights(self) -> Path:
        """Path of the shipped weights; the card is beside them."""
        return DATA / f"{self.name.replace('-', '_')}.npz"

    def card(self) -> Card:
        """Return the shipped card; FileNotFoundError if there is none."""
        return read_card(card_beside(self.weights))


def source_path(source: Source, data: Path) -> Path:
    """Return the file of a source, below the data folder or in the package."""
    return DATA / source.path.removeprefix(PACKAGE_DATA) if source.path.startswith(PACKAGE_DATA) else data / source.path


def card_beside(weights: Path) -> Path:
    """Return the path of the card of a file of weights."""
    return weights.with_suffix(".card.json")
