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

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Source:
    """One data set that a shipped model learns from; read by `fanzha train`, never at run time."""

    path: str  # below the data folder, e.g. "fbs_sms/data.parquet"
    label: str  # column
    positive: tuple[str, ...] = ()  # label values that count as 1; () = the label as it is
    text: str = "text"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column -> values kept
    licence: str = ""


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
    title: ClassVar[Words]
    reads: ClassVar[str]  # "text", or the event table whose columns it takes
    sources: ClassVar[tuple[Source, ...]]

    @abstractmethod
    def fit(self, examples: Examples, *, seed: int = 0) -> Fitted:
        """Learn; the same examples and seed give the same weights."""

    @abstractmethod
    def load(self, path: Path | None = None) -> Fitted:
        """Return the shipped weights, or those of another file."""
