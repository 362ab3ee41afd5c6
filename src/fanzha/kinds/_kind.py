"""Base class of kinds; a kind is a module in this folder that defines `KIND`."""

import hmac
from abc import ABC, abstractmethod
from hashlib import sha256
from typing import ClassVar, NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.words import Words


class Fact(NamedTuple):
    """A fact that follows from a value alone, shown by `fanzha lookup`."""

    name: str  # stable key for JSON, snake_case
    title: Words
    value: str | int | bool | None
    words: Words  # display form of the value


class SubjectKind(ABC):
    """A kind of subject (对象类型)."""

    name: ClassVar[str]
    title: ClassVar[Words]
    stix: ClassVar[str]  # STIX 2.1 object type, or an extension's name
    misp: ClassVar[str]  # MISP attribute type

    @abstractmethod
    def normalise(self, raw: str) -> str:
        """Return the canonical value, or raise Malformed with a reason."""

    @abstractmethod
    def mask(self, value: str) -> str:
        """Return a canonical value with its identifying part hidden."""

    def describe(self, value: str) -> list[Fact]:
        """Return the facts that follow from a canonical value alone."""
        return []

    def resembles(self, raw: str) -> float:
        """Return how much a text looks like a value of this kind, 0 to 1 (for `fanzha lookup` and header detection)."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.5

    def pseudonym(self, value: str, key: bytes, purpose: str) -> str:
        """Return the HMAC-SHA-256 of a canonical value under a key per purpose. It is still personal data."""
        return hmac.new(key, f"{purpose}\x1f{self.name}\x1f{value}".encode(), sha256).hexdigest()
