"""Disposal channels: one file each; they build the bytes and read the answers, the planes send them."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.dispose._action import ACTIONS, TREATMENTS, Act, Action
from fanzha.dispose._answer import ANSWER_WORDS, Answer, AnswerState, Proof
from fanzha.dispose._channel import Dispatch, DisposalChannel, Endpoint, Example, Reading, Received
from fanzha.dispose._container import digest as file_digest
from fanzha.dispose._examples import order as example_order
from fanzha.dispose._instruction import MOST_TARGETS, Instruction, Target
from fanzha.dispose._proof.proven import KIND_WORDS as PROOF_WORDS
from fanzha.dispose._proof.proven import Holds, Proven
from fanzha.dispose._proof.site_probe import SiteSeen, by_probes
from fanzha.dispose._proof.snapshot_entry import in_force, looked_up, taken_back
from fanzha.dispose._proof.test_call import by_test_call
from fanzha.dispose._sequence import PLACE_WORDS, Last, Place, place_of
from fanzha.dispose._signing import NotGenuine, private_key, public_key, shared_secret
from fanzha.dispose._wire import Unreadable

__all__ = [
    "ACTIONS",
    "ANSWER_WORDS",
    "PLACE_WORDS",
    "PROOF_WORDS",
    "TREATMENTS",
    "Act",
    "Action",
    "Answer",
    "AnswerState",
    "DisposalChannel",
    "Dispatch",
    "Endpoint",
    "Example",
    "Holds",
    "Instruction",
    "Last",
    "MOST_TARGETS",
    "NotGenuine",
    "Place",
    "Proof",
    "Proven",
    "Reading",
    "Received",
    "SiteSeen",
    "Target",
    "Unreadable",
    "all_channels",
    "by_probes",
    "by_test_call",
    "example_order",
    "file_digest",
    "in_force",
    "looked_up",
    "place_of",
    "private_key",
    "public_key",
    "serving",
    "shared_secret",
    "taken_back",
]


@cache
def all_channels() -> dict[str, DisposalChannel]:
    """Return every channel by name."""
    return load("fanzha.dispose", "CHANNEL", DisposalChannel)


def serving(instruction: Instruction, receiver: str) -> list[DisposalChannel]:
    """Return the channels by which an instruction can go to a kind of organisation."""
    return [channel for channel in all_channels().values() if channel.carries(instruction, receiver)]
