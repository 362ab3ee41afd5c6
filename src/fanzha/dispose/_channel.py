"""What every disposal channel is: it turns an instruction into bytes or decisions; each module defines `CHANNEL`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.dispose._action import ACTIONS, Action
from fanzha.dispose._answer import Answer
from fanzha.dispose._instruction import Instruction

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one receiver is reached, and the keys of both sides, newest first (`fanzha.dispose.shared_secret`).

    It never prints its keys. `sequence` and `before` are of the file that goes out next: its number, and the digest of
    the one before it.
    """

    url: str = ""
    ours: tuple[str, ...] = field(default=(), repr=False)  # what we sign with
    theirs: tuple[str, ...] = field(default=(), repr=False)  # what they sign with
    sequence: int = 1
    before: str = ""


class Dispatch(NamedTuple):
    """What goes out: an HTTP POST (`url`), a file (`file_name`), or decisions for the screens, by their ids."""

    url: str = ""
    headers: Mapping[str, str] = NOTHING
    body: bytes = b""
    file_name: str = ""
    decisions: Mapping[str, Opinion] = {}
    withdrawn: tuple[str, ...] = ()


class Received(NamedTuple):
    """What came in: a body or file, and of a request its headers, names in small letters."""

    body: bytes
    headers: Mapping[str, str] = NOTHING


class Reading(NamedTuple):
    """What was read of it. `id` tells repeats; of a file also its number, its digest, and that of the one before."""

    id: str
    answers: tuple[Answer, ...]
    sequence: int = 0
    digest: str = ""
    before: str = ""


class Example(NamedTuple):
    """A worked example: an instruction, and what its dispatch must hold (a part is enough), or why there is none."""

    title: Words
    instruction: Instruction
    gives: Mapping[str, object] = {}
    refused: str = ""


class DisposalChannel(ABC):
    """One way to have something done. It builds and reads, and sends nothing."""

    name: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: what becomes of an instruction
    standard: ClassVar[str]  # what the bytes follow
    goes: ClassVar[Literal["snapshot", "http", "file"]]
    actions: ClassVar[frozenset[Action]]
    kinds: ClassVar[frozenset[str]]  # of subjects
    receivers: ClassVar[frozenset[str]]  # kinds of organisation
    proof: ClassVar[Words]  # how it is proven that it was done
    examples: ClassVar[tuple[Example, ...]]

    def serves(self, action: Action, kind: str, receiver: str) -> bool:
        """Return whether an action on a kind of subject can go to a kind of organisation by this channel."""
        act = ACTIONS[action]
        here = action in self.actions and kind in self.kinds and receiver in self.receivers
        return here and kind in act.kinds and receiver in act.by

    def carries(self, instruction: Instruction, receiver: str) -> bool:
        """Return whether all of an instruction can go to a kind of organisation by this channel."""
        return all(self.serves(instruction.action, one.kind, receiver) for one in instruction.targets)

    @abstractmethod
    def instruct(self, instruction: Instruction, endpoint: Endpoint, at: int) -> Dispatch:
        """Return what goes out at a moment (UTC ms); ValueError for what this channel cannot carry."""

    @abstractmethod
    def undo(self, instruction: Instruction, reason: Words, endpoint: Endpoint, at: int) -> Dispatch:
        """Return what takes an instruction back."""

    def read_answer(self, received: Received, endpoint: Endpoint, at: int) -> Reading:
        """Return what a receiver answered; NotGenuine when nobody who is known signed it, Unreadable for the rest."""
        raise ValueError(f"{self.name} is carried out here: nobody answers")
