"""The made-up conversations: frauds and honest talks in the same situations, turn by turn, by several writers.

Every conversation was written by hand for this project; none is real. In half of them the demand comes late, so that
the first turns say little. Conversations of one writer are never split between training and test.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from fanzha.models.families.made_up_texts import TEST_WRITERS


class MadeUpConversation(NamedTuple):
    """One made-up conversation."""

    writer: str  # a letter
    fraud: int  # 1 or 0
    kind: str  # of fraud (Chinese), or innocent family (English)
    channel: str  # call or chat
    text: str  # a turn a line, each with its speaker: "A: " the fraudster or service, "B: " the customer


@cache
def load_made_up_conversations() -> tuple[MadeUpConversation, ...]:
    """Return all made-up conversations, those of the test writers included."""
    text = files("fanzha.models").joinpath("data/made_up_conversations.txt").read_text("utf-8")
    return tuple(_parse(block) for block in text.strip().split("\n\n"))


def training_conversations() -> tuple[MadeUpConversation, ...]:
    """Return the conversations that models may learn from: all but those of the test writers."""
    return tuple(talk for talk in load_made_up_conversations() if talk.writer not in TEST_WRITERS)


def _parse(block: str) -> MadeUpConversation:
    """Parse `## WRITER LABEL KIND CHANNEL` and the turns below it."""
    head, _, turns = block.partition("\n")
    _, writer, fraud, kind, channel = head.split(" ")
    return MadeUpConversation(writer, int(fraud), kind, channel, turns)
