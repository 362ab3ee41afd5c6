"""What a translation is of: the words as they stand in the source, with what tells equal words apart."""

from typing import NamedTuple


class Message(NamedTuple):
    """Source words; `plural` where a count decides, `context` where the same words mean two things."""

    singular: str
    plural: str = ""
    context: str = ""
