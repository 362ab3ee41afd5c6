"""What the text models share: how a text is looked at, and a fitted model that keeps its views with its weights."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.learn.codes import code_points
from fanzha.learn.fold import fold, written
from fanzha.learn.fragments import Fragment, fragments
from fanzha.learn.linear import Linear, View, Views, load
from fanzha.learn.shape import shape
from fanzha.models._model import Examples, Fitted

#: The words with disguises folded away, the words as they were written, and the shape of the text. A fitted model has
#: the first two or all three.
VIEWS = (View("folded", longest=3), View("written", longest=3), View("shape", longest=1, bits=14, at_least=1))


@dataclass
class FittedText(Fitted):
    """A linear model over the views; texts are cut at `most` characters."""

    linear: Linear
    most: int = 0

    @property
    def classes(self) -> tuple[str, ...]:  # type: ignore[override]
        """The class names, () for yes or no."""
        return self.linear.classes

    def score(self, table: pa.Table) -> NDArray[np.float64]:
        """Return one probability a text, or texts × classes."""
        return self.linear.probabilities(look(table["text"], self.most))

    def fragments(self, text: str, most: int = 5, *, of: int = 0) -> list[Fragment]:
        """Return the pieces of a text that speak most for it (for class number `of`)."""
        return fragments(self.linear, look(pa.array([text]), self.most), most, of=of)

    def save(self, path: Path) -> None:
        """Write the weights."""
        self.linear.save(path)


def look(texts: Any, most: int = 0) -> Views:
    """Return a string column in every form that a view may ask for."""
    codes = code_points(texts, most)
    plain, folded = written(codes), fold(codes)
    return {"written": plain, "folded": folded, "shape": shape(plain, folded)}


def views_for(examples: Examples, views: tuple[View, ...] = VIEWS) -> tuple[View, ...]:
    """Return the views to learn from: where rows come from several files, the shape of a text tells the file."""
    files = set() if examples.sources is None else set(examples.sources)
    return views if len(files) <= 1 else views[:2]


def load_text(path: Path, views: tuple[View, ...] = VIEWS) -> FittedText:
    """Read a fitted model; how many views it has stands in the file."""
    with np.load(path, allow_pickle=False) as data:
        many = sum(name.startswith("known") for name in data.files)
    return FittedText(load(path, views[:many]))


def class_names(labels: NDArray[np.object_]) -> tuple[str, ...]:
    """Return the classes in order; () when the labels are 0 and 1."""
    return (
        () if all(isinstance(label, (int, np.integer)) for label in labels) else tuple(sorted({str(x) for x in labels}))
    )
