"""The made-up conversations are read with all that their heads say, and none of the test writers is learned from."""

import re

from fanzha.base.fraud_types import MADE_UP_KINDS
from fanzha.models.families.made_up_conversations import load_made_up_conversations, training_conversations
from fanzha.models.families.made_up_texts import TEST_WRITERS


def test_every_conversation_has_turns_of_both_sides() -> None:
    for talk in load_made_up_conversations():
        speakers = [line[:3] for line in talk.text.splitlines()]
        assert len(speakers) >= 6 and set(speakers) == {"A: ", "B: "}
        assert talk.channel in ("call", "chat") and re.fullmatch("[A-Z]", talk.writer)


def test_frauds_have_a_kind_of_the_taxonomy_and_honest_talks_have_none() -> None:
    for talk in load_made_up_conversations():
        assert (talk.kind in MADE_UP_KINDS) == bool(talk.fraud)


def test_test_writers_are_left_out_of_the_training() -> None:
    writers = {talk.writer for talk in training_conversations()}
    assert writers and not writers & TEST_WRITERS
