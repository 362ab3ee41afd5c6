"""Score the texts of reports by the shipped models, and group texts that are nearly the same. For workers alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class TextScore(NamedTuple):
    """How like a fraud a text is (0-1), and the code of its likeliest type, "" if it is not sure."""

    score: float
    fraud_type: str = ""


def score_texts(texts: Sequence[str]) -> list[TextScore]:
    """Return the score of each text. The models are loaded at the first call."""
    if not texts:
        return []
    import pyarrow as pa  # the models load Arrow and numba, which pages do not need

    from fanzha.models.message import MODEL
    from fanzha.models.message_type import MODEL as TYPES

    scores = MODEL.load().score(pa.table({"text": list(texts)})).tolist()
    guesses = TYPES.load().guess(list(texts), TYPES.sure_from())
    return [
        TextScore(float(score), guess.fraud_type if guess.is_sure else "")
        for score, guess in zip(scores, guesses, strict=True)
    ]


def group_texts(texts: Sequence[str]) -> list[int]:
    """Return a group number for each text; texts that differ in few words or in numbers share one, as empty ones do."""
    if not any(texts):
        return [0] * len(texts)
    from fanzha.learn.split import near_duplicates  # a kernel, which pages do not need

    return [int(group) for group in near_duplicates(list(texts))]
