"""A model of the operator's own cases beside the shipped one: the higher of both log-odds counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.learn.card import Figures
from fanzha.learn.fragments import Fragment
from fanzha.learn.logistic import Floats, log_odds, to_probabilities
from fanzha.models._model import Fitted
from fanzha.models.families.contacts import ContactReader
from fanzha.models.families.mixture import FittedMixture


class FamilyAlarms(msgspec.Struct, frozen=True):
    """How many innocent texts of a shipped family reach the alarm threshold."""

    family: str
    texts: int
    alarms: int


class Retention(msgspec.Struct, frozen=True):
    """How many shipped fraud texts reach the alarm threshold: by the shipped model, and by both together."""

    texts: int
    found_before: int
    found: int


class OwnModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """The card of an own model. It holds counts and figures, and nothing of the texts."""

    name: str
    shipped_version: str  # of the shipped model with which it is mixed
    shipped_sha256: str
    trained_on: str  # ISO date
    trained_by: str
    basis: str
    frauds: int
    innocents: int
    cases_digest: str
    offset: float  # added to the log-odds of the model of the own cases
    figures: Figures  # by folds on the own cases, on which the offset was chosen too
    replaced_figures: Figures  # of the model in use before, on the same cases
    families: list[FamilyAlarms]
    retention: Retention
    thresholds: dict[str, float]
    weights_sha256: str
    #: Digest of the own model in use with which it was compared; "" for the shipped one alone, None in earlier cards.
    replaced_sha256: str | None = None
    approved_by: str = ""  # empty: waits for approval and is not used
    approved_on: str = ""

    @property
    def tag(self) -> str:
        """The suffix of the version of detectors that use the model."""
        return f"own.{self.weights_sha256[:8]}"


@dataclass(frozen=True)
class MixedText(Fitted):
    """The shipped model and one of the own cases, to whose log-odds `offset` is added; the higher score counts."""

    shipped: FittedMixture
    own: FittedMixture
    offset: float

    def score(self, table: pa.Table) -> Floats:
        """Return one score in 0–1 for each text."""
        return join_scores(self.shipped.score(table), self.own.score(table), self.offset)

    def score_words(self, table: pa.Table) -> Floats:
        """Return the score of each text as if it had no contacts."""
        return join_scores(self.shipped.score_words(table), self.own.score_words(table), self.offset)

    def with_contacts(self, contacts: ContactReader) -> "MixedText":
        """Return the model with another table of brands."""
        return replace(self, shipped=self.shipped.with_contacts(contacts), own=self.own.with_contacts(contacts))

    def fragments(self, text: str, max_fragments: int = 5) -> list[Fragment]:
        """Return the fragments that raise the score of the shipped model most."""
        return self.shipped.fragments(text, max_fragments)

    def save(self, path: Path) -> None:
        """Write the weights of the own cases; the shipped ones are in the package."""
        self.own.save(path)


@dataclass(frozen=True)
class OwnModel:
    """An approved own model; `load` reads the weights when they are first needed."""

    card: OwnModelCard
    load: Callable[[], MixedText]


def join_scores(shipped: Floats, own: Floats, offset: float) -> Floats:
    """Return the higher of the shipped scores and the own ones, whose log-odds are shifted by `offset`."""
    return to_probabilities(np.maximum(log_odds(shipped), log_odds(own) + offset))
