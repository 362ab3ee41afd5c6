"""Interface of warning channels, which turn warnings into bytes; each module defines `CHANNEL`."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from fanzha.base.words import Words


class WarningNotice(NamedTuple):
    """A warning to one person."""

    to: str  # E.164; for an e-mail the address
    words: Words  # the warning in a few words
    advice: Words = Words("", "")  # advice, used if there is room


@dataclass(frozen=True, slots=True)
class Gateway:
    """An SMS gateway: address and credentials. The repr omits the password."""

    url: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP POST; with url "" the body is returned with the call. The repr omits the headers, which hold secrets."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class HandsetText(NamedTuple):
    """What a text message says, independent of the gateway; `flash`: shown at once and not kept."""

    text: str
    valid_minutes: int
    flash: bool = False


class WarningChannel(ABC):
    """One way to show a warning on a handset."""

    name: ClassVar[str]
    title: ClassVar[Words]
    tells: ClassVar[Words]  # one sentence: what the handset shows, and when
    standard: ClassVar[str]  # standard of the output
    sends: ClassVar[bool]  # False: part of the answer to the call itself
    for_calls: ClassVar[bool] = True  # False: for victims only, not while a call rings

    @abstractmethod
    def build(self, notice: WarningNotice, gateway: Gateway) -> Request:
        """Return the request; raise ValueError for a number or name that the protocol does not allow."""


class TextChannel(WarningChannel):
    """A channel of text messages, which an SMS gateway or an SMSC takes."""

    @abstractmethod
    def compose(self, notice: WarningNotice) -> HandsetText:
        """Return the text that the handset shows."""
