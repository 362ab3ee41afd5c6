"""What every warning channel is: it turns a warning into bytes; one module of this folder defines `CHANNEL`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from fanzha.base.words import Words


class Notice(NamedTuple):
    """A warning to one person."""

    to: str  # E.164
    words: Words  # what is the matter, in a few words
    advice: Words = Words("", "")  # what to do; only where there is room


@dataclass(frozen=True, slots=True)
class Gateway:
    """An SMS gateway: the address of its interface and who asks; it never prints its password."""

    url: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP POST; with url "" nothing is sent and the body is shown. Headers hold secrets: they are never printed."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class WarningChannel(ABC):
    """One way to reach a handset."""

    name: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: what reaches the handset, and when
    standard: ClassVar[str]  # what the bytes follow
    sends: ClassVar[bool]  # False: it travels in the answer to the call itself

    @abstractmethod
    def build(self, notice: Notice, gateway: Gateway) -> Request:
        """Return what is to be sent; ValueError for a number or name that does not fit the protocol."""
