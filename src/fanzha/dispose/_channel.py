"""Interface of disposal channels, which turn instructions into bytes or decisions; each module defines `CHANNEL`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.dispose._action import ACTION_SPECS, Action
from fanzha.dispose._answer import Answer
from fanzha.dispose._instruction import Instruction
from fanzha.dispose._leg_message import LegMessage

EMPTY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class ChannelEndpoint:
    """Address of one receiver, and the keys of both sides, newest first (`fanzha.dispose.shared_secret`).

    The repr omits the keys. `sequence` is the number of the next outgoing file,
    `before` the digest of the previous one.
    """

    url: str = ""
    signing_keys: tuple[str, ...] = field(default=(), repr=False)  # keys that sign outgoing messages
    verification_keys: tuple[str, ...] = field(default=(), repr=False)  # keys that verify incoming messages
    sequence: int = 1
    before: str = ""
    sender: str = ""  # address that mails come from
    sender_name: str = ""  # the issuer as people read it
    repeat: int = 0  # how many mails of the same leg and action went before


class Dispatch(NamedTuple):
    """Output of a channel: an HTTP POST or mail (`url`), a file (`file_name`), or decisions for screens or the zone."""

    url: str = ""
    headers: Mapping[str, str] = EMPTY
    body: bytes = b""
    file_name: str = ""
    decisions: Mapping[str, Opinion] = {}
    withdrawn: tuple[str, ...] = ()


class IncomingMessage(NamedTuple):
    """Input of a channel: a body or file, and the headers of a request with lower-case names."""

    body: bytes
    headers: Mapping[str, str] = EMPTY


class ParsedAnswers(NamedTuple):
    """Parsed answers. `id` identifies repeats; files also have a number, a digest, and the previous digest."""

    id: str
    answers: tuple[Answer, ...]
    sequence: int = 0
    digest: str = ""
    before: str = ""


class ChannelExample(NamedTuple):
    """A worked example: an instruction, and parts of the expected dispatch or of the error text."""

    title: Words
    instruction: Instruction
    gives: Mapping[str, object] = {}
    refused: str = ""


class DisposalChannel(ABC):
    """One way to carry out instructions. It builds and parses messages, and sends nothing."""

    name: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: how an instruction is carried out
    standard: ClassVar[str]  # standard of the output
    goes: ClassVar[Literal["snapshot", "zone", "http", "file", "mail"]]
    actions: ClassVar[frozenset[Action]]
    kinds: ClassVar[frozenset[str]]  # kinds of subject
    receivers: ClassVar[frozenset[str]]  # kinds of organisation
    proof: ClassVar[Words]  # how execution is proven
    examples: ClassVar[tuple[ChannelExample, ...]]
    carries_legs: ClassVar[bool] = False  # it carries the legs of any process, to any organisation

    def serves(self, action: Action, kind: str, receiver: str) -> bool:
        """Return whether the channel can carry an action on a kind of subject to a kind of organisation."""
        spec = ACTION_SPECS[action]
        is_supported = action in self.actions and kind in self.kinds and receiver in self.receivers
        return is_supported and kind in spec.kinds and receiver in spec.by

    def carries(self, instruction: Instruction, receiver: str) -> bool:
        """Return whether the channel can carry all targets of an instruction to a kind of organisation."""
        return all(self.serves(instruction.action, target.kind, receiver) for target in instruction.targets)

    @abstractmethod
    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return the dispatch of an instruction at `at` (UTC ms); raise ValueError if the channel cannot carry it."""

    @abstractmethod
    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return the dispatch that withdraws an instruction."""

    def ask(self, message: LegMessage, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return the dispatch of the leg of a process at `at` (UTC ms); raise ValueError if none can be built."""
        raise ValueError(f"{self.name} carries the orders of its actions only")

    def read_answer(self, received: IncomingMessage, endpoint: ChannelEndpoint, at: int) -> ParsedAnswers:
        """Verify and parse a receiver's answers; raise UnverifiedMessage or UnreadableAnswer."""
        raise ValueError(f"{self.name} is carried out here: nobody answers")
