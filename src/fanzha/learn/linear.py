"""A linear model over hashed views of a text: scored by a compiled kernel, small on the disk, the same each time."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.codes import Codes
from fanzha.learn.ngrams import add_scores

Floats = NDArray[np.float64]
Views = dict[str, Codes]  # name of a view -> the texts as it sees them


@dataclass(frozen=True)
class View:
    """One way of looking at a text: which form of it, and n-grams of which lengths."""

    form: str
    shortest: int = 1
    longest: int = 4
    bits: int = 18
    at_least: int = 2  # texts an n-gram must stand in to count
    floor: float = 0.0  # keeps a short text from speaking as loudly as a long one
    scale: float = 1.0


@dataclass
class Linear:
    """Weights per view; `slope` turns a margin into a log-odds."""

    views: tuple[View, ...]
    rarity: list[NDArray[np.float32]]  # per view, 2^bits
    weights: list[NDArray[np.float32]]  # per view, 2^bits × classes
    bias: NDArray[np.float32]
    classes: tuple[str, ...] = ()  # () = yes or no
    slope: float = 1.0
    notes: dict[str, float] = field(default_factory=dict)

    def margins(self, views: Views) -> NDArray[np.float32]:
        """Return texts × classes (× 1 for yes or no); above 0 speaks for."""
        rows = next(iter(views.values())).offsets.size - 1
        scores = np.tile(self.bias, (rows, 1)).astype(np.float32)
        for view, rarity, weights in zip(self.views, self.rarity, self.weights, strict=True):
            add_scores(
                views[view.form], weights, rarity, scores,
                shortest=view.shortest, longest=view.longest, floor=view.floor,
            )  # fmt: skip
        return scores

    def probabilities(self, views: Views) -> Floats:
        """Return one probability a text, or texts × classes that sum to 1."""
        return as_probabilities(self.margins(views).astype(np.float64) * self.slope)

    def save(self, path: Path) -> None:
        """Write what is not zero, weights in 8 bits on a square-root scale; the same model gives the same bytes."""
        arrays: dict[str, NDArray[Any]] = {"bias": self.bias, "slope": np.array(self.slope)}
        arrays["classes"] = np.array(self.classes, dtype=np.str_)
        for number, (rarity, weights) in enumerate(zip(self.rarity, self.weights, strict=True)):
            known = np.flatnonzero(rarity)
            small, most = _packed(weights[known])
            arrays[f"known{number}"] = np.diff(known, prepend=0).astype(np.uint32)
            arrays[f"rarity{number}"] = np.round(rarity[known] * 16).astype(np.uint8)
            arrays[f"weights{number}"], arrays[f"most{number}"] = small.T.copy(), most
        data = io.BytesIO()
        np.savez_compressed(data, **arrays)  # type: ignore[arg-type]
        path.write_bytes(data.getvalue())


def load(path: Path, views: tuple[View, ...]) -> Linear:
    """Read a model that `save` wrote; the views are those of its code."""
    with np.load(path, allow_pickle=False) as data:
        rarity, weights = [], []
        for number, view in enumerate(views):
            known = np.cumsum(data[f"known{number}"], dtype=np.int64)
            rare = np.zeros(1 << view.bits, np.float32)
            rare[known] = data[f"rarity{number}"].astype(np.float32) / 16
            weight = np.zeros((1 << view.bits, data["bias"].size), np.float32)
            weight[known] = _unpacked(data[f"weights{number}"].T, data[f"most{number}"])
            rarity.append(rare)
            weights.append(weight)
        classes = tuple(str(name) for name in data["classes"])
        return Linear(views, rarity, weights, data["bias"], classes, float(data["slope"]))


def rounded(model: Linear) -> Linear:
    """Return the model as it is after writing and reading: figures are those of what ships."""
    for number, rarity in enumerate(model.rarity):
        known = np.flatnonzero(rarity)
        model.rarity[number][known] = np.round(rarity[known] * 16).clip(1, 255) / 16
        small, most = _packed(model.weights[number][known])
        kept = np.zeros_like(model.weights[number])
        kept[known] = _unpacked(small, most)
        model.weights[number] = kept
    return model


def as_probabilities(margins: Floats) -> Floats:
    """Turn log-odds (one column) or class margins into probabilities."""
    if margins.shape[1] == 1:
        odds: Floats = 1.0 / (1.0 + np.exp(-margins[:, 0].clip(-50, 50)))
        return odds
    shifted = np.exp(margins - margins.max(axis=1, keepdims=True))
    shares: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return shares


def _packed(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Pack weights per class to 8 bits; small ones keep more of their precision than large ones."""
    most = np.abs(weights).max(axis=0, initial=1e-9).astype(np.float32)
    return (np.sign(weights) * np.round(np.sqrt(np.abs(weights) / most) * 127)).astype(np.int8), most


def _unpacked(small: NDArray[np.int8], most: NDArray[np.float32]) -> NDArray[np.float32]:
    plain = small.astype(np.float32) / 127
    weights: NDArray[np.float32] = (np.sign(plain) * plain * plain * most).astype(np.float32)
    return weights
