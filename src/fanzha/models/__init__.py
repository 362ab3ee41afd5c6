"""Trained models: one module each, which names the training data and fits the model; weights are in `data/`."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.models._model import ALARM_RATES, Examples, Fitted, Model, Source, card_beside, source_path

__all__ = ["ALARM_RATES", "Examples", "Fitted", "Model", "Source", "all_models", "card_beside", "source_path"]


@cache
def all_models() -> dict[str, Model]:
    """Return all models by name."""
    return load("fanzha.models", "MODEL", Model)
