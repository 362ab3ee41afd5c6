"""Ask the slow tier about a text that the fast one leaves in doubt."""

import msgspec
import numpy as np

from fanzha.models.message_slow import FittedSlow


class Second(msgspec.Struct, frozen=True):
    """What either tier said of a text, 0-1."""

    words: float
    meaning: float


def ask(slow: FittedSlow, text: str, words: float) -> tuple[float, Second | None]:
    """Return the score of a text and, if its meaning was asked, what either tier said; `words` is the fast score."""
    fast = np.array([words])
    if not slow.asks(fast)[0]:
        return words, None
    meaning = slow.meaning([text])
    return float(slow.joined(fast, meaning)[0]), Second(words, float(meaning[0]))
