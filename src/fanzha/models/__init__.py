"""The trained models: one file each, with what it learns from, how it is fitted, and its small weights in `data/`."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.models._model import Examples, Fitted, Model, Source

__all__ = ["Examples", "Fitted", "Model", "Source", "all_models"]


@cache
def all_models() -> dict[str, Model]:
    """Return every trained model by name."""
    return load("fanzha.models", "MODEL", Model)
