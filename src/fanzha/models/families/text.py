"""Base of the text models: views of a text, and a linear model over their character n-grams."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.demands import feature_codes
from fanzha.learn.codes import code_points
from fanzha.learn.fold import fold, fold_width
from fanzha.learn.fragments import Fragment, fragments
from fanzha.learn.linear import Linear, View, Views, load
from fanzha.learn.shape import shape
from fanzha.learn.sound import sound
from fanzha.learn.words import word_pairs, words
from fanzha.models._model import Examples, Fitted

#: The text with disguises folded, the text as written, and the shape of the text. A fitted model has the first two or
#: all three.
VIEWS = (View("folded", longest=3), View("written", longest=3), View("shape", longest=1, bits=14, at_least=1))


@dataclass
class FittedText(Fitted):
    """A linear model over the views; texts are truncated to `max_characters`."""

    linear: Linear
    max_characters: int = 0

    @property
    def classes(self) -> tuple[str, ...]:  # type: ignore[override]
        """The class names, () for a binary model."""
        return self.linear.classes

    def score(self, table: pa.Table) -> NDArray[np.float64]:
        """Return one probability for each text, or texts × classes."""
        forms = {view.form for view in self.linear.views}
        return self.linear.probabilities(build_views(table["text"], self.max_characters, forms))

    def fragments(self, text: str, max_fragments: int = 5, *, of: int = 0) -> list[Fragment]:
        """Return the fragments of a text that raise its score most (of class number `of`)."""
        return fragments(self.linear, build_views(pa.array([text]), self.max_characters), max_fragments, of=of)

    def save(self, path: Path) -> None:
        """Write the weights."""
        self.linear.save(path)


def build_views(
    texts: Any, max_characters: int = 0, forms: Collection[str] = ("written", "folded", "sound", "shape")
) -> Views:
    """Return views of a string column by name: written, folded, and those asked for of the others."""
    codes = code_points(texts, max_characters)
    plain, folded = fold_width(codes), fold(codes)
    views = {"written": plain, "folded": folded}
    if "sound" in forms:
        views["sound"] = sound(folded)
    if "shape" in forms:
        views["shape"] = shape(plain, folded)
    if "words" in forms:
        views["words"] = words(plain)
    if "pairs" in forms:
        views["pairs"] = word_pairs(views["words"] if "words" in views else words(plain))
    if "demands" in forms:
        views["demands"] = feature_codes(plain, folded)
    return views


def views_for(examples: Examples, views: tuple[View, ...] = VIEWS) -> tuple[View, ...]:
    """Return the views for training: without the shape if rows come from several files, which it would identify."""
    files = set() if examples.sources is None else set(examples.sources)
    return views if len(files) <= 1 else views[:2]


def load_text(path: Path, views: tuple[View, ...] = VIEWS) -> FittedText:
    """Load a fitted model; the number of views is read from the file."""
    with np.load(path, allow_pickle=False) as data:
        view_count = sum(name.startswith("known") for name in data.files)
    return FittedText(load(path, views[:view_count]))


def balanced_weights(sources: NDArray[Any], labels: NDArray[Any], power: float = 1.0) -> NDArray[np.float64]:
    """Return row weights of mean 1: the rows of a label in a source weigh 1 / count^power each.

    With power 1 each label of each source has the same sum, with 0 all rows weigh the same. A count below 3 is taken
    for 3, so that no single row weighs much.
    """
    cells = [f"{label} {source}" for source, label in zip(sources, labels, strict=True)]
    _, cell = np.unique(cells, return_inverse=True)
    weights: NDArray[np.float64] = 1.0 / np.maximum(np.bincount(cell)[cell], 3) ** power
    weights /= weights.mean()
    return weights


def class_names(labels: NDArray[np.object_]) -> tuple[str, ...]:
    """Return the sorted class names, () if the labels are 0 and 1."""
    return (
        () if all(isinstance(label, (int, np.integer)) for label in labels) else tuple(sorted({str(x) for x in labels}))
    )
