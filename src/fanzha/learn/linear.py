"""A linear model over hashed views of texts, scored by a compiled kernel and stored in 8 bits."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.learn.codes import CodePoints
from fanzha.learn.ngrams import add_scores

Floats = NDArray[np.float64]
Views = dict[str, CodePoints]  # texts by form


@dataclass(frozen=True)
class View:
    """Features of one form of a text: hashed n-grams of a range of lengths."""

    form: str
    shortest: int = 1
    longest: int = 4
    bits: int = 18
    at_least: int = 2  # minimum number of texts with an n-gram
    floor: float = 0.0  # added to the squared norm; reduces the scores of short texts
    scale: float = 1.0


@dataclass
class Linear:
    """Weights by view; `slope` scales margins to log-odds."""

    views: tuple[View, ...]
    rarity: list[NDArray[np.float32]]  # per view, 2^bits
    weights: list[NDArray[np.float32]]  # per view, 2^bits × classes
    bias: NDArray[np.float32]
    classes: tuple[str, ...] = ()  # () = binary
    slope: float = 1.0

    def margins(self, views: Views) -> NDArray[np.float32]:
        """Return margins, texts × classes (× 1 for binary models); positive favours the class."""
        rows = next(iter(views.values())).offsets.size - 1
        scores = np.tile(self.bias, (rows, 1)).astype(np.float32)
        for view, rarity, weights in zip(self.views, self.rarity, self.weights, strict=True):
            add_scores(
                views[view.form], weights, rarity, scores,
                shortest=view.shortest, longest=view.longest, floor=view.floor,
            )  # fmt: skip
        return scores

    def probabilities(self, views: Views) -> Floats:
        """Return one probability for each text, or texts × classes that sum to 1."""
        return to_probabilities(self.margins(views).astype(np.float64) * self.slope)

    def save(self, path: Path) -> None:
        """Write the arrays to one file; the bytes are reproducible."""
        write_arrays(path, self.arrays())

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the non-zero weights in 8 bits on a square-root scale, as arrays by name."""
        arrays: dict[str, NDArray[Any]] = {"bias": self.bias, "slope": np.array(self.slope)}
        arrays["classes"] = np.array(self.classes, dtype=np.str_)
        for number, (rarity, weights) in enumerate(zip(self.rarity, self.weights, strict=True)):
            buckets = np.flatnonzero(rarity)
            quantized, scale = _quantize(weights[buckets])
            arrays[f"known{number}"] = np.diff(buckets, prepend=0).astype(np.uint32)
            arrays[f"rarity{number}"] = np.round(rarity[buckets] * 16).astype(np.uint8)
            arrays[f"weights{number}"], arrays[f"most{number}"] = quantized.T.copy(), scale
        return arrays


def write_arrays(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write named arrays to one compressed file; the same arrays give the same bytes."""
    data = io.BytesIO()
    np.savez_compressed(data, **arrays)  # type: ignore[arg-type]
    path.write_bytes(data.getvalue())


def load(path: Path, views: tuple[View, ...]) -> Linear:
    """Load a model with the given views."""
    with np.load(path, allow_pickle=False) as data:
        rarity, weights = [], []
        for number, view in enumerate(views):
            buckets = np.cumsum(data[f"known{number}"], dtype=np.int64)
            view_rarity = np.zeros(1 << view.bits, np.float32)
            view_rarity[buckets] = data[f"rarity{number}"].astype(np.float32) / 16
            weight = np.zeros((1 << view.bits, data["bias"].size), np.float32)
            weight[buckets] = _dequantize(data[f"weights{number}"].T, data[f"most{number}"])
            rarity.append(view_rarity)
            weights.append(weight)
        classes = tuple(str(name) for name in data["classes"])
        return Linear(views, rarity, weights, data["bias"], classes, float(data["slope"]))


def round_weights(model: Linear) -> Linear:
    """Round the weights as saving and loading does, so that figures are those of the shipped model."""
    for number, rarity in enumerate(model.rarity):
        buckets = np.flatnonzero(rarity)
        model.rarity[number][buckets] = np.round(rarity[buckets] * 16).clip(1, 255) / 16
        quantized, scale = _quantize(model.weights[number][buckets])
        rounded = np.zeros_like(model.weights[number])
        rounded[buckets] = _dequantize(quantized, scale)
        model.weights[number] = rounded
    return model


def to_probabilities(margins: Floats) -> Floats:
    """Convert log-odds (one column) or class margins to probabilities."""
    if margins.shape[1] == 1:
        odds: Floats = 1.0 / (1.0 + np.exp(-margins[:, 0].clip(-50, 50)))
        return odds
    shifted = np.exp(margins - margins.max(axis=1, keepdims=True))
    shares: Floats = shifted / shifted.sum(axis=1, keepdims=True)
    return shares


def _quantize(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise weights by class to 8 bits, with finer steps for small weights."""
    scale = np.abs(weights).max(axis=0, initial=1e-9).astype(np.float32)
    return (np.sign(weights) * np.round(np.sqrt(np.abs(weights) / scale) * 127)).astype(np.int8), scale


def _dequantize(quantized: NDArray[np.int8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    fraction = quantized.astype(np.float32) / 127
    weights: NDArray[np.float32] = (np.sign(fraction) * fraction * fraction * scale).astype(np.float32)
    return weights
