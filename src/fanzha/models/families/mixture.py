"""A text model of two word classifiers, what a text demands and where it leads, joined into one calibrated score."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.learn.fit_linear import fit_outputs
from fanzha.learn.fragments import Fragment, fragments
from fanzha.learn.linear import Floats, Linear, View, load, write_arrays
from fanzha.learn.logistic import Logistic, fit_logistic, to_probabilities
from fanzha.models._model import Fitted
from fanzha.models.families.contacts import FEATURES, ContactReader
from fanzha.models.families.text import build_views

VIEWS = (
    View("sound", longest=3, bits=20),
    View("written", longest=3, bits=20),
    View("words", longest=2, bits=20, scale=1.5),
    View("pairs", longest=1, bits=20, scale=0.7),
    View("demands", longest=1, bits=14, scale=0.5),
)
FORMS = tuple(view.form for view in VIEWS)
PARTS = 2  # of five folds, on which the joint weights are fitted
JOINT_COST = 0.1


@dataclass
class FittedMixture(Fitted):
    """Margins of several word classifiers and the contacts of a text, joined by a logistic regression."""

    linear: Linear  # one column of weights for each classifier
    joint: Logistic  # over the margins, the largest margin, and the contact features
    contacts: ContactReader = field(default_factory=ContactReader)

    def score(self, table: pa.Table) -> Floats:
        """Return one probability for each text."""
        return to_probabilities(self.joint.log_odds(self._features(table["text"])))

    def score_words(self, table: pa.Table) -> Floats:
        """Return the probability of each text as if it had no contacts."""
        features = self._features(table["text"])
        features[:, -len(FEATURES) :] = 0
        return to_probabilities(self.joint.log_odds(features))

    def with_contacts(self, contacts: ContactReader) -> "FittedMixture":
        """Return the model with another table of brands."""
        return replace(self, contacts=contacts)

    def _features(self, texts: Any) -> Floats:
        views = build_views(texts, forms=FORMS)
        return join_features(
            self.linear.margins(views).astype(np.float64), self.contacts.features(texts, views["folded"])
        )

    def fragments(self, text: str, max_fragments: int = 5) -> list[Fragment]:
        """Return the fragments of a text that raise its score most."""
        return fragments(self._sum, build_views(pa.array([text]), forms=FORMS), max_fragments)

    @cached_property
    def _sum(self) -> Linear:
        """One classifier with the joint weights of all."""
        outputs = len(self.linear.bias)
        joint = self.joint.weights[:outputs].astype(np.float32)
        weights = [(block @ joint)[:, None] for block in self.linear.weights]
        return Linear(self.linear.views, self.linear.rarity, weights, (self.linear.bias @ joint)[None])

    def save(self, path: Path) -> None:
        """Write the weights."""
        arrays = self.linear.arrays()
        arrays["joint_weights"], arrays["joint_bias"] = self.joint.weights, np.array(self.joint.bias)
        write_arrays(path, arrays)


def join_features(margins: Floats, contacts: Floats) -> Floats:
    """Return the columns of the joint regression: margins, largest margin, contact features."""
    return np.hstack([margins, margins.max(axis=1, keepdims=True), contacts])


def fit_mixture(
    texts: Any,
    labels: NDArray[np.int64],
    weights: Floats,
    joint_weights: Floats,
    fold: NDArray[np.intp],
    *,
    costs: Sequence[float],
    seed: int = 0,
) -> FittedMixture:
    """Fit one classifier for each column of `weights` (rows × classifiers), then the joint regression.

    `joint_weights` are the weights of the rows in the joint regression, 0 for rows that it does not see.
    Raise UsageError if the rows of that regression have one label only.
    """
    views = build_views(texts, forms=FORMS)
    fitted = fit_outputs(VIEWS, views, labels, weights, fold, costs=costs, parts=PARTS, seed=seed)
    contacts = ContactReader()
    rows = (joint_weights > 0) & ~np.isnan(fitted.margins).any(axis=1)
    if len(np.unique(labels[rows])) < 2:
        raise UsageError(
            "the texts of one label are too few or all alike 某一标签的文本过少或彼此雷同",
            fix="bring more different texts of both labels 请补充两种标签的不同文本",
        )
    features = join_features(fitted.margins[rows], contacts.features(texts, views["folded"])[rows])
    joint = fit_logistic(features, labels[rows], cost=JOINT_COST, row_weights=joint_weights[rows])
    return FittedMixture(fitted.linear, joint, contacts)


def load_mixture(path: Path) -> FittedMixture:
    """Load a fitted model."""
    with np.load(path, allow_pickle=False) as data:
        joint = Logistic(data["joint_weights"], float(data["joint_bias"]))
    return FittedMixture(load(path, VIEWS), joint)
