"""Disposal channels: one module each. They build requests and parse answers; the planes send them."""

from functools import cache

from fanzha.base.plugins import load
from fanzha.dispose._action import ACTION_SPECS, TREATMENTS, Action, ActionSpec
from fanzha.dispose._answer import ANSWER_WORDS, Answer, AnswerState, Proof
from fanzha.dispose._channel import (
    ChannelEndpoint,
    ChannelExample,
    Dispatch,
    DisposalChannel,
    IncomingMessage,
    ParsedAnswers,
)
from fanzha.dispose._container import FILE_POSITION_WORDS, FilePosition, LastFile, file_position
from fanzha.dispose._container import digest as file_digest
from fanzha.dispose._examples import example_order
from fanzha.dispose._instruction import MOST_TARGETS, Instruction, Target
from fanzha.dispose._leg_message import AnswerField, ExpectedAnswer, LegField, LegMessage, LegValue
from fanzha.dispose._proof.call_probe import prove_by_test_call
from fanzha.dispose._proof.proof_result import KIND_WORDS as PROOF_WORDS
from fanzha.dispose._proof.proof_result import ProofOutcome, ProofResult
from fanzha.dispose._proof.site_probe import SiteProbe, is_reachable, prove_by_probes
from fanzha.dispose._proof.snapshot_lookup import parse_lookup, prove_in_force, prove_withdrawn
from fanzha.dispose._signing import UnverifiedMessage, private_key, public_key, shared_secret
from fanzha.dispose._wire import UnreadableAnswer

__all__ = [
    "ACTION_SPECS",
    "ANSWER_WORDS",
    "FILE_POSITION_WORDS",
    "PROOF_WORDS",
    "TREATMENTS",
    "ActionSpec",
    "AnswerField",
    "Action",
    "Answer",
    "AnswerState",
    "DisposalChannel",
    "Dispatch",
    "ChannelEndpoint",
    "ChannelExample",
    "ExpectedAnswer",
    "ProofOutcome",
    "Instruction",
    "LastFile",
    "LegField",
    "LegMessage",
    "LegValue",
    "MOST_TARGETS",
    "UnverifiedMessage",
    "FilePosition",
    "Proof",
    "ProofResult",
    "ParsedAnswers",
    "IncomingMessage",
    "SiteProbe",
    "Target",
    "UnreadableAnswer",
    "all_channels",
    "is_reachable",
    "prove_by_probes",
    "prove_by_test_call",
    "example_order",
    "file_digest",
    "prove_in_force",
    "parse_lookup",
    "file_position",
    "private_key",
    "public_key",
    "channels_for",
    "shared_secret",
    "prove_withdrawn",
]

#: Earlier names, for channels of other packages.
Endpoint, Example = ChannelEndpoint, ChannelExample


@cache
def all_channels() -> dict[str, DisposalChannel]:
    """Return every channel by name."""
    return load("fanzha.dispose", "CHANNEL", DisposalChannel)


def channels_for(instruction: Instruction, receiver: str) -> list[DisposalChannel]:
    """Return the channels that can carry an instruction to a kind of organisation."""
    return [channel for channel in all_channels().values() if channel.carries(instruction, receiver)]
